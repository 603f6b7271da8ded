// Eval sets that a route names and that nobody has: a misspelt name would leave its limits unchecked without a word.

import type { Route } from '../config/config.ts'
import type { Finding } from '../domain.ts'
import { nearest } from '../nearest.ts'

export type UnknownSet = { readonly route: Route; readonly what: string; readonly remedy: string }

export function unknownSets(routes: readonly Route[], names: readonly string[]): readonly UnknownSet[] {
  const known = new Set(names)
  return routes.flatMap((route) =>
    route.evals
      .filter((name) => !known.has(name))
      .map((name) => {
        const near = nearest(name, names)
        return {
          route,
          what: `Route ${route.name} names the eval set "${name}", which does not exist: it counts for nothing in the route's cost and limits.`,
          remedy: near === null ? 'Name one that `evals:` finds.' : `Did you mean "${near}"?`,
        }
      }),
  )
}

export function unknownSetFindings(routes: readonly Route[], names: readonly string[]): readonly Finding[] {
  return unknownSets(routes, names).map(({ route, what, remedy }) => ({
    ...{ rule: 'route-ceiling', level: 'warn', evalSet: null, message: what, threshold: null, value: null, remedy },
    place: route.place,
  }))
}
