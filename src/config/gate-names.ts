// Names in gates: misspelt ones would leave a gate unchecked without a word.

import type { EvalSet, Gates } from '../domain.ts'
import { few } from '../few.ts'

export type GateNames = {
  /** Case ids and `tag:NAME`. */
  readonly mustPass: readonly string[]
  /** Dimensions. */
  readonly slices: readonly string[]
  readonly scorers: readonly string[]
}
type Scored = Pick<EvalSet, 'cases' | 'scorers'>

export function gateNames(gates: Gates): GateNames {
  return {
    mustPass: gates.mustPass ?? [],
    slices: Object.keys(gates.slices ?? {}),
    scorers: Object.keys(gates.scorers ?? {}),
  }
}

/** Those that nothing in the sets has. */
export function namedInVain(named: GateNames, sets: readonly Scored[]): GateNames {
  if (named.mustPass.length + named.slices.length + named.scorers.length === 0) return named
  const [ids, labels, scorers] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const set of sets) {
    for (const { id, tags, labels: own } of set.cases) {
      ids.add(id)
      for (const tag of tags) ids.add(`tag:${tag}`)
      for (const dimension of Object.keys(own)) labels.add(dimension)
    }
    for (const name of scorerNames(set)) scorers.add(name)
  }
  return {
    mustPass: named.mustPass.filter((name) => !ids.has(name)),
    slices: named.slices.filter((name) => !labels.has(name)),
    scorers: named.scorers.filter((name) => !scorers.has(name)),
  }
}

/** Without those of parity.yaml, which speaks for all sets: one need not have what others have. */
export function ownNames(gates: Gates, shared: Gates): GateNames {
  const [all, others] = [gateNames(gates), gateNames(shared)]
  const without = (names: readonly string[], left: ReadonlySet<string>) => names.filter((name) => !left.has(name))
  return {
    mustPass: without(all.mustPass, new Set(others.mustPass)),
    slices: without(all.slices, new Set(others.slices)),
    scorers: without(all.scorers, new Set(others.scorers)),
  }
}

/** In words, by the kind of what is named. */
export function vainSentences(names: GateNames): readonly (readonly [keyof GateNames, string])[] {
  const said = (of: keyof GateNames, words: (list: string) => string) =>
    names[of].length === 0 ? [] : [[of, words(few(names[of]))] as const]
  return [
    ...said('mustPass', (list) => `\`must_pass\` names what no case is: ${list}.`),
    ...said('slices', (list) => `No case has a ${list}, which a gate names.`),
    ...said('scorers', (list) => `No case has the scorer ${list}, which a gate names.`),
  ]
}

/** parity.yaml speaks for all sets: its gate on a scorer is one of those that have the scorer. */
export function inheritedGates(gates: Gates, set: Scored): Gates {
  if (gates.scorers === undefined) return gates
  const own = scorerNames(set)
  return { ...gates, scorers: Object.fromEntries(Object.entries(gates.scorers).filter(([name]) => own.has(name))) }
}

function scorerNames({ cases, scorers }: Scored): ReadonlySet<string> {
  const names = new Set(scorers.map(({ name }) => name))
  for (const one of cases) for (const { name } of one.scorers) names.add(name)
  return names
}
