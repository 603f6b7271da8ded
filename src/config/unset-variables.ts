// Variables of a prompt or a scorer that no case has: an engine renders nothing there, and the run goes on all the same.

import type { Case, EvalSet, Json, ScorerSpec, Target, TemplateEngine } from '../domain.ts'
import { FEW } from '../few.ts'
import { nearest } from '../nearest.ts'
import { TemplateError, templateNeeds, templateVariables } from '../template/index.ts'

export type Unset = {
  /** Put out by the prompt whatever a case is, and in no case; each with the name that it may have been meant to be. */
  readonly names: readonly { readonly name: string; readonly near: string | null }[]
  /** Several cases, and nothing of any of them in the prompt: all send the same request. */
  readonly isSameForAll: boolean
  /** What cases have and the prompt has in single braces, as Python's `format` writes it: here it is text. */
  readonly singleBraces: readonly string[]
}

const NOTHING: Unset = { names: [], isSameForAll: false, singleBraces: [] }
const BUILT_IN = ['range', 'super', 'loop', 'env', 'cycler', 'joiner', 'namespace']

export function unsetVariables({ target, cases }: Pick<EvalSet, 'target' | 'cases'>): Unset {
  if (target.kind === 'command') return NOTHING
  const defaults = target.kind === 'prompt' ? (target.prompt.defaults ?? {}) : {}
  const texts = textsOf(target)
  const read = readTemplates(target.kind === 'prompt' ? target.prompt.engine : 'nunjucks', texts)
  if (read === null) return NOTHING
  const needed = read.needed().filter((name) => !Object.hasOwn(defaults, name))
  const given = lookThrough(cases, PROMPT_NAMES, (names) => has(names, needed) && hasAny(names, read.all))
  const names = withNear(
    needed.filter((name) => !given.has(name)).map((name) => ({ name })),
    given,
  )
  const isSameForAll = cases.length > 1 && !hasAny(given, read.all) && !cases.some((one) => one.messages?.length)
  const braced = target.kind === 'prompt' ? inSingleBraces(texts) : []
  const singleBraces = braced.filter((name) => given.has(name))
  return { names, isSameForAll, singleBraces }
}

/** What is filled in for each case, of a prompt or of an http request. */
function textsOf(target: Exclude<Target, { kind: 'command' }>): readonly string[] {
  if (target.kind === 'http') return [target.path, ...stringsIn(target.body ?? null)]
  const { messages, partials } = target.prompt
  return [...messages.map(({ content }) => content), ...Object.values(partials)]
}

function stringsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** What the set's own scorers look for, and no case has; one by one, as `unsetVariables`. */
export function unsetInScorers({ scorers, cases }: Pick<EvalSet, 'scorers' | 'cases'>) {
  const wanted = scorers.flatMap((spec) => namesIn(spec).map((name) => ({ scorer: spec.name, name })))
  if (wanted.length === 0) return []
  const needed = wanted.map(({ name }) => name)
  const given = lookThrough(cases, SCORER_NAMES, (names) => has(names, needed))
  return withNear(
    wanted.filter(({ name }) => !given.has(name)),
    given,
  )
}

/** What was meant is looked for of the few that are told: a comparison with every name takes time. */
function withNear<T extends { readonly name: string }>(missing: readonly T[], given: ReadonlySet<string>) {
  return missing.map((one, index) => ({ ...one, near: index < FEW ? nearest(one.name, [...given]) : null }))
}

/** In words, each a sentence; none where all is there. */
export function unsetSentences(set: Pick<EvalSet, 'target' | 'cases' | 'scorers'>): readonly string[] {
  const { names, isSameForAll, singleBraces } = unsetVariables(set)
  const what = set.target.kind === 'http' ? 'The http target' : 'The prompt'
  const count = set.cases.length === 1 ? 'the case does not have' : `none of ${set.cases.length} cases has`
  return [
    ...told(
      names,
      ({ name, near }) => `${what} puts out \`${name}\`, which ${count}: nothing stands there.${meant(near)}`,
    ),
    ...told(
      unsetInScorers(set),
      ({ scorer, name, near }) => `The scorer ${scorer} looks for \`${name}\`, which ${count}.${meant(near)}`,
    ),
    ...singleBraces
      .slice(0, FEW)
      .map((name) => `\`{${name}}\` in the prompt is plain text: a variable is written \`{{${name}}}\`.`),
    ...(isSameForAll ? [`${what} has nothing of its cases in it: all ${set.cases.length} send the same request.`] : []),
  ]
}

/** The first few, and how many more. */
function told<T>(missing: readonly T[], sentence: (one: T) => string): readonly string[] {
  const more = missing.length - FEW
  return [...missing.slice(0, FEW).map(sentence), ...(more > 0 ? [`And ${more} more such variables.`] : [])]
}

const inSingleBraces = (texts: readonly string[]) => [
  ...new Set(
    texts.flatMap((text) => [...text.matchAll(/(?<!\{)\{([^{}\n]{1,100})\}(?!\})/g)].map(([, name = '']) => name)),
  ),
]

const meant = (near: string | null) => (near === null ? '' : ` Did you mean \`${near}\`?`)

/** Of the texts that are rendered with a case: a value, or the items of a list. A script has braces of its own. */
function namesIn({ type, value, options }: ScorerSpec): readonly string[] {
  if (type === 'javascript') return []
  const engine = options.engine === 'literal' ? 'literal' : 'nunjucks'
  const texts = [value].flat().filter((one) => typeof one === 'string')
  return readTemplates(engine, texts)?.needed() ?? []
}

type Names = (kase: Case) => readonly string[]
const PROMPT_NAMES: Names = ({ vars, context }) => [...Object.keys(vars), ...(context === undefined ? [] : ['context'])]
const SCORER_NAMES: Names = ({ vars, expected }) => [
  ...Object.keys(vars),
  ...(expected === undefined ? [] : ['expected']),
]

/** Names of one case after the other, until there are enough: those of a large set are read from disk. */
function lookThrough(
  cases: readonly Case[],
  namesOf: Names,
  isEnough: (names: ReadonlySet<string>) => boolean,
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const one of cases) {
    const before = names.size
    for (const name of namesOf(one)) names.add(name)
    if (names.size > before && isEnough(names)) break
  }
  return names
}

const has = (names: ReadonlySet<string>, wanted: readonly string[]) => wanted.every((name) => names.has(name))
const hasAny = (names: ReadonlySet<string>, wanted: readonly string[]) => wanted.some((name) => names.has(name))

/** Null where one cannot be read, which the cases will say. */
function readTemplates(engine: TemplateEngine, texts: readonly string[]) {
  const [said, own] = [new Set<string>(), new Set<string>(BUILT_IN)]
  const all: string[] = []
  try {
    for (const text of texts) {
      const needs = templateNeeds(engine, text)
      for (const name of needs.said) said.add(name)
      for (const name of needs.own) own.add(name)
      all.push(...templateVariables(engine, text))
    }
  } catch (error) {
    if (error instanceof TemplateError) return null
    throw error
  }
  return { all, needed: () => [...said].filter((name) => !own.has(name) && !name.startsWith('@')) }
}
