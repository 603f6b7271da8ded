// The usage files that routes name (`usage:`), from the side that the configuration is of.

import type { Route } from '../../config/config.ts'
import { readAt, resolveReference } from '../../config/paths.ts'
import { UserError } from '../../errors.ts'
import type { Tree } from '../../ports.ts'
import type { PriceBook } from '../../prices/book.ts'
import type { Actual } from './actual.ts'
import { readUsage } from './read.ts'

/** Of all routes; empty where none names a file. Throws a UserError for a file that is not there or cannot be read. */
export async function loadUsage(
  routes: readonly Route[],
  { tree, book }: { readonly tree: Tree; readonly book: PriceBook },
): Promise<readonly Actual[]> {
  const found: Actual[] = []
  for (const route of routes) {
    if (route.usage === undefined) continue
    const path = resolveReference(route.usage, route.place)
    const text = await readAt(tree, path, route.place)
    if (text === null) throw notThere(path, route)
    for (const actual of await readUsage(text, { path, route: route.name, book })) found.push(actual)
  }
  return found
}

function notThere(path: string, route: Route): UserError {
  return new UserError({
    what: `there is no file "${path}", which the route ${route.name} names as its usage.`,
    expected: 'a file of the repository with what the route cost (docs/guides/cost-forecasts.md)',
    remedy: 'Commit the file, correct the path, or leave `usage` out.',
    place: route.place,
  })
}
