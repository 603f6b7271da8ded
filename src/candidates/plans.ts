// One plan for each eval set and candidate: the same prompt, cases and scorers, with the model in use as the base and the
// candidate as the head.

import type { JsonObject } from '../domain.ts'
import { UserError } from '../errors.ts'
import { slicesOf } from '../evaluate/each-slice.ts'
import { type PlanContext, planSet, type SetPlan } from '../plan.ts'
import { type NamedSet, parametersOf } from './named.ts'

export type Comparison = { readonly model: string; readonly plan: SetPlan }

export type PlannedSet = NamedSet & {
  /** Those that are run: the model in use itself, and what policy denies, need no call. */
  readonly comparisons: readonly Comparison[]
  /** The runs of the model in use, made once for all comparisons, under a key of their own; null where nothing is run. */
  readonly base: SetPlan | null
}

export type PlansInput = {
  readonly named: NamedSet
  /** Content key of the set by itself. */
  readonly baseKey: string
  readonly denied: ReadonlySet<string>
  readonly context: PlanContext
}

/** Names of eval sets are unique, so that these are, too. */
export const comparisonName = (evalSet: string, model: string) => `${evalSet} @ ${model}`

export function planComparisons({ named, baseKey, denied, context }: PlansInput): PlannedSet {
  const models = named.models.filter((model) => model !== named.inUse && !denied.has(model))
  const comparisons = models.map((model) => ({ model, plan: planOf(named, model, context) }))
  const [first] = comparisons
  const base: SetPlan | null =
    first === undefined
      ? null
      : {
          ...first.plan,
          name: named.set.name,
          contentKey: baseKey,
          shared: { side: 'base', comparisons: comparisons.length },
        }
  return { ...named, comparisons, base }
}

function planOf({ set, models }: NamedSet, model: string, context: PlanContext): SetPlan {
  const { target } = set
  if (target.kind !== 'prompt') throw new Error(`the target of ${set.name} has no model to swap`)
  // A comparison fails nothing, whatever its gates come to.
  const base = { ...set, name: comparisonName(set.name, model), mode: 'report' as const, waivers: [] }
  const parameters = withOwn(target.parameters, parametersOf(set, model))
  const head = { ...base, target: { ...target, model, parameters } }
  const plan = planSet({ head, base, because: [`${model} is a candidate`], kinds: new Set() }, context)
  const shared = { side: 'head', comparisons: models.length } as const
  return { ...plan, shared, sliceTests: slicesOf(plan, 1).length }
}

/** What is null is not sent: some models refuse `temperature`, whatever it says. */
function withOwn(parameters: JsonObject, own: JsonObject = {}): JsonObject {
  const all = { ...parameters, ...own }
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== null || !Object.hasOwn(own, name)))
}

/** Every slice test of a run belongs to one family. Throws where an eval set is called as a comparison is. */
export function withFamily(sets: readonly PlannedSet[]): readonly PlannedSet[] {
  const names = new Set(sets.flatMap(({ comparisons }) => comparisons.map(({ plan }) => plan.name)))
  const taken = sets.find(({ set }) => names.has(set.name))?.set
  if (taken !== undefined)
    throw new UserError({
      what: `the eval set is called "${taken.name.slice(0, 100)}", as a comparison of another one is.`,
      place: { path: taken.path },
      remedy: 'Rename it: comparisons are called `SET @ MODEL`.',
    })
  const tests = sets.flatMap((set) => set.comparisons).reduce((sum, { plan }) => sum + (plan.sliceTests ?? 0), 0)
  return sets.map((set) => ({
    ...set,
    comparisons: set.comparisons.map((one) => ({ ...one, plan: { ...one.plan, sliceTests: tests } })),
    base: set.base === null ? null : { ...set.base, sliceTests: tests },
  }))
}
