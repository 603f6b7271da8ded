// Ceilings of routes and of the repository, the policy and the mode, like gates: the stricter of both sides applies to this change.

import { modelsOfBoth } from '../config/aliases.ts'
import { contentHash } from '../config/canonical.ts'
import { type Config, feedsHere, type Route } from '../config/config.ts'
import { type LoosenedGate, stricterMode } from './stricter.ts'
import { stricterPolicy } from './stricter-policy.ts'

export type EffectiveConfig = { readonly config: Config; readonly loosened: readonly LoosenedGate[] }

/** The head's configuration with the base's ceilings and policy where the head would loosen them; the base's when the head deletes the file. */
export function stricterConfig(base: Config | null, head: Config): EffectiveConfig {
  if (base === null) return { config: head, loosened: [] }
  const scope = stricterScope(base, head)
  if (!base.found) return { config: { ...head, ...scope }, loosened: [] }
  if (!head.found) return { config: base, loosened: [{ gate: base.path, base: 'there', head: 'removed' }] }
  const loosened: LoosenedGate[] = []
  const ceiling = (gate: string, old: number | undefined, now: number | undefined) => {
    if (old === undefined || (now !== undefined && now <= old)) return now
    loosened.push({ gate, base: `$${old}`, head: now === undefined ? 'removed' : `$${now}` })
    return old
  }
  const before = new Map(base.routes.map((route) => [route.name, route]))
  const routes = head.routes.map((route): Route => {
    const old = before.get(route.name)
    const monthlyUsd = ceiling(`routes.${route.name}.monthly_usd`, old?.monthlyUsd, route.monthlyUsd)
    const monthlyDeltaUsd = ceiling(
      `routes.${route.name}.monthly_delta_usd`,
      old?.monthlyDeltaUsd,
      route.monthlyDeltaUsd,
    )
    return {
      ...route,
      ...(monthlyUsd === undefined ? {} : { monthlyUsd }),
      ...(monthlyDeltaUsd === undefined ? {} : { monthlyDeltaUsd }),
    }
  })
  const kept = new Set(head.routes.map((route) => route.name))
  const removed = base.routes.filter((route) => !kept.has(route.name))
  for (const route of removed) loosened.push({ gate: `routes.${route.name}`, base: 'there', head: 'removed' })
  const monthlyUsd = ceiling('cost.monthly_usd', base.cost.monthlyUsd, head.cost.monthlyUsd)
  const cost = { ...head.cost, ...(monthlyUsd === undefined ? {} : { monthlyUsd }) }
  const { policy, loosened: looserPolicy } = stricterPolicy(base.policy, head.policy)
  const { mode, loosened: looserMode } = stricterMode(base.mode, head.mode)
  return {
    config: {
      ...head,
      ...scope,
      models: modelsOfBoth(base.models, head.models),
      mode,
      routes: [...routes, ...removed],
      cost,
      policy,
    },
    loosened: [...loosened, ...looserPolicy, ...looserMode],
  }
}

/** Globs cannot be cut with each other: where they differ, both sides' are held against a path. */
function stricterScope(base: Config, head: Config): Pick<Config, 'before'> {
  // A feed is read as one, so that nothing else can stand in it.
  const ignore = [...base.ignore, ...feedsHere(head.lifecycle.map(({ path }) => path))]
  const isSame = contentHash([base.prompts, base.ignore]) === contentHash([head.prompts, head.ignore])
  return isSame ? {} : { before: { prompts: base.prompts, ignore } }
}
