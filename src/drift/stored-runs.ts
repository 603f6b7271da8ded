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
  const accepted = records.findLast((one) => one.kind === 'accept' && one.evalSets.includes(evalSet))
  const since = Math.max(nowMs - OLDEST_MS, accepted === undefined ? 0 : Date.parse(accepted.at))
  const moments = new Map<string, Known[]>()
  for (const one of records) {
    if (one.kind !== 'run' || one.evalSet !== evalSet || one.key !== key || !OWN_ROLES.has(one.role)) continue
    if (Date.parse(one.at) < since || Date.parse(one.at) > nowMs) continue
    const levels = scoresOf(one.levels ?? '')
    const cases = keyRecord(records, wanted, levels.length)?.cases
    if (cases !== undefined && levels.length > 0)
      moments.set(one.at, [...(moments.get(one.at) ?? []), { run: one, levels, cases }])
  }
  return [...moments].slice(-most).map(([at, known]) => ({
    ...{ at, levels: levelsIn(known) },
    answered: distinct(known.map(({ run }) => run.figures.answered)),
    fingerprints: distinct(known.map(({ run }) => run.figures.fingerprints)),
  }))
}

type Known = {
  readonly run: RunRecord
  readonly levels: readonly (number | null)[]
  readonly cases: readonly string[]
}

function levelsIn(known: readonly Known[]): StoredRun['levels'] {
  const byCase = new Map<string, number[]>()
  for (const { levels, cases } of known)
    cases.forEach((name, at) => {
      const level = levels[at] ?? null
      if (level !== null) byCase.set(name, [...(byCase.get(name) ?? []), level])
    })
  return byCase
}

const distinct = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort()
