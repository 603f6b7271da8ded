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
  /** An early look did not get to them. */
  readonly unrun: readonly string[]
  /** Their complete passes cannot be made: nothing is known of them. */
  readonly lost: readonly string[]
}

export function readMustPass(ledger: Ledger, options: ScoreOptions, suite: Suite, look: Look): MustPass {
  const paired = new Set(options.cases)
  const missing = new Set(options.missing)
  const all = [...new Set(options.mustPass)]
    .map((id) => viewCase(ledger, id, suite.passes, missing.has(id)))
    .filter((view) => !view.identical)
  const isLost = (view: CaseView) => view.stuck && view.passes.length < suite.passes
  // An added case is outside the test and has no look to wait for.
  const due = all.filter((view) => !paired.has(view.id) || (look.number > 0 && !isLost(view)))
  const views = due.filter((view) => view.passes.slice(0, look.passes).some(isLoss))
  const broken = views.filter(isBroken)
  const waiting = views.filter((view) => !isBroken(view) && view.fresh.slice(0, CONFIRMATIONS).every(isLoss))
  const ids = (list: readonly CaseView[]): string[] => list.map((view) => view.id)
  return {
    suspects: new Set(ids(views)),
    broken: ids(broken),
    open: ids(waiting.filter((view) => !view.stuck)),
    unknown: ids(waiting.filter((view) => view.stuck)),
    unrun: ids(due.filter((view) => paired.has(view.id) && view.passes.length < look.passes)),
    lost: ids(all.filter(isLost)),
  }
}

/** The complete passes that the look has of the other cases. */
export function passesOfUnrun(mustPass: MustPass, look: Look): WantedPair[] {
  return Array.from({ length: look.passes }, (_, index) => index).flatMap((index) =>
    mustPass.unrun.map((id): WantedPair => ({ case: id, step: 'pass', index })),
  )
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
