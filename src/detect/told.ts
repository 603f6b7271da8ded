// What the comparison of eval sets tells by itself, so that its files and constants need no look of their own. Only what the
// head still uses is told: a prompt that an eval set turned away from may change where nothing compares it any more.

import { isRemoved, type LoadedSets, type SetPair } from '../config/pairs.ts'
import type { EvalSet } from '../domain.ts'
import type { FileChange } from '../ports.ts'

export type Told = {
  /** Changed files that need no look. */
  readonly files: ReadonlySet<string>
  /** Files that an eval set calls a prompt, or a part of one, and whose change none tells: prompts, whatever their names say. */
  readonly prompts: ReadonlySet<string>
  /** Whether a change of a constant is told by an eval set that uses it. */
  isConstantTold(path: string, change: ConstantChange): boolean
}

type ConstantChange = { readonly symbol: string; readonly from?: string; readonly to?: string }
type Source = EvalSet['sources'][number]

/** @param hasBase whether there is a base to compare with at all */
export function toldBySets({ pairs }: LoadedSets, changed: readonly FileChange[], hasBase: boolean): Told {
  const status = new Map(changed.map((file) => [file.path, file.status]))
  const compares = ({ base }: SetPair) => !hasBase || base !== null
  const told = pairs.flatMap((pair) => toldBy(pair, compares(pair), status))
  const asPrompt = new Set(told.filter((one) => isSaid(one) || one.role === 'eval file').map(({ path }) => path))
  const named = pairs.flatMap(({ base, head }) => [...(base?.sources ?? []), ...(head?.sources ?? [])])
  const prompts = new Set(named.filter((one) => isSaid(one) && !asPrompt.has(one.path)).map(({ path }) => path))
  return {
    files: new Set(told.map(({ path }) => path).filter((path) => !prompts.has(path))),
    prompts,
    isConstantTold: (path, change) => pairs.some((pair) => tells(pair, { path, change, compares: compares(pair) })),
  }
}

/** Its text goes to the model. */
const isSaid = ({ role }: Source) => role === 'prompt' || role === 'include'

type Status = ReadonlyMap<string, FileChange['status']>

function toldBy(pair: SetPair, compares: boolean, status: Status): readonly Source[] {
  const { base, head } = pair
  const before = base?.sources ?? []
  const isGone = ({ path }: Source) => status.get(path) === 'deleted'
  // Of a removed set only what went with it, since it covers nothing now.
  if (isRemoved(pair)) return before.filter(isGone)
  if (head === null) return before
  const left = before.filter((source) => !isSaid(source) || isGone(source))
  // A new set compares nothing: how its prompt was before is told by the prompt's own file.
  const now = head.sources.filter((source) => compares || !isSaid(source) || status.get(source.path) === 'added')
  return [...left, ...now]
}

type Place = { readonly path: string; readonly change: ConstantChange; readonly compares: boolean }

function tells({ base, head }: SetPair, { path, change, compares }: Place): boolean {
  const { symbol, from, to } = change
  if (head !== null && (compares || from === undefined) && usesConstant(head, path, symbol)) return true
  // What is gone from the code is told by the set that had it.
  return base !== null && to === undefined && usesConstant(base, path, symbol)
}

/** Whether a constant of a file is the set's prompt, or one that its prompt is joined from. */
export function usesConstant({ target }: EvalSet, path: string, symbol: string): boolean {
  if (target.kind !== 'prompt') return false
  const { prompt } = target
  if (prompt.path === path && (prompt.symbol ?? '') === symbol) return true
  return (prompt.links ?? []).some((link) => link.to === path && link.name !== undefined && link.name === symbol)
}
