// Eval sets with prompts to render, and their plans.

import type { Case, EvalSet, Json, JsonObject, Message, Prompt } from '../../src/domain.ts'
import { planSet, type SetPlan } from '../../src/plan.ts'

export const PATH = 'prompts/support.md'

export type SideShape = {
  readonly model?: string
  readonly messages: readonly Message[]
  readonly parameters?: JsonObject
  readonly tools?: readonly Json[]
  readonly partials?: Prompt['partials']
}
export type CaseShape = { readonly vars: JsonObject; readonly messages?: readonly Message[] }

export const system = (content: string): Message => ({ role: 'system', content })
export const user = (content: string): Message => ({ role: 'user', content })

/** Text of some thousand tokens that says nothing twice in a row. */
export const words = (count: number, seed = 'rule') =>
  Array.from({ length: count }, (_, index) => `${seed} ${index} holds.`).join(' ')

const place = { path: 'support.eval.yaml' }

function setOf(
  { model = 'openai/gpt-4.1', messages, parameters = {}, tools, partials = {} }: SideShape,
  cases: readonly Case[],
): EvalSet {
  const prompt: Prompt = {
    ...{ path: PATH, engine: 'nunjucks', messages, sources: [PATH], partials, line: 1 },
    hash: JSON.stringify([messages, partials]),
  }
  return {
    name: 'support',
    path: place.path,
    target: { kind: 'prompt', prompt, model, parameters, ...(tools === undefined ? {} : { tools }) },
    cases,
    ...{ slices: [], scorers: [], passes: 1, compare: 'pass', gates: {}, mode: 'enforce', paths: [], candidates: [] },
    ...{ waivers: [], sources: [], notCarried: [] },
  }
}

export function planned(base: SideShape | null, head: SideShape, shapes: readonly CaseShape[] = questions(5)): SetPlan {
  const cases = shapes.map(
    ({ vars, messages }, index): Case => ({
      ...{ id: `c${index}`, explicitId: true, vars, tags: [], labels: {}, scorers: [], place, hash: `h${index}` },
      ...(messages === undefined ? {} : { messages }),
    }),
  )
  return planSet(
    {
      base: base === null ? null : setOf(base, cases),
      head: setOf(head, cases),
      because: [],
      kinds: new Set(['prompt']),
    },
    { contentIds: { base: 'b', head: 'h' }, environment: () => undefined },
  )
}

/** Cases whose questions differ from the first letter on. */
export const questions = (count: number): readonly CaseShape[] =>
  Array.from({ length: count }, (_, index) => ({
    vars: {
      question: `${String.fromCharCode(65 + (index % 26))}${index} where is my parcel?`,
      user_name: `${index}-Ada`,
    },
  }))
