// Rows of candidates by hand.

import type { CandidateRow, CandidateSlice, Holding, ModelInUse } from '../../src/report/candidates/report.ts'
import type { Estimate, UsdEstimate } from '../../src/report/report.ts'

export const NONE: Estimate = { base: null, head: null, delta: null, low: null, high: null }
export const NO_USD: UsdEstimate = { base: null, head: null, delta: null, low: null, high: null }

/** Cost per request with the interval of the difference; `spread` in USD. */
export function usd(base: number, head: number, spread = 0.0001): UsdEstimate {
  const text = (value: number) => String(Math.round(value * 1e6) / 1e6)
  return {
    base: text(base),
    head: text(head),
    delta: text(head - base),
    low: text(head - base - spread),
    high: text(head - base + spread),
  }
}

export const PROVEN: Holding = { state: 'holds', how: 'proof' }

export function row(model: string, over: Partial<CandidateRow> = {}): CandidateRow {
  return {
    model,
    comparison: `help @ ${model}`,
    holding: PROVEN,
    better: false,
    score: { base: 95, head: 95, delta: 0, low: -4, high: 4 },
    broken: 0,
    fixed: 0,
    cases: 60,
    breaches: [],
    cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.002) },
    months: [],
    latency: { ratio: 0.5, low: 0.4, high: 0.6, p95: { base: 900, head: 400 } },
    tokens: { input: { ...NONE, base: 100, head: 100 }, output: { ...NONE, base: 20, head: 25 } },
    slices: [],
    pareto: null,
    judgesItself: false,
    ends: null,
    ...over,
  }
}

export function slice(value: string, over: Partial<CandidateSlice> = {}): CandidateSlice {
  return {
    ...{ dimension: 'language', value, cases: 20, holding: { state: 'holds', how: 'no-drop-seen' }, months: [] },
    score: { base: 95, head: 95, delta: 0, low: -12, high: 12 },
    perRequestUsd: usd(0.01, 0.002),
    ...over,
  }
}

export function inUse(over: Partial<ModelInUse> = {}): ModelInUse {
  return {
    ...{ model: 'acme/large', score: 95, perRequestUsd: '0.01', p95Ms: 900 },
    ...{ pareto: null, judgesItself: false, ends: null },
    ...over,
  }
}
