// The finished runs of one eval set, by case and side. Those of a large set are taken apart: figures into flat arrays, what
// many runs have in common once for all of them, texts onto the shelf; whoever asks for a run gets it put together again.

import { HELD_CASES } from '../config/shelved-cases.ts'
import type { Result, SideLabel } from '../domain.ts'
import type { Shelf } from '../ports.ts'
import { createFigures } from './figures.ts'

export type Results = {
  add(result: Result): void
  of(caseId: string, side: SideLabel): readonly Result[]
}

const NONE: readonly Result[] = []

/** @param shelf where the texts of a large set go; without one they stay in memory */
export function createResults(cases: ReadonlyMap<string, unknown>, shelf: Shelf | null): Results {
  return shelf === null || cases.size <= HELD_CASES ? held() : takenApart(cases, shelf)
}

function held(): Results {
  const sides = { base: new Map<string, readonly Result[]>(), head: new Map<string, readonly Result[]>() }
  return {
    // concat makes a list of exactly this size; one that grows keeps room for seventeen, in each of many cases.
    add: (result) => {
      const { caseId, side } = result.trial
      sides[side].set(caseId, (sides[side].get(caseId) ?? NONE).concat(result))
    },
    of: (caseId, side) => sides[side].get(caseId) ?? NONE,
  }
}

function takenApart(cases: ReadonlyMap<string, unknown>, shelf: Shelf): Results {
  const numbers = new Map<string, number>()
  for (const id of cases.keys()) numbers.set(id, numbers.size)
  const figures = createFigures(shelf)
  // Per case and side the first and the last of its runs, which are linked by `figures`.
  const first = new Int32Array(2 * numbers.size).fill(-1)
  const last = new Int32Array(2 * numbers.size).fill(-1)
  const slotOf = (caseId: string, side: SideLabel) => {
    const number = numbers.get(caseId)
    if (number === undefined) throw new Error(`no case ${caseId}`)
    return 2 * number + (side === 'base' ? 0 : 1)
  }
  return {
    add: (result) => {
      const slot = slotOf(result.trial.caseId, result.trial.side)
      const run = figures.add(result)
      const before = last[slot] ?? -1
      if (before < 0) first[slot] = run
      else figures.link(before, run)
      last[slot] = run
    },
    of: (caseId, side) => {
      const start = first[slotOf(caseId, side)] ?? -1
      return start < 0 ? NONE : figures.from(start, { caseId, side })
    },
  }
}
