// What of parity.yaml would end a run, or do nothing in it, and is not seen by reading the file alone.

import type { Config } from '../config/config.ts'
import { readAt, resolveReference } from '../config/paths.ts'
import type { EvalSet } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { usedModels } from '../policy/used-models.ts'
import type { Tree } from '../ports.ts'
import { overridePrices } from '../prices/overrides.ts'
import { createRedactor } from '../report/redact.ts'

export async function configProblems(config: Config, tree: Tree): Promise<readonly Problem[]> {
  const found = [
    await problemsOf(() => createRedactor({ secrets: [], patterns: config.redact })),
    await problemsOf(() => overridePrices(config.prices)),
    ...(await Promise.all(config.routes.map((route) => problemsOf(() => filesOf(route, tree))))),
  ]
  return found.flat()
}

async function problemsOf(check: () => unknown): Promise<readonly Problem[]> {
  try {
    await check()
    return []
  } catch (error) {
    if (error instanceof UserError) return error.problems
    throw error
  }
}

async function filesOf(route: Config['routes'][number], tree: Tree): Promise<void> {
  for (const key of ['profile', 'usage'] as const) {
    const written = route[key]
    if (written === undefined) continue
    const path = resolveReference(written, route.place)
    if ((await readAt(tree, path, route.place)) !== null) continue
    throw new UserError({
      what: `There is no file "${path}", which the route ${route.name} names as its ${key}.`,
      remedy: `Commit the file, correct the path, or leave \`${key}\` out.`,
      place: route.place,
    })
  }
}

/** Prices and aliases of a name that nothing asks, where one that is asked is spelt almost like it: theirs would not count. */
export function unusedNames(config: Config, sets: readonly EvalSet[]): readonly string[] {
  const used = [...new Set(usedModels(sets, []).map(({ id }) => id))]
  const stood = Object.values(config.models).flatMap((one) => (typeof one === 'string' ? one : [one.base, one.head]))
  const asked = new Set([...used, ...stood].map((id) => id.toLowerCase()))
  const warned = (key: string, names: readonly string[]) => {
    const own = new Set(names.map((name) => name.toLowerCase()))
    const others = used.filter((id) => !own.has(id.toLowerCase()))
    return names.flatMap((name) => {
      const near = asked.has(name.toLowerCase()) ? null : meant(name, others)
      return near === null ? [] : [`\`${key}\` has "${name}", which no eval set asks. Did you mean "${near}"?`]
    })
  }
  const prices = config.prices.map(({ id }) => id.trim())
  return [...warned('prices', prices), ...warned('models', Object.keys(config.models))]
}

const meant = (name: string, used: readonly string[]): string | null =>
  used.find((id) => id.toLowerCase().endsWith(`/${name.toLowerCase()}`)) ?? nearest(name, used)
