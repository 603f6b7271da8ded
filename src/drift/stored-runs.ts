// What the history has of the very content that this run's base asks: recorded runs with the level of each case.

import { keyRecord } from './anchor.ts'
import { scoresOf } from './levels.ts'
import type { Figures, HistoryRecord, RunRecord } from './records.ts'

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
/** Other roles are other models. */
const OWN_ROLES: ReadonlySet<RunRecord['role']> = new Set(['merge', 'pinned'])

export type Wanted = { readonly evalSet: string; readonly key: string; readonly nowMs: number; readonly most: number }

/** Those of the newest moments, oldest first. What an accept has ended does not count any more. */
export function storedRuns(records: readonly HistoryRecord[], wanted: Wanted): readonly StoredRun[] {
  const { evalSet, key, nowMs, most } = wanted
  const cases = keyRecord(records, wanted)?.cases
  if (cases === undefined) return []
  const accepted = records.findLast((one) => one.kind === 'accept' && one.evalSets.includes(evalSet))
  const since = Math.max(nowMs - OLDEST_MS, accepted === undefined ? 0 : Date.parse(accepted.at))
  const moments = new Map<string, RunRecord[]>()
  for (const one of records) {
    if (one.kind !== 'run' || one.evalSet !== evalSet || one.key !== key || !OWN_ROLES.has(one.role)) continue
    const isUsable = Date.parse(one.at) >= since && Date.parse(one.at) <= nowMs && one.levels?.length === cases.length
    if (isUsable) moments.set(one.at, [...(moments.get(one.at) ?? []), one])
  }
  return [...moments].slice(-most).map(([at, runs]) => ({
    ...{ at, levels: levelsIn(runs, cases) },
    answered: distinct(runs.map(({ figures }) => figures.answered)),
    fingerprints: distinct(runs.map(({ figures }) => figures.fingerprints)),
  }))
}

function levelsIn(runs: readonly RunRecord[], cases: readonly string[]): StoredRun['levels'] {
  const all = runs.map(({ levels }) => scoresOf(levels ?? ''))
  return new Map(
    cases.flatMap((name, at) => {
      const known = all.flatMap((levels) => levels[at] ?? [])
      return known.length === 0 ? [] : [[name, known] as const]
    }),
  )
}

const distinct = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort()
