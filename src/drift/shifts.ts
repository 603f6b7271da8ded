// What moved beside the score: tokens, latency, refusals, cost and the very words of the answers. Shown, and told of as events;
// none of it opens an issue (docs/guides/drift.md says why).

import { holm } from '../stats/multiple.ts'
import { meanInterval } from '../stats/paired.ts'
import { fisherLess } from '../stats/proportion.ts'
import { tCdf } from '../stats/student.ts'
import { countMatches } from './baseline.ts'
import type { CaseFigures, Pass } from './passes.ts'
import { figuresOfPasses, rounded } from './passes.ts'
import type { BaselineRecord } from './records.ts'
import type { Shift } from './report.ts'

/** Below this p, and only when the ratio is off by more than a twentieth. */
const MOVED_P = 0.001
const MOVED_RATIO = 0.05
/** The hour and the load move latencies by more than ten runs of one hour can know. */
const MOVED_LATENCY = 0.25

type Logs = 'logOutput' | 'logLatency' | 'logCost'

export function shiftsOf(baseline: BaselineRecord, pass: Pass): readonly Shift[] {
  const paired = (what: Shift['what'], logs: Logs, of: (one: CaseFigures) => number | null) =>
    pairedShift(what, differences(baseline, pass, { logs, of }))
  return [
    inputShift(baseline, pass),
    paired('output-tokens', 'logOutput', (one) => one.outputTokens),
    paired('latency', 'logLatency', (one) => one.latencyMs),
    refusalShift(baseline, pass),
    paired('cost', 'logCost', ({ costPico }) => (costPico === null ? null : Number(costPico))),
  ].filter((shift) => shift !== null)
}

type Of = { readonly logs: Logs; readonly of: (one: CaseFigures) => number | null }

/** Case by case, today's log minus the baseline's mean log. */
function differences(baseline: BaselineRecord, pass: Pass, { logs, of }: Of): readonly number[] {
  return pass.cases.flatMap((one, i) => {
    const [before, today] = [baseline.cases[i]?.[logs] ?? null, of(one)]
    return before === null || today === null || !(today > 0) ? [] : [Math.log(today) - before]
  })
}

function pairedShift(what: Shift['what'], logs: readonly number[]): Shift | null {
  const interval = meanInterval(logs)
  if (interval === null) return null
  const { mean, se } = interval
  const p = se > 0 ? 2 * tCdf(-Math.abs(mean) / se, logs.length - 1) : mean === 0 ? 1 : 0
  return shift(what, { ratio: Math.exp(mean), low: Math.exp(interval.low), high: Math.exp(interval.high), p })
}

/** The same requests have the same length, unless their tokens are counted otherwise. */
function inputShift(baseline: BaselineRecord, pass: Pass): Shift | null {
  const [before, today] = [baseline.figures.inputTokens, figuresOfPasses([pass]).inputTokens]
  if (before === null || today === null || before <= 0 || today <= 0) return null
  const ratio = today / before
  return shift('input-tokens', { ratio, low: ratio, high: ratio, p: Math.abs(ratio - 1) > MOVED_RATIO ? 0 : 1 })
}

/** Half a refusal is added on each side, so that a baseline without any has a ratio. */
function refusalShift({ figures }: BaselineRecord, pass: Pass): Shift | null {
  const answers = pass.cases.filter(({ refuses }) => refuses !== null)
  if (figures.refusals === null || figures.n === 0 || answers.length === 0) return null
  const before = { x: Math.round(figures.refusals * figures.n), n: figures.n }
  const today = { x: answers.filter(({ refuses }) => refuses === true).length, n: answers.length }
  const ratio = (today.x + 0.5) / (today.n + 1) / ((before.x + 0.5) / (before.n + 1))
  const se = Math.sqrt(1 / (today.x + 0.5) - 1 / (today.n + 1) + 1 / (before.x + 0.5) - 1 / (before.n + 1))
  const fewer = fisherLess({ a: today.x, b: today.n - today.x, c: before.x, d: before.n - before.x })
  const more = fisherLess({ a: before.x, b: before.n - before.x, c: today.x, d: today.n - today.x })
  const p = Math.min(1, 2 * Math.min(fewer, more))
  return shift('refusals', { ratio, low: ratio * Math.exp(-1.96 * se), high: ratio * Math.exp(1.96 * se), p })
}

function shift(what: Shift['what'], { ratio, low, high, p }: Omit<Shift, 'what' | 'moved'>): Shift {
  const moved = p < MOVED_P && Math.abs(ratio - 1) > (what === 'latency' ? MOVED_LATENCY : MOVED_RATIO)
  return { what, ratio: rounded(ratio), low: rounded(low), high: rounded(high), p: Number(p.toPrecision(3)), moved }
}

export type Canary = { readonly evalSet: string; readonly baseline: BaselineRecord; readonly pass: Pass }
export type CanaryShift = {
  readonly evalSet: string
  /** Shares of answers that repeat the baseline's first run word for word, 0-1. */
  readonly before: number
  readonly today: number
}

const CANARY_ALPHA = 0.01

/** Sets whose answers repeat the baseline's less often than those of the baseline did among themselves; Holm over all sets. */
export function movedCanaries(canaries: readonly Canary[]): readonly CanaryShift[] {
  const tables = canaries.flatMap(({ evalSet, baseline, pass }) => {
    const { canaries: known } = baseline
    if (known === undefined || known.of === 0) return []
    const today = countMatches(known.outputs, pass.cases)
    return today.of === 0 ? [] : [{ evalSet, known, today }]
  })
  const adjusted = holm(
    tables.map(({ known, today }) =>
      fisherLess({ a: today.matches, b: today.of - today.matches, c: known.matches, d: known.of - known.matches }),
    ),
  )
  return tables.flatMap(({ evalSet, known, today }, i) =>
    (adjusted[i] ?? 1) < CANARY_ALPHA
      ? [{ evalSet, before: known.matches / known.of, today: today.matches / today.of }]
      : [],
  )
}
