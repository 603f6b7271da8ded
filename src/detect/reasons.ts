// Why an eval set runs, in words, for changes of files that it declares or depends on.

import type { EvalSet, Link } from '../domain.ts'
import { wayInWords, wayTo } from '../references/chains.ts'
import type { Difference } from './definition.ts'

const MAX_SHOWN = 3

/** `a.j2 includes b.j2, which changed`, for the changed files that the eval file does not name itself. */
export function linkedReasons(
  sets: readonly (EvalSet | null)[],
  changed: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const set of sets) {
    if (!set?.links) continue
    const linked = new Set(set.links.map((link) => link.to))
    // What the eval file names itself may be led back to by what it names.
    const own = [
      set.target.kind === 'prompt' ? set.target.prompt.path : '',
      ...set.scorers.map((one) => one.options.file),
    ]
    const roots = new Set(
      set.sources.map((source) => source.path).filter((path) => !linked.has(path) || own.includes(path)),
    )
    for (const path of linked) {
      const way = changed.has(path) ? wayTo(set.links, roots, path) : null
      if (way !== null && way.length > 0) found.set(path, wayInWords(named(way, set)))
    }
  }
  return found
}

/** A constant is named with its file, since the rest of the file does not matter. */
function named(way: readonly Link[], set: EvalSet): readonly Link[] {
  const symbol = set.target.kind === 'prompt' ? set.target.prompt.symbol : undefined
  const [first, ...rest] = way
  if (first === undefined || first.name === undefined || symbol === undefined) return way
  return [{ ...first, from: `${first.from}#${symbol}` }, ...rest]
}

export function whichChanged(ways: readonly string[]): readonly string[] {
  const shown = ways.slice(0, MAX_SHOWN).map((way) => `${way}, which changed`)
  return ways.length > MAX_SHOWN
    ? [...shown, `${ways.length - MAX_SHOWN} more files that it depends on changed`]
    : shown
}

/** A prompt or scorer that changed only through what it includes is told by the way there. */
export function toldByWay(
  difference: Difference,
  of: { readonly changed: ReadonlySet<string>; readonly ways: ReadonlyMap<string, string>; readonly set: EvalSet },
): Difference {
  if (of.ways.size === 0) return difference
  const prompts = difference.kind === 'prompt' && !of.changed.has(difference.path)
  const scorers = difference.why === 'its scorers changed' && !of.changed.has(of.set.path)
  if (!prompts && !scorers) return difference
  return { ...difference, why: whichChanged([...of.ways.values()]).join('; ') }
}

/** Where what a set is made of may be kept, by what changed of it. */
const KEPT: { readonly [why: string]: RegExp } = {
  'its cases changed': /^cases$/,
  'its scorers changed': /^(?:schema|scorer file|cases)$/,
}

/** A set whose own file did not change is told with the files that did. */
export function toldByFiles(
  difference: Difference,
  { changed, set }: { readonly changed: ReadonlySet<string>; readonly set: EvalSet },
): Difference {
  const roles = KEPT[difference.why]
  if (roles === undefined || changed.has(set.path)) return difference
  const files = [...new Set(set.sources.filter(({ role }) => roles.test(role)).map(({ path }) => path))]
  const told = files.filter((path) => changed.has(path))
  if (told.length === 0) return difference
  const more = told.length > MAX_SHOWN ? ` and ${told.length - MAX_SHOWN} more` : ''
  return { ...difference, why: `${difference.why} (${told.slice(0, MAX_SHOWN).join(', ')}${more})` }
}

/** Files that a set declares and whose change the comparison by meaning does not see. */
const ROLES: { readonly [role: string]: { readonly kind: Difference['kind']; readonly what: string } } = {
  'recorded answers': { kind: 'parameters', what: 'its recorded answers' },
  labels: { kind: 'eval-set', what: "its judge's labels" },
}

export function declaredDifferences(base: EvalSet, head: EvalSet, changed: ReadonlySet<string>): readonly Difference[] {
  const files = head.sources.flatMap(({ path, role }): Difference[] => {
    const known = ROLES[role]
    if (known === undefined || !changed.has(path)) return []
    return [{ kind: known.kind, path, why: `${known.what} (${path}) changed` }]
  })
  const isSame = (listOf: (set: EvalSet) => EvalSet['waivers' | 'quarantine']) =>
    written(listOf(base)) === written(listOf(head))
  const waivers = head.sources.find((source) => source.role === 'waivers')?.path ?? head.path
  const lists: readonly Difference[] = [
    ...(isSame((set) => set.waivers) ? [] : [{ kind: 'eval-set', path: waivers, why: 'its waivers changed' } as const]),
    ...(isSame((set) => set.quarantine)
      ? []
      : [{ kind: 'eval-set', path: head.path, why: 'its quarantine changed' } as const]),
  ]
  return [...files, ...lists]
}

/** Without the places: a list that only moved in its file is the same. */
const written = (list: EvalSet['waivers' | 'quarantine'] = []) =>
  JSON.stringify(list.map(({ place: _, ...one }) => one))
