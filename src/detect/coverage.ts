// What eval sets stand for a place in a file: those that declare it, those that watch it, and applications that get there.

import { globMatcher } from '../config/globs.ts'
import { isRemoved, type SetPair } from '../config/pairs.ts'
import type { DetectInput } from '../detect.ts'
import type { Change, EvalSet } from '../domain.ts'
import { relativeTo } from '../tree.ts'
import type { Dependencies } from './dependencies.ts'
import { usesConstant } from './told.ts'
import type { LooseChange } from './undeclared.ts'

/** Adds what covers a change that no eval set declares, and its reason in words. */
export function covered(
  {
    what,
    hosted,
    said: _,
    written: __,
    pinName,
    gone: ___,
    by: ____,
    listed: _____,
    again: ______,
    ...change
  }: LooseChange,
  input: DetectInput,
  depends: Dependencies,
): Change {
  // A pin stands under a name, which is no target that an eval set could declare.
  const place = { ...change, ...(pinName === undefined || pinName === '' ? {} : { symbol: pinName }) }
  if (hosted) return { ...place, evalSets: [], covered: false, why: what }
  const ways = [...depends].flatMap(([pair, way]) => {
    const words = way.get(change.path)
    return words === undefined ? [] : [{ name: pair.name, words }]
  })
  const byPaths = coverage(change, input)
  const evalSets = [...new Set([...byPaths, ...ways.map((way) => way.name)])]
  const how = [
    ...(byPaths.length > 0 ? [`covered by \`paths\` of ${byPaths.join(', ')}`] : []),
    ...ways.map(({ name, words }) => `covered by ${name}: ${words}`),
  ]
  const why = evalSets.length > 0 ? `${what}; ${how.join('; ')}` : `${what}; no eval set covers it`
  return { ...place, evalSets, covered: evalSets.length > 0, why }
}

export function coverage(
  change: { readonly path: string; readonly symbol?: string },
  input: DetectInput,
): readonly string[] {
  const isGone = input.files.some(({ path, status }) => path === change.path && status === 'deleted')
  return input.sets.pairs
    .filter((pair) => !isRemoved(pair))
    .filter((pair) => standing(pair, isGone).some((set) => covers(set, change, input.directory)))
    .map((pair) => pair.name)
}

/** The versions of a set that stand for a place: what the head no longer names it does not run, unless the place went as well. */
function standing({ base, head }: SetPair, isGone: boolean): readonly EvalSet[] {
  const sides = head === null || isGone ? [head, base] : [head]
  return sides.filter((set) => set !== null)
}

/** Whether a set declares a place as its own or watches its file. Of a file with constants it declares its own one only. */
export function covers(
  set: EvalSet,
  place: { readonly path: string; readonly symbol?: string },
  directory: string,
): boolean {
  const prompt = set.target.kind === 'prompt' ? set.target.prompt : undefined
  const whole = (role: string) => prompt?.symbol === undefined || (role !== 'prompt' && role !== 'include')
  return (
    (place.symbol !== undefined && usesConstant(set, place.path, place.symbol)) ||
    set.sources.some((source) => source.path === place.path && whole(source.role)) ||
    watches(set, directory)(place.path)
  )
}

/** Changed files that `paths` names; a command or http target also depends on what its own files say. */
export function pathReasons(set: EvalSet, { files, directory }: DetectInput): readonly string[] {
  if (set.paths.length === 0) return []
  const match = watches(set, directory)
  // What is moved away is told by the name under which it was watched.
  const hits = files.flatMap(({ path, previousPath }) => [path, previousPath ?? path].filter(match).slice(0, 1))
  if (hits.length === 0) return []
  const shown = hits.slice(0, 3).join(', ')
  return [`${shown}${hits.length > 3 ? ` and ${hits.length - 3} more` : ''} changed${BY_PATHS}`]
}

const BY_PATHS = ' (`paths`)'

/** Whether a reason for which a set was selected is a file that its `paths` name. */
export const isPathReason = (why: string): boolean => why.endsWith(BY_PATHS)

/** Whether a path is one that `paths` of the set names, relative to the folder of the run. */
function watches(set: EvalSet, directory: string): (path: string) => boolean {
  if (set.paths.length === 0) return () => false
  const match = globMatcher(set.paths)
  return (path) => {
    const relative = relativeTo(directory, path)
    return relative !== null && match(relative)
  }
}
