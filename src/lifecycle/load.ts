// The feeds that parity.yaml names, read from the side whose configuration governs the run.

import type { Config } from '../config/config.ts'
import { readReferenced, resolveReference } from '../config/paths.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { BUILT_IN, type FeedEntry, type LifecycleBook } from './book.ts'

/** Throws a UserError for a feed that is not there, leads out of the repository or cannot be read. */
export async function loadLifecycle(config: Pick<Config, 'lifecycle'>, tree: Tree): Promise<LifecycleBook> {
  if (config.lifecycle.length === 0) return BUILT_IN
  const { readFeed } = await import('./feed.ts')
  const feeds = new Map<string, FeedEntry>()
  for (const { path, place } of config.lifecycle) {
    const file = resolveReference(path, place)
    for (const [key, entry] of await readFeed(file, await readReferenced(tree, file, place))) {
      const other = feeds.get(key)
      if (other !== undefined && other.feed !== file) {
        throw new UserError({
          what: `Two feeds say when ${key} stops: ${other.feed} and ${file}.`,
          remedy: 'Keep it in one of them.',
          place,
        })
      }
      feeds.set(key, entry)
    }
  }
  return { feeds }
}
