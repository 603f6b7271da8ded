// Models that a set runs beside its pin, the live one and fallbacks: how far each stands from the pin in the same job. Pure.

import { DEFAULT_DROP_POINTS } from '../config/gates.ts'
import { type Interval, pairedInterval } from '../stats/paired.ts'
import { figuresOfPasses, type Pass, refusedWords, rounded, whyUnmeasured } from './passes.ts'
import type { DriftReport, DriftSet } from './report.ts'
import type { Made, SetJob } from './set-run.ts'

/** Levels of another model against those of the pin in this job, case by case, in points. */
function against(pin: Pass | undefined, other: Pass): Interval | null {
  const differences = other.cases.flatMap(({ level }, i) => {
    const own = pin?.cases[i]?.level ?? null
    return level === null || own === null ? [] : [level - own]
  })
  if (differences.length === 0 || whyUnmeasured(other) !== null) return null
  const { low, high, se } = pairedInterval(differences)
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length
  return { mean: rounded(100 * mean), low: rounded(100 * low), high: rounded(100 * high), se: 100 * se }
}

export function liveOf({ job, passes, live }: Made): DriftSet['live'] {
  if (job.live === null) return null
  const compared = live === null ? null : against(passes[0], live)
  const { model } = job.live
  if (compared === null) return { model, delta: null, low: null, high: null, worse: false }
  const { mean: delta, low, high } = compared
  return { model, delta, low, high, worse: isDrop(compared, job) }
}

/** A drop of the set's own limit, or of five points, that is more than chance. */
const isDrop = ({ mean, high }: Interval, { plan }: SetJob) =>
  mean <= -(plan.gates.maxDropPoints?.limit ?? DEFAULT_DROP_POINTS) && high < 0

export function fallbackOf(
  { job, passes }: Made,
  { model, pass }: Made['fallbacks'][number],
): DriftReport['fallbacks'][number] {
  const compared = against(passes[0], pass)
  const score = whyUnmeasured(pass) === null ? figuresOfPasses([pass]).score : null
  const holds = compared === null ? null : !isDrop(compared, job)
  const why = refusedWords(pass)
  return { evalSet: job.plan.name, model, score, holds, ...(why === null ? {} : { why }) }
}
