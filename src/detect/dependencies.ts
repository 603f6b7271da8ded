// What an eval set of an application depends on beyond what it declares: the files that its command names and their imports,
// and what files under `paths` include. Looked for only when a change is left that nothing else explains.

import { globMatcher } from '../config/globs.ts'
import type { SetPair } from '../config/pairs.ts'
import type { DetectInput } from '../detect.ts'
import type { EvalSet } from '../domain.ts'
import { wayInWords, wayTo } from '../references/chains.ts'
import { isLinkable } from '../references/linkable.ts'
import type * as Reach from '../references/reach.ts'
import { relativeTo } from '../tree.ts'

/** For each eval set, by changed file: how it depends on it, in words. */
export type Dependencies = ReadonlyMap<SetPair, ReadonlyMap<string, string>>

/** More files than these under `paths` are whole folders, whose own changes select the set already. */
const MAX_WATCHED = 200

/** Documents that no application reads: their change is not worth a walk. */
const DOCUMENT =
  /(?:^|\/)(?:README|CHANGELOG|CHANGES|LICENSE|NOTICE|CONTRIBUTING|SECURITY|CODE_OF_CONDUCT)[^/]*$|^\.github\//i

export async function dependencies(input: DetectInput): Promise<Dependencies> {
  const paths = input.files.flatMap((file) => [file.path, file.previousPath ?? file.path])
  const changed = new Set(paths.filter((path) => isLinkable(path) && !DOCUMENT.test(path)))
  const pairs = input.sets.pairs.filter(({ head }) => head !== null && mayDepend(head))
  if (changed.size === 0 || pairs.length === 0) return new Map()
  const gone = new Set(
    input.files.flatMap((file) =>
      file.status === 'deleted' ? [file.path] : file.previousPath ? [file.previousPath] : [],
    ),
  )
  // Most changes ask for nothing of this, and a start should not load it.
  const graph = await import('../references/reach.ts')
  const reader = graph.createReader(input.trees.head, gone)
  const listed = (await input.trees.head.list()).map((entry) => entry.path)
  const files = new Set([...listed, ...gone])
  const found = new Map<SetPair, ReadonlyMap<string, string>>()
  for (const pair of pairs)
    if (pair.head) found.set(pair, await ofSet(pair.head, { input, changed, reader, files, graph }))
  return found
}

const mayDepend = (set: EvalSet) => set.target.kind === 'command' || set.paths.length > 0

type Search = {
  readonly input: DetectInput
  readonly changed: ReadonlySet<string>
  readonly reader: Reach.Reader
  readonly files: ReadonlySet<string>
  readonly graph: typeof Reach
}

async function ofSet(set: EvalSet, search: Search): Promise<ReadonlyMap<string, string>> {
  const { input, changed, reader, files, graph } = search
  const command = set.target.kind === 'command' ? set.target.command : []
  const named = await graph.commandFiles(command, { tree: input.trees.head, directory: input.directory, files })
  const watched = watchedFiles(set, search)
  const roots = new Set([...named, ...watched])
  const declared = new Set(set.sources.map((source) => source.path))
  const wanted = new Set([...changed].filter((path) => !declared.has(path) && !watched.has(path)))
  if (roots.size === 0 || wanted.size === 0) return new Map()
  const links = await graph.reach([...roots], wanted, reader)
  const words = new Map<string, string>()
  for (const path of wanted) {
    const way = wayTo(links, roots, path)
    if (way !== null) words.set(path, way.length === 0 ? `its command names ${path}` : wayInWords(way))
  }
  return words
}

function watchedFiles(set: EvalSet, { input, files }: Search): ReadonlySet<string> {
  if (set.paths.length === 0) return new Set()
  const match = globMatcher(set.paths)
  const watched = new Set<string>()
  for (const path of files) {
    const relative = relativeTo(input.directory, path)
    if (relative === null || !isLinkable(path) || !match(relative)) continue
    watched.add(path)
    if (watched.size > MAX_WATCHED) break
  }
  return watched
}
