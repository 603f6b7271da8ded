// Which eval set of the base a set of the head was: by name, else by its file, else by what it asks and with which cases, so that
// renames keep identity. A file of another tool holds many sets, one for each prompt and provider.

import type { EvalSet } from '../domain.ts'
import type { SideSet } from './pairs.ts'
import { candidatesAmong, hashesOf, targetKeys } from './partner-index.ts'

type Before = (path: string) => string

/**
 * Partner of each of the head's sets that has one; no set of the base is anybody's twice. What is surer goes first for all of
 * them: a variant that is new in a file must not take the partner of one that was there.
 * @param renamed path → path in the base
 */
export function partnersOf(
  base: readonly SideSet[],
  head: readonly SideSet[],
  renamed: ReadonlyMap<string, string>,
): ReadonlyMap<SideSet, SideSet> {
  const [free, lone] = [new Set(base), new Set(head)]
  const partners = new Map<SideSet, SideSet>()
  const take = (one: SideSet, partner: SideSet | undefined) => {
    if (partner === undefined || !free.has(partner)) return
    partners.set(one, partner)
    free.delete(partner)
    lone.delete(one)
  }
  const named = new Map([...base].reverse().map((one) => [one.evalSet?.name, one]))
  for (const one of head) if (one.evalSet !== null) take(one, named.get(one.evalSet.name))
  const before: Before = (path) => renamed.get(path) ?? path
  const candidates = candidatesAmong(free, before)
  for (const { isLike, among } of likenesses(before))
    for (const one of lone)
      take(
        one,
        candidates[among](one).find((other) => free.has(other) && isLike(other, one)),
      )
  return partners
}

type Likeness = {
  readonly isLike: (base: SideSet, head: SideSet) => boolean
  /** Where all that are like it are found. */
  readonly among: 'inFile' | 'withCases'
}

/** Surest first. */
function likenesses(before: Before): readonly Likeness[] {
  const isHere = (base: SideSet, head: SideSet) =>
    base.path === before(head.path) && (head.evalSet === null || base.evalSet?.path === before(head.evalSet.path))
  const ofSets =
    (isLike: (base: EvalSet, head: EvalSet) => boolean): Likeness['isLike'] =>
    (base, head) =>
      base.evalSet !== null && head.evalSet !== null && isLike(base.evalSet, head.evalSet)
  const askSame = ofSets((base, head) => isSameTarget(base, head, before))
  const useSameModel = ofSets(
    (base, head) => base.target.model !== undefined && base.target.model === head.target.model,
  )
  const shareCases = ofSets(haveCasesInCommon)
  return [
    { among: 'inFile', isLike: (base, head) => isHere(base, head) && askSame(base, head) && useSameModel(base, head) },
    { among: 'inFile', isLike: (base, head) => isHere(base, head) && askSame(base, head) },
    { among: 'inFile', isLike: (base, head) => isHere(base, head) && useSameModel(base, head) },
    { among: 'inFile', isLike: isHere },
    { among: 'withCases', isLike: (base, head) => askSame(base, head) && shareCases(base, head) },
  ]
}

/** The same prompt, application or address, whatever became of what it says. */
function isSameTarget(base: EvalSet, head: EvalSet, before: Before): boolean {
  const keys = targetKeys(base)
  return targetKeys(head, before).some((key) => keys.includes(key))
}

/** At least half of the base's cases, as they are asked and judged. */
function haveCasesInCommon(base: EvalSet, head: EvalSet): boolean {
  const hashes = hashesOf(head)
  const kept = base.cases.filter(({ hash }) => hashes.has(hash)).length
  return kept > 0 && 2 * kept >= base.cases.length
}
