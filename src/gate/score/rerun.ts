// Steps 2 and 3 of the score gate: fresh runs of the changed cases, and once a second run of the others.

import type { ScoreRule } from '../../domain.ts'
import { remeasured } from '../../stats/remeasured.ts'
import type { Pair, WantedPair } from './ledger.ts'
import { atLeast, atMost, type Levels, MARGIN, ROUNDS, TOLERANCE } from './levels.ts'
import type { Look } from './looks.ts'
import { type CaseView, caseDifference, hasChanged, meanDifference, type Suite, worseP } from './suite.ts'

export type Evaluation = {
  readonly outcome: 'pass' | 'fail' | 'inconclusive' | 'undecided'
  readonly rule: ScoreRule
  readonly p: number | null
  readonly net: number | null
  readonly upper: number | null
  readonly wanted: readonly WantedPair[]
}

/** A re-run case and how many of its fresh pairs count: those of finished rounds. */
type Member = { readonly view: CaseView; readonly used: number }

type State = {
  readonly suite: Suite
  readonly levels: Levels
  /** Changed in the complete passes. */
  readonly early: readonly CaseView[]
  readonly others: readonly CaseView[]
  readonly members: readonly Member[]
  /** Cases that are not re-run, with their mean difference. */
  readonly rest: readonly number[]
  /** p of the complete passes before step 3. */
  readonly pPasses: number
  readonly extraPass: 'open' | 'free' | 'made'
}

/** @param suspects ids to re-run although their passes balance out (must-pass cases). Any choice of cases is valid. */
export function rerun(suite: Suite, look: Look, levels: Levels, suspects: ReadonlySet<string>): Evaluation {
  const state = readState(suite, look, levels, suspects)
  if (state.extraPass === 'made') return afterExtraPass(state)
  const before = judgeRounds(state, false)
  // With every case in the changed set step 3 needs no run; it is taken before any other run is asked for.
  if (state.extraPass === 'free' && before.outcome === 'undecided' && fewest(state.members) > 0) {
    return afterExtraPass(state)
  }
  return before
}

function readState(suite: Suite, look: Look, levels: Levels, suspects: ReadonlySet<string>): State {
  const isEarly = (view: CaseView): boolean =>
    hasChanged(suite, caseDifference(view, suite.passes)) || suspects.has(view.id)
  const early = suite.views.filter(isEarly)
  const others = suite.views.filter((view) => !isEarly(view))
  const runnable = others.filter((view) => !view.identical && !view.stuck)
  const made = runnable.every((view) => view.passes.length > suite.passes)
  const extraPass = runnable.length === 0 ? 'free' : made ? 'made' : 'open'
  const late = extraPass === 'made' ? others.filter((view) => differsInExtraPass(suite, view)) : []
  const lateSet = new Set(late)
  return {
    suite,
    levels,
    early,
    others,
    members: countRounds(early, late),
    rest: others
      .filter((view) => !lateSet.has(view))
      .map((view) => caseDifference(view, suite.passes + (extraPass === 'made' ? 1 : 0))),
    pPasses: look.p ?? 0.5,
    extraPass,
  }
}

function differsInExtraPass(suite: Suite, view: CaseView): boolean {
  const extra = view.passes[suite.passes]
  return extra !== undefined && !view.identical && hasChanged(suite, extra.head - extra.base)
}

/** Rounds that are finished: late cases catch up first, then all go on together. Pairs of a torn round wait. */
function countRounds(early: readonly CaseView[], late: readonly CaseView[]): Member[] {
  const earlyRounds = finished(early)
  const lateRounds = Math.min(finished(late), earlyRounds)
  const counted = (views: readonly CaseView[], rounds: number): Member[] =>
    views.map((view) => ({ view, used: Math.min(view.fresh.length, rounds) }))
  return [...counted(early, earlyRounds), ...counted(late, lateRounds)]
}

function finished(views: readonly CaseView[]): number {
  return views.reduce((least, view) => (view.stuck ? least : Math.min(least, view.fresh.length)), ROUNDS)
}

/** Fewest fresh pairs of a case that can still be run; ROUNDS when there is none. */
function fewest(members: readonly Member[]): number {
  return members.reduce((least, { view, used }) => (view.stuck ? least : Math.min(least, used)), ROUNDS)
}

/** Step 3 with its runs made: all complete passes together, then the rounds go on. */
function afterExtraPass(state: State): Evaluation {
  const { suite, levels } = state
  const cases = [
    ...state.early.map((view) => extended(suite, view, view.fresh[0])),
    ...state.others.map((view) => (view.identical ? [] : extended(suite, view, view.passes[suite.passes]))),
  ]
  const p = worseP(suite, cases)
  const net = -cases.reduce((sum, pairs) => sum + meanDifference(pairs), 0)
  const firstRoundMade = state.early.every((view) => view.stuck || view.fresh.length > 0)
  if (firstRoundMade && atMost(p, levels.two) && atLeast(net / suite.n, suite.limit)) {
    return { outcome: 'fail', rule: 'fail-two', p, net, upper: null, wanted: [] }
  }
  return judgeRounds({ ...state, pPasses: p }, true)
}

/** The complete passes of a case with the extra one; of stored base runs only the extra one is believed. */
function extended(suite: Suite, view: CaseView, extra: Pair | undefined): readonly Pair[] {
  const passes = suite.stored ? [] : view.passes.slice(0, suite.passes)
  return extra === undefined ? passes : [...passes, extra]
}

/** Step 2 at the end of a finished round. */
function judgeRounds(state: State, extraPassDone: boolean): Evaluation {
  const { suite, levels, members } = state
  const rounds = fewest(members)
  if (rounds === 0) return nextRound(state, { p: state.pPasses, net: null, upper: null })
  const figures = measure(state)
  const { p, net, upper } = figures
  const leastLoss = Math.ceil(suite.limitCases - TOLERANCE) - 0.5
  const proven = atMost(p, levels.confirm) && atLeast(net, leastLoss)
  const below = upper < suite.limitCases - TOLERANCE
  const lean = extraPassDone ? levels.lean2 : levels.lean1
  if (proven && (extraPassDone || atLeast(net - 1, leastLoss))) return verdict('fail', 'fail-rerun', figures)
  if (below && !atMost(state.pPasses, lean)) return verdict('pass', 'pass-rerun', figures)
  if (!extraPassDone && (proven || below)) return extraPassNeeded(state, figures)
  if (rounds < ROUNDS && fitsBudget(state, rounds)) return nextRound(state, figures)
  return extraPassDone ? verdict('inconclusive', 'inconclusive', figures) : extraPassNeeded(state, figures)
}

type Figures = Pick<Evaluation, 'p' | 'net' | 'upper'>

function measure(state: State): { readonly p: number; readonly net: number; readonly upper: number } {
  const fresh = state.members.map(({ view, used }) => view.fresh.slice(0, used))
  const run = fresh.filter((pairs) => pairs.length > 0)
  const { net, se } = remeasured(
    run.map((pairs) => pairs.map((pair) => pair.head - pair.base)),
    state.rest,
  )
  // A changed case that could not be run again may be a loss of its own.
  const unknown = fresh.length - run.length
  return { p: worseP(state.suite, run), net, upper: net + MARGIN * se + unknown }
}

function fitsBudget(state: State, rounds: number): boolean {
  const used = state.members.reduce((sum, member) => sum + member.used, 0)
  const round = state.members.filter(({ view, used: pairs }) => !view.stuck && pairs === rounds).length
  return used + round <= Math.max(state.suite.n, 200)
}

function nextRound(state: State, figures: Figures): Evaluation {
  const rounds = fewest(state.members)
  const wanted = state.members
    .filter(({ view, used }) => !view.stuck && used === rounds)
    .map(({ view }): WantedPair => ({ case: view.id, step: 'fresh', index: rounds }))
  return { outcome: 'undecided', rule: 'undecided', ...figures, wanted }
}

function extraPassNeeded(state: State, figures: Figures): Evaluation {
  const wanted = state.others
    .filter((view) => !view.identical && !view.stuck)
    .map((view): WantedPair => ({ case: view.id, step: 'pass', index: state.suite.passes }))
  return { outcome: 'undecided', rule: 'undecided', ...figures, wanted }
}

function verdict(outcome: 'pass' | 'fail' | 'inconclusive', rule: ScoreRule, figures: Figures): Evaluation {
  return { outcome, rule, ...figures, wanted: [] }
}
