// Comparisons through the program's own loop, with a stand-in for the providers that answers from true pass rates.

import { planOf, type SetShape } from '../../scripts/bench-verdict/engine.ts'
import { comparisonName, type PlannedSet } from '../../src/candidates/plans.ts'
import { shareBase } from '../../src/candidates/share.ts'
import type { Failure, Result, SideLabel, Trial, TrialOutcome } from '../../src/domain.ts'
import { slicesOf } from '../../src/evaluate/each-slice.ts'
import { type EvaluateDeps, type Evaluation, evaluate } from '../../src/evaluate.ts'
import type { Work } from '../../src/run/work.ts'
import { seededRandom } from '../../src/stats/random.ts'

export type Rates = (caseNumber: number) => number
export type Simulated = {
  readonly evaluations: ReadonlyMap<string, Evaluation>
  readonly calls: readonly Work[]
  refusalOf(name: string): Failure | null
}

export type Setting = {
  readonly shape: SetShape
  readonly slices?: readonly string[]
  readonly inUse: Rates
  readonly models: { readonly [model: string]: Rates | Failure }
  readonly seed: string
}

const SET = 'help'

export async function compared({ shape, slices = [], inUse, models, seed }: Setting): Promise<Simulated> {
  const plan = planOf(SET, shape)
  const withSlices = { ...plan, head: { ...plan.head, slices } }
  const comparisons = Object.keys(models).map((model) => {
    const own = { ...withSlices, name: comparisonName(SET, model), contentKey: `${seed} ${model}` }
    return { model, plan: { ...own, sliceTests: slicesOf(own, 1).length * Object.keys(models).length } }
  })
  const base = { ...withSlices, contentKey: `${seed} base` }
  const set: PlannedSet = { set: plan.head, inUse: 'acme/large', models: Object.keys(models), comparisons, base }
  const random = new Map<string, () => number>()
  const calls: Work[] = []
  const draw = ({ evalSet, caseId, side, step, index }: Trial) => {
    const key = JSON.stringify([seed, evalSet, caseId, side, step, index])
    const made = random.get(key) ?? seededRandom(key)
    random.set(key, made)
    return made()
  }
  const rateOf = (evalSet: string, side: SideLabel): Rates | Failure =>
    side === 'base' ? inUse : (models[evalSet.slice(`${SET} @ `.length)] ?? inUse)
  const deps: EvaluateDeps = {
    suites: 1,
    submit: async (work): Promise<TrialOutcome> => {
      calls.push(work)
      const { trial, request } = work
      const rates = rateOf(trial.evalSet, trial.side)
      const facts = { trial, request, attempts: 1, stored: false, startedAt: '' }
      if (typeof rates !== 'function') return { ...facts, outcome: { state: 'failed', failure: rates } }
      const right = draw(trial) < rates(Number(trial.caseId.slice(1)))
      return { ...facts, outcome: { state: 'answered', answer: { text: right ? 'right' : 'wrong', latencyMs: 1 } } }
    },
    score: async (_plan, _planned, { trial, outcome }): Promise<Result> => {
      if (outcome.state === 'failed')
        return outcome.failure.kind === 'transient'
          ? { trial, outcome, scores: [], state: 'missing', why: outcome.failure.message }
          : { trial, outcome, scores: [], state: 'scored', score: 0, pass: false }
      const pass = outcome.answer.text === 'right'
      return { trial, outcome, scores: [], state: 'scored', score: pass ? 1 : 0, pass }
    },
    scorePair: async (_plan, _planned, pair) => pair,
    onDone: () => undefined,
  }
  const shared = shareBase(deps, [set])
  const found = await evaluate(
    comparisons.map((one) => one.plan),
    shared.deps,
  )
  return {
    evaluations: new Map(found.map((one, at) => [Object.keys(models)[at] ?? '', one])),
    calls,
    refusalOf: shared.refusalOf,
  }
}
