// What an A/A run says about an eval set: how often the same thing answers differently, and which drop that hides. Pure.

import type { CaseRuns } from '../compare.ts'
import { dropLimitPoints } from '../config/gates.ts'
import type { Evaluation } from '../evaluate.ts'
import { MISSING_SHARE } from '../gate/score/levels.ts'
import type { Report } from '../report/report.ts'
import { type CaseNoise, casesToSee, flakeEstimate, visibleDrop } from '../stats/visible.ts'

export type FlakyCase = {
  readonly case: string
  readonly runs: number
  /** Runs that passed; of graded sets, the mean score times the runs. */
  readonly passes: number
  /** Chance that two runs of it differ, on 0-100. */
  readonly disagreementPercent: number
  readonly mustPass: boolean
}

export type SetNoise = {
  readonly evalSet: string
  readonly cases: number
  readonly runs: number
  readonly missing: number
} & (
  | { readonly state: 'not-measured'; readonly why: string }
  | {
      readonly state: 'measured'
      /** Runs that differ from the run before them, and how many there were. */
      readonly flips: number
      readonly pairs: number
      /** (flips + 1) / (pairs + 20), on 0-100: what one comparison of a case gets wrong. */
      readonly flakeRatePercent: number
      readonly flakiest: readonly FlakyCase[]
      readonly limitPoints: number
      /** Smallest drop that the set shows with 80 % power, by its own passes and by what could be bought. */
      readonly seesPoints: number
      /** Losses spread more thinly than this cannot be seen by one pass, however steady the answers. */
      readonly thinPoints: number
      readonly more: readonly { readonly cases: number; readonly passes: number; readonly seesPoints: number }[]
      /** Cases, at the set's own passes, that would show a drop of the limit; null when it shows already. */
      readonly casesForLimit: number | null
    }
)

export type NoiseReport = {
  readonly head: string
  readonly passes: number
  /** Of a dry run, which has nothing else; null where calls were made. */
  readonly plan: Report['run']['plan']
  readonly evalSets: readonly SetNoise[]
  readonly notRun: readonly { readonly evalSet: string; readonly why: string }[]
  readonly calls: number
  /** Decimal string; null when a call was not priced. */
  readonly usd: string | null
}

const FLAKIEST = 10

/** `ownPasses` are those that a pull request runs; the A/A run made more. */
export function noiseOf(evaluation: Evaluation, ownPasses: number): SetNoise {
  const { plan } = evaluation
  const values = evaluation.runs.map((one) => valuesOf(one, plan.head.compare))
  const runs = values.reduce((sum, one) => sum + one.length, 0)
  const missing = evaluation.runs.reduce(
    (sum, one) => sum + one.head.filter((run) => run.state === 'missing').length,
    0,
  )
  const counted = { evalSet: plan.name, cases: values.length, runs, missing }
  if (missing > MISSING_SHARE * (runs + missing))
    return { ...counted, state: 'not-measured', why: `${missing} of ${runs + missing} runs have no answer` }
  const noise = flakeEstimate(values)
  if (noise === null) return { ...counted, state: 'not-measured', why: whyNothing(evaluation) }
  return { ...counted, ...figuresOf(evaluation, { values, noise, ownPasses }) }
}

type Figures = Omit<Extract<SetNoise, { state: 'measured' }>, 'evalSet' | 'cases' | 'runs' | 'missing'>
type Of = {
  readonly values: readonly (readonly number[])[]
  readonly noise: NonNullable<ReturnType<typeof flakeEstimate>>
  readonly ownPasses: number
}

function figuresOf(evaluation: Evaluation, { values, noise, ownPasses }: Of): Figures {
  const n = values.length
  const limit = dropLimitPoints(evaluation.plan.gates)
  const sees = (cases: number, passes: number) => 100 * visibleDrop({ cases, passes, sd: noise.sd })
  const own = sees(n, ownPasses)
  return {
    state: 'measured',
    flips: noise.flips,
    pairs: noise.pairs,
    flakeRatePercent: 100 * noise.phi,
    flakiest: flakiest(evaluation, values, noise.perCase),
    limitPoints: limit,
    seesPoints: own,
    thinPoints: Math.min(100, 300 / n),
    more: [
      { cases: n, passes: Math.min(4, ownPasses + 2) },
      { cases: 2 * n, passes: ownPasses },
      { cases: 4 * n, passes: ownPasses },
    ]
      .filter((one) => one.cases > n || one.passes > ownPasses)
      .map((one) => ({ ...one, seesPoints: sees(one.cases, one.passes) })),
    casesForLimit: own <= limit || limit === 0 ? null : casesToSee(limit / 100, { passes: ownPasses, sd: noise.sd }),
  }
}

function whyNothing({ runs }: Evaluation): string {
  const unscored = runs.some((one) => one.head.some((run) => run.state === 'unscored'))
  return unscored ? 'its scorers compare two sides, and here is one' : 'no case ran twice'
}

/** Scores of the head's runs in the order of their passes: 0 or 1, or the graded score. */
function valuesOf(runs: CaseRuns, compare: 'pass' | 'score'): readonly number[] {
  return runs.head
    .filter((run) => run.trial.step === 'pass')
    .sort((a, b) => a.trial.index - b.trial.index)
    .flatMap((run) => (run.state !== 'scored' ? [] : [compare === 'score' ? run.score : run.pass ? 1 : 0]))
}

function flakiest(
  { runs, plan }: Evaluation,
  values: readonly (readonly number[])[],
  noise: readonly CaseNoise[],
): readonly FlakyCase[] {
  return runs
    .flatMap((one, i): readonly FlakyCase[] => {
      const own = values[i] ?? []
      const disagreement = noise[i]?.disagreement ?? null
      if (disagreement === null || disagreement === 0) return []
      const passes = Math.round(100 * own.reduce((sum, value) => sum + value, 0)) / 100
      const { id } = one.kase
      return [
        {
          case: id,
          runs: own.length,
          passes,
          disagreementPercent: 100 * disagreement,
          mustPass: plan.mustPass.includes(id),
        },
      ]
    })
    .sort((a, b) => b.disagreementPercent - a.disagreementPercent || (a.case < b.case ? -1 : 1))
    .slice(0, FLAKIEST)
}
