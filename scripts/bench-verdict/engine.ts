// One simulated pull request through the program's own loop: `evaluate` asks the gate, the gate asks for runs, and a stand-in
// for the provider answers from the true pass rates. No network, no clock: seeded and repeatable.

import type { Case, EvalSet, Gates, Prompt, Result, ScorerSpec, Trial, TrialOutcome } from '../../src/domain.ts'
import { type EvaluateDeps, type Evaluation, evaluate } from '../../src/evaluate.ts'
import { caseOrder } from '../../src/gate/score.ts'
import { planSet, type SetPlan } from '../../src/plan.ts'
import type { Lending } from '../../src/run/lending.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { fair, type Weather } from './weather.ts'
import type { World } from './worlds.ts'

export type SetShape = {
  readonly cases: number
  readonly passes?: number
  readonly gates?: Gates
  /** Selected by a change that many sets share. */
  readonly sampled?: boolean
  /** Labels and tags of a case, by its number. */
  readonly labels?: (at: number) => { readonly [dimension: string]: string }
  readonly tags?: (at: number) => readonly string[]
}

const PLACE = { path: 'simulated.eval.yaml' }
const CONTAINS: ScorerSpec = {
  type: 'contains',
  not: false,
  value: 'right',
  weight: 1,
  name: 'contains',
  options: {},
  place: PLACE,
}

function promptOf(text: string): Prompt {
  const messages = [{ role: 'user' as const, content: `${text} {{question}}` }]
  return { path: 'prompt.txt', engine: 'nunjucks', messages, sources: [], partials: {}, line: 1, hash: text }
}

function caseOf(shape: SetShape, at: number): Case {
  return {
    id: `c${at}`,
    explicitId: true,
    vars: { question: `Number ${at}?` },
    tags: shape.tags?.(at) ?? [],
    labels: shape.labels?.(at) ?? {},
    scorers: [],
    place: PLACE,
    hash: `c${at}`,
  }
}

/** A set whose prompt changed, so that every case differs between the sides. */
export function planOf(name: string, shape: SetShape): SetPlan {
  const side = (text: string): EvalSet => ({
    name,
    path: PLACE.path,
    target: { kind: 'prompt', prompt: promptOf(text), model: 'openai/simulated', parameters: {} },
    cases: Array.from({ length: shape.cases }, (_, at) => caseOf(shape, at)),
    slices: [],
    scorers: [CONTAINS],
    passes: shape.passes ?? 1,
    compare: 'pass',
    gates: { maxDropPoints: { limit: 5, level: 'fail' }, ...shape.gates },
    mode: 'enforce',
    paths: [],
    candidates: [],
    waivers: [],
    sources: [],
    notCarried: [],
  })
  const plan = planSet(
    { head: side('Answer:'), base: side('Say:'), because: [], kinds: new Set(['prompt']) },
    { contentIds: { base: 'b', head: 'h' }, environment: () => undefined },
  )
  return { ...plan, sampled: shape.sampled ?? false }
}

export type SimulatedSet = { readonly plan: SetPlan; readonly world: World }
export type Simulation = {
  readonly sets: readonly SimulatedSet[]
  /** Gated sets of the run. */
  readonly suites: number
  readonly seed: string
  readonly weather?: Weather
  /** Base runs of earlier days, drawn from another world: they stand for the base half of the complete passes. */
  readonly before?: World
  /** Runs that get no answer. */
  readonly lost?: (trial: Trial) => boolean
}

const ANSWER = { text: '', latencyMs: 1 }

/** Runs to the verdicts. Each set has its own case order, as another content would give it. */
export function simulate({
  sets,
  suites,
  seed,
  weather = fair,
  before,
  lost = () => false,
}: Simulation): Promise<readonly Evaluation[]> {
  let calls = 0
  const plans = sets.map(({ plan }, at) => ({ ...plan, order: caseOrder(plan.order, `${seed}/${at}`) }))
  const sources = new Map(
    plans.map((plan, at) => {
      const world = sets[at]?.world ?? { base: [], head: [] }
      return [plan.name, { world, random: seededRandom(`${seed}/${at}/answers`) }] as const
    }),
  )
  const deps: EvaluateDeps = {
    suites,
    submit: async ({ trial, request }): Promise<TrialOutcome> => {
      const source = sources.get(trial.evalSet)
      if (source === undefined) throw new Error(`no world for ${trial.evalSet}`)
      const rate = source.world[trial.side][Number(trial.caseId.slice(1))] ?? 0
      const right = source.random() < rate * (1 - weather(calls))
      calls += 1
      const answer = { ...ANSWER, text: right ? 'right' : 'wrong' }
      return { trial, request, outcome: { state: 'answered', answer }, attempts: 1, stored: false, startedAt: '' }
    },
    score: async (_plan, _planned, { trial, outcome }): Promise<Result> => {
      if (lost(trial)) return { trial, outcome, scores: [], state: 'missing', why: 'lost' }
      const pass = outcome.state === 'answered' && outcome.answer.text === 'right'
      return { trial, outcome, scores: [], state: 'scored', score: pass ? 1 : 0, pass }
    },
    scorePair: async (_plan, _planned, pair) => pair,
    onDone: () => undefined,
    ...(before === undefined ? {} : { lending: lendingOf(before, `${seed}/before`) }),
  }
  return evaluate(plans, deps)
}

function lendingOf(world: World, seed: string): Lending {
  const random = seededRandom(seed)
  const drawn = (plan: SetPlan, caseId: string, index: number) => {
    const pass = random() < (world.base[Number(caseId.slice(1))] ?? 0)
    const trial: Trial = { evalSet: plan.name, caseId, side: 'base', step: 'pass', index }
    const outcome = { state: 'answered' as const, answer: ANSWER }
    return { trial, outcome, scores: [], state: 'scored' as const, score: pass ? 1 : 0, pass }
  }
  return {
    offer: (plan) =>
      new Map(plan.order.map((id) => [id, Array.from({ length: plan.head.passes }, (_, i) => drawn(plan, id, i))])),
    keep: () => undefined,
    moved: () => undefined,
    setMoved: () => undefined,
    history: () => new Map(),
  }
}

/** Pairs that a run of a set made, re-runs of slices included, over its number of cases; stored base runs are free. */
export function costInPasses(evaluation: Evaluation): number {
  const made = evaluation.runs.reduce((sum, one) => sum + one.base.length + one.head.length, 0)
  const runs = made - (evaluation.earlier?.lent ?? 0)
  return runs / 2 / evaluation.plan.cases.size
}
