// The texts of a case that a prompt must not know: what is asked, and what is expected.

import type { Case, Json } from '../domain.ts'

const MAX_TEXTS = 200

export type CaseTexts = { readonly asked: readonly string[]; readonly expected: readonly string[] }

export function caseTexts({ vars, messages = [], expected, scorers }: Case): CaseTexts {
  const turns = messages.flatMap(({ content, toolCalls = [] }) => [content, ...toolCalls.map((call) => call.arguments)])
  const answers = scorers.filter((one) => SAYS_ANSWER.has(one.type) && !one.not).map((one) => one.value)
  return {
    asked: textsIn([...Object.values(vars), ...turns]),
    expected: textsIn([expected, ...answers]).filter((text) => !/\{[{%]/.test(text)),
  }
}

/** Scorers of a case whose value is what the answer should say. A rubric and a pattern are rules, and may well be the prompt's. */
const SAYS_ANSWER: ReadonlySet<string> = new Set([
  ...['equals', 'contains', 'icontains', 'contains-all', 'contains-any', 'icontains-all', 'icontains-any'],
  ...['starts-with', 'ends-with', 'levenshtein', 'rouge-n'],
])

/** Every text at any depth; of one that is JSON its texts, since keys and marks are the format's and not the case's. */
function textsIn(values: readonly (Json | undefined)[]): readonly string[] {
  const found: string[] = []
  const open = [...values]
  while (open.length > 0 && found.length < MAX_TEXTS) {
    const value = open.shift()
    if (typeof value === 'string') {
      const inner = parsed(value)
      if (inner === null) found.push(value)
      else open.push(inner)
    } else if (typeof value === 'object' && value !== null) open.push(...Object.values(value).slice(0, MAX_TEXTS))
  }
  return found
}

function parsed(text: string): Json | null {
  if (!/^\s*[[{]/.test(text) || text.length > 100_000) return null
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
