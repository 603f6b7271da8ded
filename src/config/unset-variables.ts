// Variables of a prompt that its cases do not have: an engine renders nothing there, and a model answers all the same.

import type { Case, EvalSet, Prompt } from '../domain.ts'
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
  if (target.kind !== 'prompt') return NOTHING
  const read = readPrompt(target.prompt)
  if (read === null) return NOTHING
  const given = namesGiven(cases)
  const missing = [...read.said].filter(
    (name) => !given.has(name) && !read.own.has(name) && !BUILT_IN.includes(name) && !name.startsWith('@'),
  )
  const isSameForAll =
    cases.length > 1 &&
    cases.every(({ messages = [] }) => messages.length === 0) &&
    !read.all.some((name) => given.has(name))
  return { names: missing.map((name) => ({ name, near: nearest(name, [...given]) })), isSameForAll }
}

/** In words, each a sentence; none where all is there. */
export function unsetSentences(set: Pick<EvalSet, 'target' | 'cases'>): readonly string[] {
  const { names, isSameForAll } = unsetVariables(set)
  const count = set.cases.length === 1 ? 'the case does not have' : `none of ${set.cases.length} cases has`
  return [
    ...names.map(({ name, near }) => {
      const hint = near === null ? '' : ` Did you mean \`${near}\`?`
      return `The prompt puts out \`${name}\`, which ${count}: nothing stands there.${hint}`
    }),
    ...(isSameForAll
      ? [`The prompt has nothing of its cases in it: all ${set.cases.length} send the same request.`]
      : []),
  ]
}

function namesGiven(cases: readonly Pick<Case, 'vars' | 'context'>[]): ReadonlySet<string> {
  const given = new Set<string>()
  for (const { vars, context } of cases) {
    for (const name of Object.keys(vars)) given.add(name)
    if (context !== undefined) given.add('context')
  }
  return given
}

/** Null where a template cannot be read, which its cases will say. */
function readPrompt({ engine, messages, partials }: Prompt) {
  const [said, own] = [new Set<string>(), new Set<string>()]
  const all: string[] = []
  try {
    for (const text of [...messages.map(({ content }) => content), ...Object.values(partials)]) {
      const needs = templateNeeds(engine, text)
      for (const name of needs.said) said.add(name)
      for (const name of needs.own) own.add(name)
      all.push(...templateVariables(engine, text))
    }
  } catch (error) {
    if (error instanceof TemplateError) return null
    throw error
  }
  return { said, own, all }
}
