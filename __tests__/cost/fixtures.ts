// Short ways to write what a projection takes.

import type { Route } from '../../src/config/config.ts'
import type { CasePair, EvalSetCalls } from '../../src/cost/input.ts'
import type { Usage } from '../../src/domain.ts'
import { loadPrices } from '../../src/prices/index.ts'

export const NOW = Date.parse('2026-11-21T12:00:00Z')
export const place = { path: 'parity.yaml', line: 1 }

/** A model whose price makes the arithmetic plain: 1 micro-dollar per input token, 10 per output token. */
export const book = await loadPrices([
  { id: 'test/plain', input: 1, output: 10, place },
  { id: 'test/double', input: 2, output: 20, place },
])

export function pair(caseId: string, base: Usage | null, head: Usage | null): CasePair {
  return { caseId, base: [{ usage: base }], head: [{ usage: head }] }
}

export function evalSet(pairs: readonly CasePair[], rest: Partial<EvalSetCalls> = {}): EvalSetCalls {
  return { name: 'support', modelBase: 'test/plain', modelHead: 'test/plain', pairs, ...rest }
}

export function route(rest: Partial<Route> = {}): Route {
  return { name: 'chat', evals: ['support'], horizonDays: 30, place, requestsPerMonth: 1_000_000, ...rest }
}

/** The same request on both sides, `cases` times. */
export function steady(usage: Usage, cases = 2): readonly CasePair[] {
  return Array.from({ length: cases }, (_, index) => pair(`c${index}`, usage, usage))
}
