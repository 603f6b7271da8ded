// What removed cases came to when they last ran, from the answers that the state still has. Only scorers that need neither a
// judge nor a script are asked again: nothing is called for it.

import type { Case, EvalSet, Json, Outcome, Request } from '../domain.ts'
import type { Store } from '../ports.ts'
import { ANSWERS_FILE } from '../run/record.ts'
import { scoreAnswer } from '../scorers/score-answer.ts'
import { at, isObject, parseJson, textAt } from '../targets/outside.ts'

export type Removed = { readonly set: EvalSet; readonly kase: Case }
export type LastResults = ReadonlyMap<string, string>

export const resultKey = (evalSet: string, caseId: string) => JSON.stringify([evalSet, caseId])

export async function lastResults(removed: readonly Removed[], store: Store): Promise<LastResults> {
  const wanted = new Map(removed.map((one) => [resultKey(one.set.name, one.kase.id), one]))
  const answers = new Map<string, Outcome>()
  const read = (line: string) => {
    const parsed = parseJson(line)
    const key = resultKey(textAt(parsed, 'trial', 'evalSet') ?? '', textAt(parsed, 'trial', 'caseId') ?? '')
    const outcome = at(parsed, 'outcome')
    if (wanted.has(key) && textAt(parsed, 'purpose') === 'target' && isAnswer(outcome)) answers.set(key, outcome)
  }
  if (store.eachLine) await store.eachLine(ANSWERS_FILE, read)
  else for (const line of await store.readLines(ANSWERS_FILE)) read(line)
  const results = new Map<string, string>()
  for (const [key, outcome] of answers) {
    const one = wanted.get(key)
    const said = one === undefined ? null : await resultOf(one, outcome)
    if (said !== null) results.set(key, said)
  }
  return results
}

const isAnswer = (value: Json | undefined): value is Json & Outcome =>
  isObject(value) && at(value, 'state') === 'answered' && textAt(value, 'answer', 'text') !== undefined

const NEEDS_MORE = new Set(['llm-rubric', 'javascript', 'cost', 'latency'])
const NO_REQUEST: Request = {
  hash: '',
  kind: 'replay',
  provider: 'replay',
  model: null,
  endpoint: 'chat',
  messages: [],
  parameters: {},
  segments: [],
}

async function resultOf({ set, kase }: Removed, outcome: Outcome): Promise<string | null> {
  const specs = [...set.scorers, ...kase.scorers]
  if (specs.some((spec) => NEEDS_MORE.has(spec.type) || spec.options.transform !== undefined)) return null
  const trial = { evalSet: set.name, caseId: kase.id, side: 'base', step: 'pass', index: 0 } as const
  const sandbox = async () => ({ state: 'failed', why: 'no scripts here' }) as const
  const result = await scoreAnswer(
    { ...set, kase },
    { trial, request: NO_REQUEST, outcome },
    { costPico: null, sandbox },
  )
  return result.state !== 'scored' ? null : result.pass ? 'passed' : 'failed'
}
