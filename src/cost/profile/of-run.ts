// Which traffic profiles a run reads, and from where: those of the routes that it touches, from the side whose routes govern it.

import type { SideConfigs } from '../../load.ts'
import type { SetPlan } from '../../plan.ts'
import type { Tree } from '../../ports.ts'
import type { PriceBook } from '../../prices/book.ts'
import type { RouteProfile } from '../traffic.ts'

type OfRun = {
  readonly plans: readonly SetPlan[]
  readonly configs: SideConfigs
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  readonly trusted: boolean
  readonly nowMs: number
  readonly book: PriceBook
}

/** By name of the route. Read before any call, so that a bad one costs nothing; the readers are loaded where there is one. */
export async function profilesOf(run: OfRun): Promise<{ readonly [route: string]: RouteProfile }> {
  const planned = (evals: readonly string[]) => run.plans.filter((plan) => evals.includes(plan.name))
  const routes = run.configs.config.routes.filter(
    (route) => route.profile !== undefined && planned(route.evals).length > 0,
  )
  const trees = treesOf(run)
  if (routes.length === 0 || trees.length === 0) return {}
  const [{ loadProfiles }, { tierEdges }] = await Promise.all([import('./load.ts'), import('../../prices/edges.ts')])
  return loadProfiles({
    routes,
    trees,
    dimensionsOf: (route) => [...new Set(planned(route.evals).flatMap((plan) => plan.head.slices))],
    nowMs: run.nowMs,
    edges: tierEdges(run.book),
  })
}

/** Nothing of an untrusted head: its routes are the base's, and so are their profiles. */
function treesOf({ configs, trees, trusted }: OfRun): readonly Tree[] {
  const base = trees.base === null ? [] : [trees.base]
  if (trusted) return [trees.head, ...base]
  return configs.config === configs.base ? base : []
}
