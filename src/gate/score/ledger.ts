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

/** Most of many cases have one complete pass and no more: its scores lie in the object itself, and no map is made. */
class CaseRuns {
  identical = false
  readonly first: Slot = {}
  #more: { readonly pass: Map<number, Slot>; readonly fresh: Map<number, Slot> } | null = null

  at(step: Step, index: number): Slot | undefined {
    return step === 'pass' && index === 0 ? this.first : this.#more?.[step].get(index)
  }
  /** What is recorded first stays. */
  enter({ step, index, side, score }: Extract<RecordRow, { readonly index: number }>): void {
    const slot = this.at(step, index) ?? {}
    slot[side] ??= score
    if (slot === this.first) return
    this.#more ??= { pass: new Map(), fresh: new Map() }
    this.#more[step].set(index, slot)
  }
}
/** Cases in order of first appearance. */
export type Ledger = ReadonlyMap<string, CaseRuns>

const NO_PAIRS: readonly Pair[] = []

/** A run that is recorded twice counts once, as first recorded: nothing can be drawn again. */
export function readLedger(rows: Iterable<RecordRow>): Ledger {
  const ledger = new Map<string, CaseRuns>()
  for (const row of rows) {
    const runs = ledger.get(row.case) ?? new CaseRuns()
    ledger.set(row.case, runs)
    if (row.step === 'identical') runs.identical = true
    else runs.enter(row)
  }
  return ledger
}

export function isIdentical(ledger: Ledger, id: string): boolean {
  return ledger.get(id)?.identical ?? false
}

/** Complete pairs from index 0 up to the first gap, at most `most`. */
export function completePairs(ledger: Ledger, id: string, step: Step, most = Infinity): readonly Pair[] {
  const runs = ledger.get(id)
  const first = pairAt(runs, step, 0)
  if (first === null || most < 1) return NO_PAIRS
  const second = most < 2 ? null : pairAt(runs, step, 1)
  if (second === null) return aloneOf(first)
  const pairs = [first, second]
  while (pairs.length < most) {
    const pair = pairAt(runs, step, pairs.length)
    if (pair === null) break
    pairs.push(pair)
  }
  return pairs.slice()
}

function pairAt(runs: CaseRuns | undefined, step: Step, index: number): Pair | null {
  const slot = runs?.at(step, index)
  return slot?.base === undefined || slot.head === undefined ? null : pairOf(slot.base, slot.head)
}

// Of pass and fail there are four pairs, and each is held once.
const PASS_FAIL: readonly Pair[] = [0, 1].flatMap((base) => [0, 1].map((head) => ({ base, head })))
const ALONE = new Map(PASS_FAIL.map((pair) => [pair, [pair]] as const))

function pairOf(base: number, head: number): Pair {
  const isPassFail = (base === 0 || base === 1) && (head === 0 || head === 1)
  return (isPassFail ? PASS_FAIL[2 * base + head] : undefined) ?? { base, head }
}

const aloneOf = (pair: Pair): readonly Pair[] => ALONE.get(pair) ?? [pair]

/** The runs that the wanted pairs lack: both sides of a pair next to each other, the sides taking turns to go first. */
export function missingRuns(ledger: Ledger, wanted: readonly WantedPair[]): NextRun[] {
  return wanted.flatMap((pair, turn) => {
    const slot = ledger.get(pair.case)?.at(pair.step, pair.index)
    const sides: readonly SideLabel[] = (turn + pair.index) % 2 === 0 ? ['base', 'head'] : ['head', 'base']
    return sides
      .filter((side) => slot?.[side] === undefined)
      .map((side) => ({ case: pair.case, side, step: pair.step, index: pair.index }))
  })
}
