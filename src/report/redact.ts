// Takes secrets and personal data out of every text before it is shared. Names of people are not found: use `numbers-only`.

import { UserError } from '../errors.ts'
import type { Finder, Span } from './found.ts'
import { hiding } from './invisible.ts'
import { findKeys } from './known-keys.ts'
import { type CheckedShape, PERSONAL_DATA } from './personal-data.ts'
import { SECRET_SHAPES, SIGN_OF_A_SECRET } from './secret-shapes.ts'

/** Text in, the same text with `[redacted: kind]` in place of what must not be shared. Idempotent. */
export type Redactor = (text: string) => string

/**
 * Known secret shapes, personal data, the given `secrets` (in all their forms; the list may grow) and the user's `patterns`, which
 * are RE2 (linear time; no lookaround or backreference). Throws a UserError for a pattern that does not compile.
 */
export async function createRedactor(options: {
  readonly secrets: readonly string[]
  readonly patterns: readonly string[]
}): Promise<Redactor> {
  const finders = [findKeys(options.secrets), ...(await compilePatterns(options.patterns)), secretShapes, personalData]
  return remembering(hiding(inTurn(finders)), () => options.secrets.length)
}

const REMEMBERED_TEXTS = 64
const REMEMBERED_LENGTH = 10_000

/** The same system prompt stands in every call of a side, the same question on both sides, one after the other. */
function remembering(redact: Redactor, secretsKnown: () => number): Redactor {
  const done = new Map<string, string>()
  let known = 0
  return (text) => {
    if (known !== secretsKnown()) done.clear()
    known = secretsKnown()
    const before = done.get(text)
    if (before !== undefined) return before
    const redacted = redact(text)
    if (text.length > REMEMBERED_LENGTH) return redacted
    if (done.size === REMEMBERED_TEXTS) done.clear()
    done.set(text, redacted)
    return redacted
  }
}

/** In place of what was found until all have searched: of no pattern, and no letter of a word. */
const FOUND = '\uFFFF'

/** Each searches what the ones before it have left. */
function inTurn(finders: readonly Finder[]): Finder {
  return (text) => {
    const all: Span[] = []
    let left = text
    for (const find of finders) {
      const found = find(left)
      // One by one: there may be more than a call takes arguments.
      for (const one of found) all.push(one)
      left = without(left, found)
    }
    return all
  }
}

/** Of the same length, so that all else stays at its place. */
function without(text: string, found: readonly Span[]): string {
  if (found.length === 0) return text
  const parts: string[] = []
  let done = 0
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    if (end <= done) continue
    const from = Math.max(start, done)
    parts.push(text.slice(done, from), FOUND.repeat(end - from))
    done = end
  }
  return `${parts.join('')}${text.slice(done)}`
}

const shapes = inTurn(SECRET_SHAPES.map(finderOf))
const secretShapes: Finder = (text) => (SIGN_OF_A_SECRET.test(text) ? shapes(text) : [])
const personalData = inTurn(PERSONAL_DATA.map(finderOf))

function finderOf(shape: CheckedShape): Finder {
  return (text) => {
    if (shape.sign !== undefined && !text.includes(shape.sign)) return []
    const { kind, pattern, holds } = shape
    const found: Span[] = []
    pattern.lastIndex = 0
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const [start, end] = [match.index, match.index + match[0].length]
      if (holds === undefined || holds(match[0], text.slice(Math.max(0, start - 16), start), text.slice(end, end + 16)))
        found.push({ start, end, mark: `[redacted: ${kind}]` })
    }
    return found
  }
}

async function compilePatterns(patterns: readonly string[]): Promise<readonly Finder[]> {
  if (patterns.length === 0) return []
  const { RE2JS } = await import('re2js')
  return patterns.map((source) => {
    const compiled = attempt(() => RE2JS.compile(source), source)
    if (compiled.matcher('').matches())
      throw badPattern(source, 'it matches the empty text, so it would replace everything')
    return (text) => {
      const found: Span[] = []
      const matcher = compiled.matcher(text)
      while (matcher.find())
        if (matcher.end() > matcher.start())
          found.push({ start: matcher.start(), end: matcher.end(), mark: '[redacted: pattern]' })
      return found
    }
  })
}

function attempt<T>(compile: () => T, source: string): T {
  try {
    return compile()
  } catch (error) {
    throw badPattern(source, error instanceof Error ? error.message : String(error))
  }
}

function badPattern(source: string, why: string): UserError {
  return new UserError({
    what: `The pattern ${JSON.stringify(source)} under \`redact\` cannot be used: ${why}.`,
    expected: 'a regular expression of RE2 (no lookaround, no backreference)',
    remedy: 'Correct the pattern or remove it.',
  })
}
