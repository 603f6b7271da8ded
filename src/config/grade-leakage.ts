// Teaching to the test: cases or their expected answers that stand in the prompt itself.

import type { Case, EvalSet, Json } from '../domain.ts'
import { few } from '../few.ts'

/** Shorter texts stand in a prompt by chance, or because they are its rules. */
const SHORTEST = 20

export function leakageWarnings({ target, cases }: EvalSet): readonly string[] {
  if (target.kind !== 'prompt') return []
  const { messages, partials } = target.prompt
  const prompt = plain([...messages.map((message) => message.content), ...Object.values(partials)].join('\n'))
  const answers = cases.filter((one) => one.expected !== undefined && stands(one.expected, prompt))
  const inputs = cases.filter((one) => Object.values(one.vars).some((value) => stands(value, prompt)))
  return [
    ...warning(answers, 'The expected answer stands in the prompt (it teaches to the test)'),
    ...warning(inputs, 'The text of the case stands in the prompt (it teaches to the test)'),
  ]
}

function warning(cases: readonly Case[], what: string): readonly string[] {
  if (cases.length === 0) return []
  return [`${what}: ${few(cases.map(({ id }) => id))}.`]
}

function stands(value: Json, prompt: string): boolean {
  const text = typeof value === 'string' ? plain(value) : ''
  return text.length >= SHORTEST && prompt.includes(text)
}

const plain = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim()
