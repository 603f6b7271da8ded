// What the history has of the very content that this run's base asks: recorded runs with the level of each case.

import { keyRecord } from './anchor.ts'
import { scoresOf } from './levels.ts'
import type { BaselineRecord, Figures, HistoryRecord, RunRecord } from './records.ts'

/** Runs of one moment. */
export type StoredRun = {
  readonly at: string
  /** 0-1 by the key of the case, one for each run of it. */
  readonly levels: ReadonlyMap<string, readonly number[]>
  readonly answered: Figures['answered']
  readonly fingerprints: Figures['fingerprints']
}

const DAY_MS = 24 * 60 * 60 * 1000
/** What a model answered long ago is another question. */
const OLDEST_MS = 60 * DAY_MS

export type Wanted = { readonly evalSet: string; readonly key: string; readonly nowMs: number; readonly most: number }

/** The newest ones, oldest first. What an accept has ended does not count any more. */
export function storedRuns(records: readonly HistoryRecord[], wanted: Wanted): readonly StoredRun[] {
  const { evalSet, key, nowMs, most } = wanted
  const cases = keyRecord(records, wanted)?.cases
  if (cases === undefined) return []
  const accepted = records.findLast((one) => one.kind === 'accept' && one.evalSets.includes(evalSet))
  const since = Math.max(nowMs - OLDEST_MS, accepted === undefined ? 0 : Date.parse(accepted.at))
  const own = records.filter(
    (one): one is RunRecord | BaselineRecord =>
      (one.kind === 'baseline' || (one.kind === 'run' && OWN_ROLES.has(one.role))) &&
      one.evalSet === evalSet &&
      one.key === key &&
      Date.parse(one.at) >= since,
  )
  return own.slice(-most).flatMap((one) => {
    const levels = one.kind === 'run' ? levelsOfRun(one) : levelsOfBaseline(one)
    if (levels.length !== cases.length) return []
    const known = cases.flatMap((name, at) => {
      const runs = levels[at] ?? []
      return runs.length === 0 ? [] : [[name, runs] as const]
    })
    const { answered, fingerprints } = one.figures
    return known.length === 0 ? [] : [{ at: one.at, levels: new Map(known), answered, fingerprints }]
  })
}

/** Other roles are other models. */
const OWN_ROLES: ReadonlySet<RunRecord['role']> = new Set(['merge', 'pinned'])

const levelsOfRun = ({ levels }: RunRecord) => scoresOf(levels ?? '').map((level) => (level === null ? [] : [level]))

/** A mean of passes and failures says how many there were; one of graded scores does not say how they spread. */
function levelsOfBaseline({ cases, runs }: BaselineRecord): readonly (readonly number[])[] {
  return cases.map(({ level }) => {
    const passed = level === null ? Number.NaN : level * runs
    const whole = Math.round(passed)
    if (!(runs >= 1 && runs <= 100 && whole >= 0 && whole <= runs && Math.abs(passed - whole) < 1e-6)) return []
    return Array.from({ length: runs }, (_, at) => (at < whole ? 1 : 0))
  })
}
