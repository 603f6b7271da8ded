// A closer look at sets that seem to have moved, in the same job: a confirming run, and their judge on texts that do not change.

import type { Engine } from '../engine.ts'
import { type EvaluateDeps, evaluate } from '../evaluate.ts'
import type { Store } from '../ports.ts'
import type { DriftInput } from './job.ts'
import { hasJudge, type JudgeLook, keepAnswers, lookAtJudge } from './judge-drift.ts'
import { type CostOf, type Pass, passesOf } from './passes.ts'
import { withPasses } from './plans.ts'
import type { Looked } from './set-run.ts'

/** No base run of an earlier decision stands for a run of today. */
export function fresh({ deps }: Engine): EvaluateDeps {
  const { lending: _, ...rest } = deps
  return rest
}

type Closer = { readonly input: DriftInput; readonly costOf: CostOf; readonly at: string }
type CloserLook = { readonly confirming: ReadonlyMap<Looked, Pass>; readonly judges: readonly JudgeLook[] }

export async function lookCloser(
  engine: Engine | null,
  looked: readonly Looked[],
  closer: Closer,
): Promise<CloserLook> {
  if (engine === null || closer.input.world.signal.aborted) return { confirming: new Map(), judges: [] }
  const confirming = await confirm(engine, looked, closer)
  const store = await closer.input.world.openStore()
  const judges = await askJudges(engine, looked, { ...closer, store }).finally(() => store.close())
  return { confirming, judges }
}

/** At once, so that an hour with a bad backend is not taken for two. */
async function confirm(
  engine: Engine,
  looked: readonly Looked[],
  { input, costOf: costs }: Closer,
): Promise<ReadonlyMap<Looked, Pass>> {
  const asked = looked.filter((one) => one.state === 'compared' && one.question !== null)
  if (asked.length === 0) return new Map()
  input.world.log.info(`A confirming run of ${asked.map(({ made }) => made.job.plan.name).join(', ')}.`)
  // A judge gives one verdict on a text within a scope; the confirming run is to have its own.
  const plans = asked.map(({ made: { job } }) => ({
    ...withPasses(job.plan, 1),
    contentKey: `${job.plan.contentKey} confirming`,
  }))
  const evaluations = await evaluate(plans, fresh(engine))
  return new Map(
    evaluations.flatMap((one, i) => {
      const [pass, of] = [passesOf(one, 'head', costs)[0], asked[i]]
      return pass === undefined || of === undefined ? [] : [[of, pass] as const]
    }),
  )
}

/** Baselines that are new leave answers for it; sets that seem to drift have them graded again. */
async function askJudges(
  engine: Engine,
  looked: readonly Looked[],
  { input, store, at }: Closer & { readonly store: Store },
): Promise<readonly JudgeLook[]> {
  const judged = looked.filter(({ made }) => hasJudge(made.job.plan))
  for (const one of judged) {
    const [first] = one.state === 'baseline' ? one.passes : []
    if (first !== undefined && one.made.job.past.baseline === null) keepAnswers(store, one.made.job.key, first)
  }
  await store.flush()
  const asked = judged.filter((one) => one.state === 'compared' && one.question === 'drift')
  const means = { store, tree: input.side.tree, deps: fresh(engine) }
  return Promise.all(asked.map(({ made: { job } }) => lookAtJudge({ plan: job.plan, key: job.key, at }, means)))
}
