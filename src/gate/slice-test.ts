// Slices that a gate names, tested in two steps as the set is: a drop of the complete passes that chance hardly makes (Holm
// over the gated slices of the set) makes a slice lean; fresh runs of its changed cases then confirm it or not. Pure: the
// same runs give the same answer, and the runs that `wanted` names, once made, lead further.

import { type CaseRuns, type Metric, metricOf } from '../compare.ts'
import type { Result } from '../domain.ts'
import type { SetPlan } from '../plan.ts'
import { holm } from '../stats/multiple.ts'
import { permWorse } from '../stats/permutation.ts'
import { remeasured } from '../stats/remeasured.ts'
import type { Pair, WantedPair } from './score/ledger.ts'
import { atLeast, atMost, GRADED_CHANGE, GRADED_STEPS, levelsFor, MARGIN, ROUNDS, TOLERANCE } from './score/levels.ts'
import { meanDifference } from './score/suite.ts'

/** Family error of all gated slices of a set. */
export const SLICE_ALPHA = 0.01

export type SliceDrop = {
  readonly dimension: string
  readonly value: string
  /** Holm-adjusted over the gated slices, from the complete passes. */
  readonly p: number
  /** within: no lean; open: leans and has runs to make; confirmed, unconfirmed: what the fresh runs said. */
  readonly state: 'within' | 'open' | 'confirmed' | 'unconfirmed'
  /** Fresh pairs to make; empty unless open. */
  readonly wanted: readonly WantedPair[]
}

export type SliceInput = {
  readonly plan: SetPlan
  readonly runs: readonly CaseRuns[]
  /** Gated eval sets of the run. */
  readonly suites: number
  /** Cases of which no further run can be made. */
  readonly missing: ReadonlySet<string>
}

/** A case of a slice. `fresh` in order of index, whatever the gaps: the set's own re-runs first, then those of slices. */
type Member = {
  readonly id: string
  readonly stuck: boolean
  readonly passes: readonly Pair[]
  readonly fresh: readonly Pair[]
  readonly nextIndex: number
}

type Slice = Pick<SliceDrop, 'dimension' | 'value'> & {
  readonly members: readonly Member[]
  /** Fraction. */
  readonly limit: number
}

/** Every gated slice of a set, by dimension and value. */
export function testSlices(input: SliceInput): readonly SliceDrop[] {
  const graded = input.plan.head.compare === 'score'
  const slices = gatedSlices(input)
  const adjusted = holm(
    slices.map((slice) =>
      worse(
        slice.members.map((member) => member.passes),
        graded,
      ),
    ),
  )
  const confirm = levelsFor(input.suites, 1).confirm
  return slices.map((slice, at) => {
    const p = adjusted[at] ?? 1
    const { dimension, value } = slice
    const found = leans(slice, p) ? confirmation(slice, graded, confirm) : ({ state: 'within', wanted: [] } as const)
    return { dimension, value, p, ...found }
  })
}

function gatedSlices({ plan, runs, missing }: SliceInput): readonly Slice[] {
  const metric = metricOf(plan.head.compare)
  const tested = runs.filter((one) => one.role === 'paired')
  return Object.entries(plan.gates.slices ?? {}).flatMap(([dimension, { maxDropPoints }]) => {
    if (maxDropPoints === undefined) return []
    const groups = new Map<string, Member[]>()
    for (const one of tested) {
      const value = one.kase.labels[dimension]
      const member = memberOf(one, { passes: plan.head.passes, metric, stuck: missing.has(one.kase.id) })
      if (value === undefined || !(one.identical || member.passes.length > 0)) continue
      groups.set(value, [...(groups.get(value) ?? []), member])
    }
    return [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([value, members]) => ({ dimension, value, members, limit: maxDropPoints.limit / 100 }))
  })
}

function memberOf(runs: CaseRuns, of: { passes: number; metric: Metric; stuck: boolean }): Member {
  const fresh = pairsOf(runs, 'fresh', of.metric)
  return {
    id: runs.kase.id,
    stuck: runs.identical || of.stuck,
    passes: runs.identical
      ? []
      : pairsOf(runs, 'pass', of.metric).flatMap((one) => (one.index < of.passes ? one.pair : [])),
    fresh: fresh.map((one) => one.pair),
    // From ROUNDS on: the set's verdict reads the rounds below without a gap, so that runs of slices cannot move it.
    nextIndex: Math.max(ROUNDS, (fresh.at(-1)?.index ?? -1) + 1),
  }
}

/** Pairs of which both sides were scored, in order of index. */
function pairsOf(runs: CaseRuns, step: 'pass' | 'fresh', metric: Metric) {
  const scores = (results: readonly Result[]) =>
    new Map(
      results.flatMap((result) => {
        const score = result.state === 'scored' && result.trial.step === step ? metric(result) : null
        return score === null ? [] : [[result.trial.index, score] as const]
      }),
    )
  const [base, head] = [scores(runs.base), scores(runs.head)]
  return [...base]
    .flatMap(([index, score]) => {
      const other = head.get(index)
      return other === undefined ? [] : [{ index, pair: { base: score, head: other } }]
    })
    .sort((a, b) => a.index - b.index)
}

function worse(cases: readonly (readonly Pair[])[], graded: boolean): number {
  const steps = graded ? GRADED_STEPS : 1
  return permWorse(
    cases.map((pairs) => ({
      base: pairs.map((pair) => Math.round(steps * pair.base)),
      head: pairs.map((pair) => Math.round(steps * pair.head)),
    })),
  ).midP
}

function leans(slice: Slice, p: number): boolean {
  const drop = -slice.members.reduce((sum, member) => sum + meanDifference(member.passes), 0) / slice.members.length
  return atMost(p, SLICE_ALPHA) && atLeast(drop, slice.limit)
}

/** The set's own rule for fresh runs: one-sided beyond chance, and a net loss of the limit in whole cases. */
function confirmation(slice: Slice, graded: boolean, level: number): Pick<SliceDrop, 'state' | 'wanted'> {
  const least = graded ? GRADED_CHANGE - TOLERANCE : TOLERANCE
  const hasChanged = (member: Member) => Math.abs(meanDifference(member.passes)) > least
  const changed = slice.members.filter(hasChanged)
  const runnable = changed.filter((member) => !member.stuck)
  const rounds = Math.min(ROUNDS, ...runnable.map((member) => member.fresh.length))
  const fresh = changed.map((member) => member.fresh.slice(0, rounds)).filter((pairs) => pairs.length > 0)
  if (rounds > 0 && fresh.length > 0) {
    const rest = slice.members.filter((member) => !hasChanged(member)).map((member) => meanDifference(member.passes))
    const { net, se } = remeasured(
      fresh.map((pairs) => pairs.map((pair) => pair.head - pair.base)),
      rest,
    )
    const limitCases = slice.members.length * slice.limit
    const proven = atMost(worse(fresh, graded), level) && atLeast(net, Math.ceil(limitCases - TOLERANCE) - 0.5)
    if (proven) return { state: 'confirmed', wanted: [] }
    const unknown = changed.length - fresh.length
    if (net + MARGIN * se + unknown < limitCases - TOLERANCE) return { state: 'unconfirmed', wanted: [] }
  }
  const due = runnable.filter((member) => member.fresh.length === rounds)
  if (rounds >= ROUNDS || due.length === 0) return { state: 'unconfirmed', wanted: [] }
  return {
    state: 'open',
    wanted: due.map((member) => ({ case: member.id, step: 'fresh', index: member.nextIndex })),
  }
}
