// Eval sets of both sides, joined (partners.ts), with what is left of the base.

import type { EvalSet } from '../domain.ts'
import type { Problem } from '../errors.ts'
import type { FileChange } from '../ports.ts'
import { partnersOf } from './partners.ts'
import { sharedCases } from './shared-cases.ts'

export type SetPair = {
  readonly name: string
  readonly base: EvalSet | null
  readonly head: EvalSet | null
  /** Why the head's version cannot be used although the base's can. */
  readonly headProblems: readonly Problem[]
  /** Why nothing of the head's version is run although its file is there and the base's was run. */
  readonly idle?: string
}
/** A file of another tool of which nothing is run. */
export type IdleFile = { readonly path: string; readonly why: string }
export type LoadedSets = {
  readonly pairs: readonly SetPair[]
  /** Of the head. */
  readonly idle?: readonly IdleFile[]
}

export type SideSet = { readonly path: string; readonly evalSet: EvalSet | null; readonly problems: readonly Problem[] }

type Heads = { readonly sets: readonly SideSet[]; readonly idle: readonly IdleFile[] }

export function pairSets(
  base: readonly SideSet[],
  { sets: head, idle }: Heads,
  files: readonly FileChange[],
): LoadedSets {
  const renamed = new Map(
    files.flatMap((file) => (file.previousPath === undefined ? [] : [[file.path, file.previousPath] as const])),
  )
  const readable = base.filter((one) => one.evalSet !== null)
  const partners = partnersOf(readable, head, renamed)
  const pairs = head.map((one): SetPair => {
    const partner = partners.get(one)
    const name = one.evalSet?.name ?? partner?.evalSet?.name ?? one.path
    const base = withHeadCases(partner?.evalSet ?? null, one.evalSet)
    return { name, base, head: one.evalSet, headProblems: one.problems }
  })
  const taken = new Set(partners.values())
  const whyIdle = new Map(idle.map(({ path, why }) => [renamed.get(path) ?? path, why]))
  const removed = readable.flatMap((one): SetPair[] => {
    if (taken.has(one) || one.evalSet === null) return []
    const why = whyIdle.get(one.path)
    const lost = { head: null, headProblems: [], ...(why === undefined ? {} : { idle: why }) }
    return [{ name: one.evalSet.name, base: one.evalSet, ...lost }]
  })
  return { pairs: [...pairs, ...removed], idle }
}

/** A set that nothing changed is one value on both sides, and stays so. */
function withHeadCases(base: EvalSet | null, head: EvalSet | null): EvalSet | null {
  return base === null || head === null || base === head
    ? base
    : { ...base, cases: sharedCases(base.cases, head.cases) }
}

/** Gone from the head, and not merely unreadable or idle there. */
export const isRemoved = ({ head, headProblems, idle }: SetPair) =>
  head === null && headProblems.length === 0 && idle === undefined
