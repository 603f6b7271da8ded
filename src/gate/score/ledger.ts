// The record by case: which runs exist, which pairs are complete, which runs are still to be made.

import type { RecordRow, SideLabel } from '../../domain.ts'

export type Step = 'pass' | 'fresh'
/** Scores of one base and one head run of a case. */
export type Pair = { readonly base: number; readonly head: number }
export type NextRun = {
  readonly case: string
  readonly side: SideLabel
  readonly step: Step
  readonly index: number
}
/** A pair to have: what is missing of it becomes the next runs. */
export type WantedPair = Pick<NextRun, 'case' | 'step' | 'index'>

type Slot = { base?: number; head?: number }
type CaseRuns = { identical: boolean; pass: Map<number, Slot>; fresh: Map<number, Slot> }
/** Cases in order of first appearance. */
export type Ledger = ReadonlyMap<string, CaseRuns>

// Shared by the cases without runs of a step: an empty map of its own for each of many cases is what costs memory here.
const NO_SLOTS: Map<number, Slot> = new Map()
const NO_PAIRS: readonly Pair[] = []

/** A run that is recorded twice counts once, as first recorded: nothing can be drawn again. */
export function readLedger(rows: readonly RecordRow[]): Ledger {
  const ledger = new Map<string, CaseRuns>()
  for (const row of rows) {
    const runs = ledger.get(row.case) ?? { identical: false, pass: NO_SLOTS, fresh: NO_SLOTS }
    ledger.set(row.case, runs)
    if (row.step === 'identical') {
      runs.identical = true
      continue
    }
    if (runs[row.step] === NO_SLOTS) runs[row.step] = new Map()
    const slot = runs[row.step].get(row.index) ?? {}
    slot[row.side] ??= row.score
    runs[row.step].set(row.index, slot)
  }
  return ledger
}

export function isIdentical(ledger: Ledger, id: string): boolean {
  return ledger.get(id)?.identical ?? false
}

/** Complete pairs from index 0 up to the first gap, at most `most`. */
export function completePairs(ledger: Ledger, id: string, step: Step, most = Infinity): readonly Pair[] {
  const slots = ledger.get(id)?.[step] ?? NO_SLOTS
  if (slots.size === 0) return NO_PAIRS
  const pairs: Pair[] = []
  while (pairs.length < most) {
    const slot = slots.get(pairs.length)
    if (slot?.base === undefined || slot.head === undefined) break
    pairs.push({ base: slot.base, head: slot.head })
  }
  return pairs.slice()
}

/** The runs that the wanted pairs lack: both sides of a pair next to each other, the sides taking turns to go first. */
export function missingRuns(ledger: Ledger, wanted: readonly WantedPair[]): NextRun[] {
  return wanted.flatMap((pair, turn) => {
    const slot = ledger.get(pair.case)?.[pair.step].get(pair.index)
    const sides: readonly SideLabel[] = (turn + pair.index) % 2 === 0 ? ['base', 'head'] : ['head', 'base']
    return sides
      .filter((side) => slot?.[side] === undefined)
      .map((side) => ({ case: pair.case, side, step: pair.step, index: pair.index }))
  })
}
