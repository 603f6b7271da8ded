// The score gate of one eval set: a verdict about the record, or the runs to make next.
//
// 0. A change that many sets share: a sample of each first, which can only make a set green.
// 1. Every case runs `passes` times on both sides. If that shows "no relevant drop" or "clearly worse", it ends here.
// 2. Else the cases whose result changed, for better or worse, run again on both sides, round by round. Only these fresh
//    runs are tested: luck that selected a case does not enter.
// 3. Before a red check that hinges on one case, or a green one although the complete passes lean down, the other
//    cases run once more.
//
// Pure: the same record gives the same answer, any beginning of a record is a valid record, and the runs that `next` names,
// once recorded, always lead further.

import type { RecordRow, ScoreRule } from '../domain.ts'
import { pairedInterval } from '../stats/paired.ts'
import { seededRandom, shuffled } from '../stats/random.ts'
import { type Label, labelCases } from './score/labels.ts'
import { type Ledger, missingRuns, type NextRun, readLedger } from './score/ledger.ts'
import { isTooMany, type Levels, levelsFor } from './score/levels.ts'
import { furthestLook, judgeLook, type Look, pairsOfNextLook } from './score/looks.ts'
import { confirmations, type MustPass, passesOfUnrun, readMustPass } from './score/must-pass.ts'
import { type Evaluation, rerun } from './score/rerun.ts'
import { judgeSample } from './score/sample.ts'
import { readSuite, type ScoreOptions, type Suite, viewCase } from './score/suite.ts'
import type { SliceDrop } from './slice-test.ts'

export type { Label } from './score/labels.ts'
export type { NextRun } from './score/ledger.ts'
export type { ScoreOptions } from './score/suite.ts'

export type ScoreDecision = {
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'not-measured' | 'undecided'
  readonly rule: ScoreRule
  /** Pairs that were run; ties by identity are none. */
  readonly pairs: number
  /** Re-measured net loss and its 95 % upper bound, in cases; null before fresh runs say something. */
  readonly net: number | null
  readonly upper: number | null
  /** One-sided p of what decided, or of what is known so far. */
  readonly p: number | null
  /** Points on 0-100: what other traffic may see. Not clamped. */
  readonly interval: { readonly mean: number; readonly low: number; readonly high: number }
  readonly labels: { readonly [caseId: string]: Label }
  /** Must-pass cases that are broken, whichever rule the outcome names. */
  readonly mustPassBroken: readonly string[]
  /** Empty unless undecided. Empty, too, while only runs of unnamed cases are open. */
  readonly next: readonly NextRun[]
  /** What the slices that a gate names came to, added by the loop after the set's own verdict; `decideScore` has none. */
  readonly slices?: readonly SliceDrop[]
}

type Step = Evaluation & { readonly stage: 'passes' | 'reruns' }

/**
 * Decides on a record, complete or not. Rows of cases outside `options.cases` (and not must-pass), repeated rows and runs that
 * are not due are ignored.
 */
export function decideScore(record: Iterable<RecordRow>, options: ScoreOptions): ScoreDecision {
  const ledger = readLedger(record)
  const suite = readSuite(ledger, options)
  const look = furthestLook(suite)
  const mustPass = readMustPass(ledger, options, suite, look)
  const step = tooManyMissing(options, suite)
    ? notMeasured
    : (sampled(suite, look, new Set(options.mustPass)) ??
      judge(suite, look, levelsFor(options.suites, suite.looks), mustPass.suspects))
  const { wanted, stage: _, ...decided } = withMustPass(step, mustPass, look)
  return {
    ...decided,
    pairs: suite.views.reduce((sum, view) => sum + (view.identical ? 0 : view.passes.length + view.fresh.length), 0),
    interval: shownInterval(look),
    labels: labelCases(suite, [...suite.views, ...addedCases(ledger, options)]),
    mustPassBroken: mustPass.broken,
    next: missingRuns(ledger, wanted),
  }
}

/** The order in which cases run: a function of the ids and the seed (the content key), not of their order in files. */
export function caseOrder(ids: readonly string[], seed: string): string[] {
  return shuffled([...ids].sort(), seededRandom(seed))
}

const notMeasured = {
  outcome: 'not-measured',
  rule: 'too-many-missing',
  p: null,
  net: null,
  upper: null,
  wanted: [],
  stage: 'passes',
} as const

/** No case at all is nothing measured, too. */
function tooManyMissing(options: ScoreOptions, suite: Suite): boolean {
  const cases = new Set(options.cases)
  const missing = new Set(options.missing?.filter((id) => cases.has(id)))
  return suite.n === 0 || isTooMany(missing.size, cases.size + (options.unnamed ?? 0))
}

function judge(suite: Suite, look: Look, levels: Levels, suspects: ReadonlySet<string>): Step | DecidedStep {
  const rule = judgeLook(suite, look, levels)
  const figures = { p: look.p, net: null, upper: null, stage: 'passes' } as const
  if (rule !== null) return { outcome: rule === 'fail-all' ? 'fail' : 'pass', rule, ...figures, wanted: [] }
  if (look.last) return { ...rerun(suite, look, levels, suspects), stage: 'reruns' }
  return { outcome: 'undecided', rule: 'undecided', ...figures, wanted: pairsOfNextLook(suite, look) }
}

/** What a sample says before the complete passes; null where the set is judged in full. */
function sampled(suite: Suite, look: Look, mustPass: ReadonlySet<string>): DecidedStep | null {
  const found = judgeSample(suite, mustPass)
  if (found === 'full') return null
  const figures = { p: look.p, net: null, upper: null, stage: 'passes' } as const
  if (found === 'pass') return { outcome: 'pass', rule: 'pass-sample', ...figures, wanted: [] }
  return { outcome: 'undecided', rule: 'undecided', ...figures, wanted: found }
}

type DecidedStep = Omit<Step, 'outcome'> & { readonly outcome: ScoreDecision['outcome'] }

/** A broken must-pass case fails by proof, whatever else is open; nothing passes while one is in doubt, unrun or lost. */
function withMustPass(step: DecidedStep, mustPass: MustPass, look: Look): DecidedStep {
  if (step.outcome === 'fail') return step
  if (mustPass.broken.length > 0) return { ...step, outcome: 'fail', rule: 'must-pass', wanted: [] }
  if (step.outcome === 'not-measured') return step
  // The rounds of the re-runs make the same fresh pairs; before them, two pairs are cheaper than a share.
  if (mustPass.open.length > 0 && !(step.outcome === 'undecided' && step.stage === 'reruns')) {
    return { ...step, outcome: 'undecided', rule: 'undecided', wanted: confirmations(mustPass) }
  }
  if (mustPass.unrun.length > 0 && step.outcome === 'pass') {
    return { ...step, outcome: 'undecided', rule: 'undecided', wanted: passesOfUnrun(mustPass, look) }
  }
  if (mustPass.lost.length > 0 && step.outcome !== 'undecided') {
    return { ...step, outcome: 'not-measured', rule: 'must-pass', wanted: [] }
  }
  if (mustPass.unknown.length > 0 && step.outcome === 'pass') {
    return { ...step, outcome: 'inconclusive', rule: 'must-pass', wanted: [] }
  }
  return step
}

function addedCases(ledger: Ledger, options: ScoreOptions): ReturnType<typeof viewCase>[] {
  const paired = new Set(options.cases)
  return options.mustPass.filter((id) => !paired.has(id)).map((id) => viewCase(ledger, id, options.passes, false))
}

function shownInterval(look: Look): ScoreDecision['interval'] {
  const { mean, low, high } = pairedInterval(look.differences)
  return { mean: 100 * mean, low: 100 * low, high: 100 * high }
}
