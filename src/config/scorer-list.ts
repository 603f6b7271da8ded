// A list of scorers as written, read as a whole.

import type { Json, Place, ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'
import type { ScorerNames } from './scorer-names.ts'
import { readScorer } from './scorers.ts'

export type ScorerList = {
  readonly specs: readonly ScorerSpec[]
  readonly problems: readonly Problem[]
  /** Scorers that we know and cannot run, in words. */
  readonly notCarried: readonly string[]
}

export const NO_SCORERS: ScorerList = { specs: [], problems: [], notCarried: [] }

/** `foreign`: what cannot be run is named and left out; in our own files it is a problem. Equal names get `#2`. */
export function readScorers(
  entries: Json | undefined,
  placeOf: (index: number) => Place,
  { known, foreign }: { readonly known: ScorerNames; readonly foreign: boolean },
): ScorerList {
  if (!Array.isArray(entries)) return NO_SCORERS
  const specs: ScorerSpec[] = []
  const problems: Problem[] = []
  const notCarried: string[] = []
  const names = new Map<string, number>()
  for (const [index, entry] of entries.entries()) {
    const outcome = readScorer(entry, placeOf(index), known)
    if (outcome.ok) specs.push(numbered(outcome.spec, names))
    else if (foreign)
      notCarried.push(`${outcome.problem.what.replace(/\.$/, '')} (line ${outcome.problem.place?.line ?? '?'})`)
    else problems.push(outcome.problem)
  }
  return { specs, problems, notCarried }
}

function numbered(spec: ScorerSpec, names: Map<string, number>): ScorerSpec {
  const count = (names.get(spec.name) ?? 0) + 1
  names.set(spec.name, count)
  return count === 1 ? spec : { ...spec, name: `${spec.name}#${count}` }
}
