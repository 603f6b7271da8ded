// Takes secrets and personal data out of every text before it is shared. Names of people are not found: use `numbers-only`.

import { UserError } from '../errors.ts'
import { hideKeys } from './known-keys.ts'
import { PERSONAL_DATA } from './personal-data.ts'
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
  const custom = await compilePatterns(options.patterns)
  const keys = hideKeys(options.secrets)
  return remembering(
    (text) => personal(shapes(custom.reduce((left, pass) => pass(left), keys(text)))),
    () => options.secrets.length,
  )
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

function shapes(text: string): string {
  if (!SIGN_OF_A_SECRET.test(text)) return text
  return SECRET_SHAPES.reduce((left, { kind, pattern }) => left.replace(pattern, `[redacted: ${kind}]`), text)
}

function personal(text: string): string {
  return PERSONAL_DATA.reduce((left, shape) => {
    if (shape.sign !== undefined && !left.includes(shape.sign)) return left
    const { kind, pattern, holds } = shape
    return left.replace(pattern, (match: string, ...rest: unknown[]) => {
      const offset = rest.find((part): part is number => typeof part === 'number') ?? 0
      const before = left.slice(Math.max(0, offset - 16), offset)
      const after = left.slice(offset + match.length, offset + match.length + 16)
      return holds === undefined || holds(match, before, after) ? `[redacted: ${kind}]` : match
    })
  }, text)
}

async function compilePatterns(patterns: readonly string[]): Promise<readonly Redactor[]> {
  if (patterns.length === 0) return []
  const { RE2JS } = await import('re2js')
  return patterns.map((source) => {
    const compiled = attempt(() => RE2JS.compile(source), source)
    if (compiled.matcher('').matches())
      throw badPattern(source, 'it matches the empty text, so it would replace everything')
    return (text) => compiled.matcher(text).replaceAll('[redacted: pattern]')
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
