// Cases that must not break: lost once in a complete pass, then lost in two fresh pairs of two.

import type { Ledger, Pair, WantedPair } from './ledger.ts'
import type { Look } from './looks.ts'
import { type CaseView, type ScoreOptions, type Suite, viewCase } from './suite.ts'

/** Fresh pairs that must all repeat the loss. */
const CONFIRMATIONS = 2
/** The record holds scores: of a graded set a run passes in the upper half. Pass/fail scores are 0 and 1. */
const PASS_FROM = 0.5

export type MustPass = {
  /** Lost in a complete pass. */
  readonly suspects: ReadonlySet<string>
  readonly broken: readonly string[]
  /** Suspects whose fresh pairs are to be made. */
  readonly open: readonly string[]
  /** Suspects whose fresh pairs cannot be made. */
  readonly unknown: readonly string[]
}

export function readMustPass(ledger: Ledger, options: ScoreOptions, suite: Suite, look: Look): MustPass {
  const paired = new Set(options.cases)
  const seen = new Map(look.number === 0 ? [] : look.views.map((view) => [view.id, view]))
  const missing = new Set(options.missing)
  const views = [...new Set(options.mustPass)]
    // An added case is outside the test and has no look to wait for.
    .map((id) => (paired.has(id) ? seen.get(id) : viewCase(ledger, id, suite.passes, missing.has(id))))
    .filter((view) => view !== undefined)
    .filter((view) => !view.identical && view.passes.slice(0, look.passes).some(isLoss))
  const broken = views.filter(isBroken)
  const waiting = views.filter((view) => !isBroken(view) && view.fresh.slice(0, CONFIRMATIONS).every(isLoss))
  const ids = (list: readonly CaseView[]): string[] => list.map((view) => view.id)
  return {
    suspects: new Set(ids(views)),
    broken: ids(broken),
    open: ids(waiting.filter((view) => !view.stuck)),
    unknown: ids(waiting.filter((view) => view.stuck)),
  }
}

export function confirmations(mustPass: MustPass): WantedPair[] {
  return Array.from({ length: CONFIRMATIONS }, (_, index) => index).flatMap((index) =>
    mustPass.open.map((id): WantedPair => ({ case: id, step: 'fresh', index })),
  )
}

function isBroken(view: CaseView): boolean {
  return view.fresh.length >= CONFIRMATIONS && view.fresh.slice(0, CONFIRMATIONS).every(isLoss)
}

function isLoss(pair: Pair): boolean {
  return pair.base >= PASS_FROM && pair.head < PASS_FROM
}
