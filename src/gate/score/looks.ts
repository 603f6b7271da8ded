// Step 1 of the score gate: what the complete passes say, at each planned look.

import { normCdf } from '../../stats/normal.ts'
import { distanceToLimit, pairedInterval } from '../../stats/paired.ts'
import type { WantedPair } from './ledger.ts'
import { atLeast, atMost, type Levels, TOLERANCE } from './levels.ts'
import { type CaseView, caseDifference, type Suite, worseP } from './suite.ts'

export type Look = {
  /** 1-based; 0 before the first. */
  readonly number: number
  readonly last: boolean
  readonly views: readonly CaseView[]
  /** Passes that it sees. */
  readonly passes: number
  readonly differences: readonly number[]
  /** One-sided p of the complete passes; null before the first look. */
  readonly p: number | null
}

/** Cases and passes that a look needs. */
function scope(suite: Suite, look: number): { readonly cases: number; readonly passes: number } {
  if (suite.looks === suite.passes) return { cases: suite.n, passes: look }
  // One pass by quarters of the seeded order, or (stored base runs) all passes at once.
  return { cases: Math.ceil((suite.n * look) / suite.looks), passes: suite.passes }
}

/** The furthest look whose runs are all there: joined shards may bring more than one share at once, and every run counts. */
export function furthestLook(suite: Suite): Look {
  let done = 0
  while (done < suite.looks && isComplete(suite, done + 1)) done += 1
  const { cases, passes } = done === 0 ? { cases: suite.n, passes: 1 } : scope(suite, done)
  const views = suite.views.slice(0, cases).filter((view) => done > 0 || view.identical || view.passes.length > 0)
  return {
    number: done,
    last: done === suite.looks,
    views,
    passes,
    differences: views.map((view) => caseDifference(view, passes)),
    p:
      done === 0
        ? null
        : worseP(
            suite,
            views.map((view) => passesOf(view, passes)),
          ),
  }
}

function isComplete(suite: Suite, look: number): boolean {
  const { cases, passes } = scope(suite, look)
  if (suite.views.length < cases) return false
  return suite.views.slice(0, cases).every((view) => view.identical || view.passes.length >= passes)
}

function passesOf(view: CaseView, passes: number): CaseView['passes'] {
  if (view.identical) return []
  return view.passes.length <= passes ? view.passes : view.passes.slice(0, passes)
}

/** How many cases, in seeded order, the look covers; of the first one before any is complete. */
export function casesCovered(suite: Suite, look: Look): number {
  return scope(suite, Math.max(1, look.number)).cases
}

/** The pairs of the look after `look`. */
export function pairsOfNextLook(suite: Suite, look: Look): WantedPair[] {
  const { cases, passes } = scope(suite, look.number + 1)
  const open = suite.views.slice(0, cases).filter((view) => !view.identical)
  return Array.from({ length: passes }, (_, index) => index).flatMap((index) =>
    open.map((view): WantedPair => ({ case: view.id, step: 'pass', index })),
  )
}

/** Null: the complete passes decide nothing (yet). */
export function judgeLook(suite: Suite, look: Look, levels: Levels): 'pass-all' | 'fail-all' | 'pass-losses' | null {
  if (look.p === null) return null
  const at = look.number - 1
  if (!suite.stored) {
    const distance = distanceToLimit(pairedInterval(look.differences), suite.limit)
    if (atLeast(distance, levels.passAll[at] ?? Infinity)) return 'pass-all'
    const drop = -look.differences.reduce((sum, d) => sum + d, 0) / look.differences.length
    const level = 1 - normCdf(levels.failAll[at] ?? Infinity)
    if (atLeast(drop, suite.limit) && atMost(look.p, level)) return 'fail-all'
  }
  const losses = look.differences.reduce((sum, d) => sum + Math.max(0, -d), 0)
  return look.last && losses < suite.limitCases - TOLERANCE ? 'pass-losses' : null
}
