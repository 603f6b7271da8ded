// Variables of a prompt or a scorer that no case has: an engine renders nothing there, and the run goes on all the same.

import type { Case, EvalSet, Json, Prompt, ScorerSpec, Target, TemplateEngine } from '../domain.ts'
import { nearest } from '../nearest.ts'
import { TemplateError, templateNeeds, templateVariables } from '../template/index.ts'

export type Unset = {
  /** Put out by the prompt whatever a case is, and in no case; each with the name that it may have been meant to be. */
  readonly names: readonly { readonly name: string; readonly near: string | null }[]
  /** Several cases, and nothing of any of them in the prompt: all send the same request. */
  readonly isSameForAll: boolean
}

const NOTHING: Unset = { names: [], isSameForAll: false }
const BUILT_IN = ['range', 'super', 'loop', 'env', 'cycler', 'joiner', 'namespace']

export function unsetVariables({ target, cases }: Pick<EvalSet, 'target' | 'cases'>): Unset {
  if (target.kind === 'command') return NOTHING
  const read = target.kind === 'http' ? readTemplates('nunjucks', textsOf(target)) : ofPrompt(target.prompt)
  if (read === null) return NOTHING
  const given = namesGiven(cases)
  const missing = read.needed().filter((name) => !given.has(name))
  const isSameForAll =
    cases.length > 1 &&
    cases.every(({ messages = [] }) => messages.length === 0) &&
    !read.all.some((name) => given.has(name))
  return { names: missing.map((name) => ({ name, near: nearest(name, [...given]) })), isSameForAll }
}

const ofPrompt = ({ engine, messages, partials }: Prompt) =>
  readTemplates(engine, [...messages.map(({ content }) => content), ...Object.values(partials)])

/** What of an http request is filled in for each case. */
const textsOf = ({ path, body }: Extract<Target, { kind: 'http' }>) => [path, ...stringsIn(body ?? null)]

function stringsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** What the set's own scorers look for, and no case has; one by one, as `unsetVariables`. */
export function unsetInScorers({ scorers, cases }: Pick<EvalSet, 'scorers' | 'cases'>) {
  const given = namesGiven(cases.map(({ vars }) => ({ vars })))
  if (cases.some(({ expected }) => expected !== undefined)) given.add('expected')
  return scorers.flatMap((spec) =>
    namesIn(spec)
      .filter((name) => !given.has(name))
      .map((name) => ({ scorer: spec.name, name, near: nearest(name, [...given]) })),
  )
}

/** In words, each a sentence; none where all is there. */
export function unsetSentences(set: Pick<EvalSet, 'target' | 'cases' | 'scorers'>): readonly string[] {
  const { names, isSameForAll } = unsetVariables(set)
  const what = set.target.kind === 'http' ? 'The http target' : 'The prompt'
  const count = set.cases.length === 1 ? 'the case does not have' : `none of ${set.cases.length} cases has`
  return [
    ...names.map(
      ({ name, near }) => `${what} puts out \`${name}\`, which ${count}: nothing stands there.${meant(near)}`,
    ),
    ...(isSameForAll ? [`${what} has nothing of its cases in it: all ${set.cases.length} send the same request.`] : []),
  ]
}

const meant = (near: string | null) => (near === null ? '' : ` Did you mean \`${near}\`?`)

/** Of the texts that are rendered with a case: a value, or the items of a list. A script has braces of its own. */
function namesIn({ type, value, options }: ScorerSpec): readonly string[] {
  if (type === 'javascript') return []
  const engine = options.engine === 'literal' ? 'literal' : 'nunjucks'
  const texts = [value].flat().filter((one) => typeof one === 'string')
  return readTemplates(engine, texts)?.needed() ?? []
}

function namesGiven(cases: readonly Pick<Case, 'vars' | 'context'>[]): Set<string> {
  const given = new Set<string>()
  for (const { vars, context } of cases) {
    for (const name of Object.keys(vars)) given.add(name)
    if (context !== undefined) given.add('context')
  }
  return given
}

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
