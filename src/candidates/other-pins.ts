// Where else in the repository the model in use is pinned. Nobody measured what stands there: it is named, and not changed.

import type { Config } from '../config/config.ts'
import { fileKinds } from '../detect/files.ts'
import type { Tree } from '../ports.ts'
import { relativeTo } from '../tree.ts'
import { pinsIn, readable } from './pin-places.ts'

export type Elsewhere = {
  readonly tree: Tree
  readonly directory: string
  readonly config: Pick<Config, 'prompts' | 'ignore'>
}

/** Files that are on their way at once. */
const BATCH = 64
const MOST_NAMED = 10

/** `path:line` of pins in files other than these; at most ten. */
export async function otherPins(
  inUse: string,
  named: ReadonlySet<string>,
  where: Elsewhere,
): Promise<readonly string[]> {
  const kinds = fileKinds(where.config)
  const wanted = (path: string) => {
    const relative = relativeTo(where.directory, path)
    return relative !== null && !named.has(path) && kinds.mayHoldPin(relative) && !kinds.isCatalogue(relative)
  }
  const files = (await where.tree.list()).map(({ path }) => path).filter(wanted)
  const found: string[] = []
  for (let at = 0; at < files.length && found.length < MOST_NAMED; at += BATCH) {
    const batch = files.slice(at, at + BATCH)
    const texts = await Promise.all(batch.map((path) => readable(where.tree, path)))
    for (const [index, path] of batch.entries()) {
      const pins = await pinsIn({ path, text: texts[index] ?? null, isPrompt: false }, inUse)
      found.push(...pins.map(({ line }) => `${path}:${line}`))
    }
  }
  return found.sort().slice(0, MOST_NAMED)
}

export function elsewhereNote(places: readonly string[], inUse: string): readonly string[] {
  if (places.length === 0) return []
  const more = places.length < MOST_NAMED ? '' : ' and perhaps more'
  return [
    `${inUse} is pinned in ${places.join(', ')}${more}, too: no part of what the eval set names, so that it is left as it is.`,
  ]
}
