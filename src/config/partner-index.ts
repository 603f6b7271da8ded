// The base's sets by what a partner has in common with them, so that no set of the head is held against all of them.

import type { EvalSet } from '../domain.ts'
import type { SideSet } from './pairs.ts'

/**
 * What a set asks, in keys of which two sets of the same target share one: a prompt goes by what it says or by its place. One that is
 * written in the file of the set has nothing but its text to tell it from others there.
 * @param before path → path in the base
 */
export function targetKeys({ target, path }: EvalSet, before = (one: string) => one): readonly string[] {
  if (target.kind === 'command') return [JSON.stringify(['command', target.command, target.module])]
  if (target.kind === 'http') return [JSON.stringify(['http', target.path, target.base])]
  const { prompt } = target
  const text = JSON.stringify(['text', prompt.hash])
  return prompt.path === path ? [text] : [text, JSON.stringify(['place', before(prompt.path), prompt.symbol])]
}

const hashes = new WeakMap<EvalSet, ReadonlySet<string>>()
/** Of its cases; made once for each set. */
export function hashesOf(set: EvalSet): ReadonlySet<string> {
  const known = hashes.get(set)
  if (known !== undefined) return known
  const made = new Set(set.cases.map(({ hash }) => hash))
  hashes.set(set, made)
  return made
}

/** Sets that ask the same, and which of them have a case. */
type Group = { readonly sets: SideSet[]; readonly holders: Map<string, SideSet[]> }

/** In the order of the base; `free` may shrink meanwhile. */
export function candidatesAmong(free: ReadonlySet<SideSet>, before: (path: string) => string) {
  const order = new Map([...free].map((one, at) => [one, at] as const))
  const files = new Map<string, SideSet[]>()
  const groups = new Map<string, Group>()
  for (const one of free) {
    push(files, one.path, one)
    if (one.evalSet !== null) for (const key of targetKeys(one.evalSet)) join(groups, key, one, one.evalSet)
  }
  return {
    inFile: (head: SideSet): readonly SideSet[] => files.get(before(head.path)) ?? [],
    /** Ask the same with a case in common. */
    withCases({ evalSet }: SideSet): readonly SideSet[] {
      if (evalSet === null) return []
      const found = targetKeys(evalSet, before).flatMap((key) => [...sharing(groups.get(key), hashesOf(evalSet))])
      return [...new Set(found)]
        .filter((one) => free.has(one))
        .sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    },
  }
}

function sharing(group: Group | undefined, cases: ReadonlySet<string>): ReadonlySet<SideSet> {
  const found = new Set<SideSet>()
  if (group === undefined) return found
  for (const hash of cases) {
    // Variants have all cases in common: the first case finds all of them.
    if (found.size === group.sets.length) break
    for (const one of group.holders.get(hash) ?? []) found.add(one)
  }
  return found
}

function join(groups: Map<string, Group>, key: string, one: SideSet, set: EvalSet): void {
  const group: Group = groups.get(key) ?? { sets: [], holders: new Map() }
  groups.set(key, group)
  group.sets.push(one)
  for (const hash of hashesOf(set)) push(group.holders, hash, one)
}

function push(map: Map<string, SideSet[]>, key: string, one: SideSet): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [one])
  else list.push(one)
}
