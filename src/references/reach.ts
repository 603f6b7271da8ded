// Which of some changed files can be reached from the files that an eval set starts from, and over which others. Each file
// is read once per tree, files that cannot be text are not read, and the walk ends at a bound.

import type { Link } from '../domain.ts'
import { once } from '../once.ts'
import type { Tree } from '../ports.ts'
import { type Aliases, readAliases } from './aliases.ts'
import { isLinkable } from './linkable.ts'
import { type Named, namedBy } from './named.ts'
import { type Places, placesOf } from './places.ts'

export { commandFiles } from './command-files.ts'

/** Files of one walk. Applications are larger; what is further away than these belongs into `paths`. */
const MAX_FILES = 400
const MAX_BYTES = 1_000_000

export type Reader = {
  /** What a file names, of those that exist on the side (or are gone from it, which is a change). */
  linksOf(path: string): Promise<readonly Link[]>
}

/** `gone` are paths that the change removes: a file that names one of them is affected all the same. */
export function createReader(tree: Tree, gone: ReadonlySet<string>): Reader {
  const known = new Map<string, Promise<readonly Link[]>>()
  const listed = once(async () => {
    const entries = await tree.list()
    const paths = new Set(entries.map((entry) => entry.path))
    return { paths, places: placesOf(new Set([...paths, ...gone])) }
  })
  const aliases = once(async () => readAliases(tree, (await listed()).paths))
  const read = async (path: string): Promise<readonly Link[]> => {
    const { paths, places } = await listed()
    if (!isLinkable(path) || !paths.has(path)) return []
    const text = await tree.read(path, MAX_BYTES).catch(() => null)
    if (text === null || text.includes('\0')) return []
    const links: Link[] = []
    for (const named of namedBy(path, text)) {
      const found = places.meant(named, path)
      const files =
        found.length > 0 || named.specifier === undefined ? found : aliased(named, path, await aliases(), places)
      links.push(...files.map((to) => ({ from: path, to, how: named.how })))
    }
    return links
  }
  return {
    linksOf: (path) => {
      const links = known.get(path) ?? read(path)
      known.set(path, links)
      return links
    },
  }
}

function aliased(named: Named, from: string, aliases: Aliases, places: Places): readonly string[] {
  return places.meant({ how: named.how, candidates: aliases(named.specifier ?? '', from) }, from)
}

/** Links that lead from the roots to what they reach, nearest first; ends early once every wanted file is found. */
export async function reach(
  roots: readonly string[],
  wanted: ReadonlySet<string>,
  reader: Reader,
): Promise<readonly Link[]> {
  const seen = new Set(roots)
  const links: Link[] = []
  let missing = [...wanted].filter((path) => !seen.has(path)).length
  let files = 0
  for (let level: readonly string[] = roots; level.length > 0 && missing > 0; ) {
    const now = level.slice(0, MAX_FILES - files)
    files += now.length
    const next: string[] = []
    for (const link of (await Promise.all(now.map((path) => reader.linksOf(path)))).flat()) {
      if (seen.has(link.to)) continue
      seen.add(link.to)
      links.push(link)
      next.push(link.to)
      if (wanted.has(link.to)) missing--
    }
    level = files >= MAX_FILES ? [] : next
  }
  return links
}
