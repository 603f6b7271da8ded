import { isDeepStrictEqual } from 'node:util'
import { cutText } from '../cut-text.ts'
import type { Json } from '../domain.ts'
import { binary, evidence, type ScoreInput, type Scorer, type Verdict } from './scorer.ts'

/** The output, untrimmed, is the value; an object or a list is compared with the output read as JSON. */
export const equals: Scorer = {
  value: 'templated',
  check: (spec) => (spec.value === undefined ? 'it has no value to compare with' : null),
  score: ({ value, answer }: ScoreInput): Verdict => {
    if (typeof value === 'object' && value !== null) return equalsData(value, answer.text)
    const expected = String(value)
    const pass = answer.text === expected
    return binary(pass, pass ? 'equals the expected text' : difference(expected, answer.text))
  },
}

function equalsData(value: Json, output: string): Verdict {
  try {
    const pass = isDeepStrictEqual(JSON.parse(output), structuredClone(value))
    return binary(pass, pass ? 'equals the expected JSON' : `differs from ${evidence(JSON.stringify(value))}`)
  } catch {
    return binary(false, 'the output is not JSON')
  }
}

function difference(expected: string, output: string): string {
  const spaces = expected.trim() === output.trim() ? ' (only spaces or line ends differ)' : ''
  return evidence(`expected "${cutText(expected, 80)}", found "${cutText(output, 80)}"${spaces}`)
}
