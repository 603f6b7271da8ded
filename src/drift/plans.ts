// What a drift run asks for: the pin of each set, the live model beside it case by case, and the fallbacks. Pure.

import type { EvalSet } from '../domain.ts'
import { type PlanContext, type PlannedCase, planSet, type SetPlan } from '../plan.ts'
import { type PriceBook, priceOf } from '../prices/book.ts'
import { describeModel } from '../prices/describe.ts'
import { undated } from '../prices/ids.ts'

export type OtherModel = { readonly model: string; readonly plan: SetPlan }

/** The model that `live:` names, else the name without a date under which the provider serves its newest; null = none. */
export function liveModelOf({ live, target }: EvalSet, book: PriceBook, atMs: number): string | null {
  if (target.kind !== 'prompt') return null
  const { model } = target
  if (live !== undefined) return live === model ? null : live
  const slash = model.indexOf('/')
  const bare = undated(model.slice(slash + 1))
  if (slash < 0 || bare === null || describeModel(model).pin !== 'pinned') return null
  const sibling = `${model.slice(0, slash + 1)}${bare}`
  // An alias that no price is known for may not exist.
  const isServed = describeModel(sibling).pin === 'floating' && priceOf(book, sibling, atMs).state === 'priced'
  return isServed ? sibling : null
}

/** Pinned and live back to back: what both have in common (the hour, the harness, the judge) drops out of the difference. */
export function livePlan({ head, because }: SetPlan, live: string, context: PlanContext): OtherModel {
  const name = `${head.name} (live ${live})`
  const both = { head: withModel(head, live, name), base: { ...head, name, gates: {} } }
  const plan = planSet({ ...both, because, kinds: new Set() }, context)
  return { model: live, plan: withoutGate(plan) }
}

export function fallbackPlans({ head, because }: SetPlan, context: PlanContext): readonly OtherModel[] {
  const models = head.target.kind === 'prompt' ? (head.target.fallbacks ?? []) : []
  return models.map((model) => {
    const other = withModel(head, model, `${head.name} (fallback ${model})`)
    return { model, plan: planSet({ head: other, base: null, because, kinds: new Set() }, context) }
  })
}

function withModel(set: EvalSet, model: string, name: string): EvalSet {
  const target = set.target.kind === 'prompt' ? { ...set.target, model } : set.target
  return { ...set, name, target, gates: {}, passes: 1 }
}

/** Every case runs once on both sides, and no gate asks for more: the monitor looks at many days, not at one verdict. */
function withoutGate(plan: SetPlan): SetPlan {
  const cases = new Map([...plan.cases].map(([id, one]) => [id, outsideOfTest(one)]))
  return { ...plan, cases, order: [], levels: [], mustPass: [] }
}

function outsideOfTest(one: PlannedCase): PlannedCase {
  return {
    kase: one.kase,
    role: 'edited',
    identical: false,
    baseSize: one.baseSize,
    headSize: one.headSize,
    get base() {
      return one.base
    },
    get head() {
      return one.head
    },
  }
}

/** The set's own passes are those of a pull request. */
export function withPasses(plan: SetPlan, passes: number): SetPlan {
  return { ...plan, head: { ...plan.head, passes } }
}
