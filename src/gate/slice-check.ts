// Slices: shown ones are marked within noise or not; those named in a gate can fail, under their own error budget (Holm).

import type { CaseComparison } from '../compare.ts'
import type { GateOutcome, Limit } from '../domain.ts'
import { formatPoints, formatPointsChange } from '../report/numbers.ts'
import type { Estimate, SliceReport } from '../report/report.ts'
import { benjaminiHochberg } from '../stats/multiple.ts'
import { permWorse } from '../stats/permutation.ts'
import { surely } from '../stats/proportion.ts'
import { estimateOf } from './estimate.ts'
import { staysBelow } from './level-checks.ts'
import { capped, lowerLimit } from './limits.ts'
import { lacksPair, lacksScore, lostOf, unlessLost } from './lost-answers.ts'
import { check, type GateCheck, type Measured } from './measured.ts'
import type { SliceDrop } from './slice-test.ts'

/** Adjusted p above which a shown slice's difference is noise. */
const NOISE = 0.1
/** Fewer changed cases than this can never be told from chance at the slices' level of .01 (2^-6 / 2). */
const MIN_CHANGED = 6

type Slice = {
  readonly dimension: string
  readonly value: string
  readonly cases: readonly CaseComparison[]
  /** Those too that were lost, which have no score. */
  readonly all: readonly CaseComparison[]
  readonly p: number
  readonly score: Estimate
}

export function slicesOf(measured: Measured): {
  readonly reports: readonly SliceReport[]
  readonly checks: readonly GateCheck[]
} {
  const gates = measured.plan.gates.slices ?? {}
  const dimensions = [...new Set([...measured.plan.head.slices, ...Object.keys(gates)])]
  const asked = dimensions.flatMap((dimension) => split(measured, dimension))
  const slices = asked.filter(({ cases }) => cases.length > 0)
  const tests = new Map((measured.decision?.slices ?? []).map((one) => [nameOf(one), one.state] as const))
  const shown = new Map(
    benjaminiHochberg(slices.map((slice) => twoSided(slice.p))).map((p, i) => [slices[i], p] as const),
  )
  const checks = asked.flatMap((slice) => {
    const limits = gates[slice.dimension] ?? {}
    return [
      ...(limits.maxDropPoints
        ? [
            unlessLost(
              dropCheck(measured, slice, { limit: limits.maxDropPoints, state: tests.get(nameOf(slice)) ?? 'within' }),
              lostOf(slice.all, lacksPair),
            ),
          ]
        : []),
      ...(limits.minScore ? [levelCheck(measured, slice, limits.minScore)] : []),
    ]
  })
  const reports = slices.map(
    (slice): SliceReport => ({
      dimension: slice.dimension,
      value: slice.value,
      n: slice.cases.length,
      score: slice.score,
      status: gateStatus(checks, slice) ?? noiseStatus(slice, shown.get(slice) ?? 1),
      limit: gates[slice.dimension]?.maxDropPoints?.limit ?? null,
    }),
  )
  return { reports, checks }
}

function split(measured: Measured, dimension: string): Slice[] {
  const groups = new Map<string, CaseComparison[]>()
  for (const one of measured.cases) {
    const value = one.kase.labels[dimension]
    const isAsked = isUsable(one) || ((one.role === 'paired' || one.role === 'head-only') && one.missing !== null)
    if (value !== undefined && isAsked) groups.set(value, [...(groups.get(value) ?? []), one])
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, all]) => {
      const cases = all.filter(isUsable)
      return { dimension, value, cases, all, p: pOf(cases), score: estimateOf(cases) }
    })
}

const isUsable = (one: CaseComparison) =>
  one.role === 'paired' ? one.difference !== null : one.role === 'head-only' && one.head !== null

function pOf(cases: readonly CaseComparison[]): number {
  const strata = cases.filter((one) => one.base !== null && one.head !== null && one.difference !== 0)
  return permWorse(
    strata.map((one) => ({ base: [Math.round(20 * (one.base ?? 0))], head: [Math.round(20 * (one.head ?? 0))] })),
  ).midP
}

type DropTest = { readonly limit: Limit; readonly state: SliceDrop['state'] }

/** Only a drop that fresh runs confirm fails. */
function dropCheck(measured: Measured, slice: Slice, test: DropTest): GateCheck {
  const drop = -(slice.score.delta ?? 0)
  const leans = test.state !== 'within'
  const status: GateOutcome =
    test.state === 'confirmed' ? capped(test.limit, 'fail') : leans || drop > test.limit.limit ? 'warn' : 'pass'
  const name = nameOf(slice)
  return check(
    {
      rule: 'slice-drop',
      metric: name,
      base: formatPoints(slice.score.base),
      head: formatPoints(slice.score.head),
      change: formatPointsChange(slice.score),
      limit: `-${test.limit.limit} points`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message: dropMessage(slice, test),
      remedy: 'Look at the cases of this slice first; an average over all slices hides it.',
      evidence: slice.cases
        .filter((one) => (one.difference ?? 0) < 0)
        .map((one) => one.kase.id)
        .slice(0, 10),
    },
  )
}

function dropMessage(slice: Slice, { limit, state }: DropTest): string {
  const [name, change] = [nameOf(slice), formatPointsChange(slice.score)]
  if (state === 'confirmed')
    return `The slice ${name} drops: ${change}, limit ${limit.limit} points, ${slice.cases.length} cases; re-runs of the changed cases confirm it.`
  if (state === 'within')
    return `The slice ${name} drops by ${formatPoints(-(slice.score.delta ?? 0))} points, beyond its limit of ${limit.limit}, but ${slice.cases.length} cases cannot tell that from chance.`
  return `The slice ${name} drops at first: ${change}, limit ${limit.limit} points, ${slice.cases.length} cases; re-runs of the changed cases do not confirm it.`
}

function levelCheck(measured: Measured, slice: Slice, limit: Limit): GateCheck {
  const heads = slice.cases.flatMap((one) => (one.head === null ? [] : [one.head]))
  const sum = heads.reduce((total, value) => total + value, 0)
  const point = heads.length === 0 ? 0 : (100 * sum) / heads.length
  const status =
    heads.length === 0 ? 'not-measured' : lowerLimit(limit, { point, bound: 100 * surely(sum, heads.length).high })
  const name = nameOf(slice)
  const lost = lostOf(slice.all, lacksScore)
  const made = check(
    {
      rule: 'slice-min-score',
      metric: `${name} (head)`,
      base: formatPoints(slice.score.base),
      head: formatPoints(point),
      change: '',
      limit: `at least ${limit.limit}`,
      status,
    },
    {
      evalSet: measured.plan.name,
      message: `The slice ${name} scores ${formatPoints(point)} (at least ${limit.limit} wanted).`,
      remedy: 'Improve the prompt for this slice, or lower the limit with a reason.',
    },
  )
  return unlessLost(made, lost, staysBelow(heads, lost, limit))
}

const nameOf = (slice: { dimension: string; value: string }) => `${slice.dimension}=${slice.value}`

function gateStatus(checks: readonly GateCheck[], slice: Slice): GateOutcome | null {
  const own = checks.filter((one) => one.row?.metric === nameOf(slice))
  return own.find((one) => one.status !== 'pass')?.status ?? own[0]?.status ?? null
}

function noiseStatus(slice: Slice, adjusted: number): SliceReport['status'] {
  const changed = slice.cases.filter((one) => one.difference !== null && one.difference !== 0).length
  if (changed > 0 && changed < MIN_CHANGED) return 'too-few'
  return adjusted <= NOISE ? 'outside-noise' : 'within-noise'
}

/** A shown slice may move either way. */
const twoSided = (p: number) => Math.min(1, 2 * Math.min(p, 1 - p))
