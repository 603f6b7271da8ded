// Which eval set of the base a set of the head was: by name, else by its file, else by what it asks and with which cases, so that
// renames keep identity. A file of another tool holds many sets, one for each prompt and provider.

import type { EvalSet } from '../domain.ts'
import type { SideSet } from './pairs.ts'

type Likeness = (base: SideSet, head: SideSet) => boolean

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
  for (const isLike of likenesses(renamed)) {
    for (const one of lone)
      take(
        one,
        [...free].find((other) => isLike(other, one)),
      )
  }
  return partners
}

/** Surest first. */
function likenesses(renamed: ReadonlyMap<string, string>): readonly Likeness[] {
  const before = (path: string) => renamed.get(path) ?? path
  const inFile: Likeness = (base, head) =>
    base.path === before(head.path) && (head.evalSet === null || base.evalSet?.path === before(head.evalSet.path))
  const ofSets =
    (isLike: (base: EvalSet, head: EvalSet) => boolean): Likeness =>
    (base, head) =>
      base.evalSet !== null && head.evalSet !== null && isLike(base.evalSet, head.evalSet)
  const askSame = ofSets((base, head) => isSameTarget(base, head, before))
  const useSameModel = ofSets(
    (base, head) => base.target.model !== undefined && base.target.model === head.target.model,
  )
  const shareCases = ofSets(haveCasesInCommon)
  return [
    (base, head) => inFile(base, head) && askSame(base, head) && useSameModel(base, head),
    (base, head) => inFile(base, head) && askSame(base, head),
    (base, head) => inFile(base, head) && useSameModel(base, head),
    inFile,
    (base, head) => askSame(base, head) && shareCases(base, head),
  ]
}

/**
 * The same prompt, application or address, whatever became of what it says. A prompt that is written in the file of the set has
 * nothing but its text to tell it from others there.
 */
function isSameTarget(base: EvalSet, head: EvalSet, before: (path: string) => string): boolean {
  const [old, now] = [base.target, head.target]
  if (old.kind === 'prompt' && now.kind === 'prompt') {
    if (old.prompt.hash === now.prompt.hash) return true
    if (old.prompt.path === base.path || now.prompt.path === head.path) return false
    return old.prompt.path === before(now.prompt.path) && old.prompt.symbol === now.prompt.symbol
  }
  if (old.kind === 'command' && now.kind === 'command')
    return JSON.stringify([old.command, old.module]) === JSON.stringify([now.command, now.module])
  return old.kind === 'http' && now.kind === 'http' && old.path === now.path && old.base === now.base
}

/** At least half of the base's cases, as they are asked and judged. */
function haveCasesInCommon(base: EvalSet, head: EvalSet): boolean {
  const hashes = new Set(head.cases.map(({ hash }) => hash))
  const kept = base.cases.filter(({ hash }) => hashes.has(hash)).length
  return kept > 0 && 2 * kept >= base.cases.length
}
