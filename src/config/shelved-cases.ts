// The cases of a large set without their texts in memory: a hundred thousand of them are as large as their files. What every
// step goes by stays (id, labels, tags, scorers); the rest is read when it is asked for, by getters of a class, since an
// object with getters of its own takes many times the memory. A copy by spread leaves the rest behind (`withScorers`).

import type { Case, EvalSet, ScorerSpec } from '../domain.ts'
import type { Shelf } from '../ports.ts'
import type { LoadedSets } from './pairs.ts'

/** Fewer are held as they are: that is faster. */
export const HELD_CASES = 2_000

type InMemory = 'id' | 'tags' | 'labels' | 'scorers'
export type Rest = Omit<Case, InMemory>

/** What is one value on both sides stays one: a set, a list of cases, a case. */
export function shelveCases({ pairs, ...rest }: LoadedSets, openShelf: () => Shelf): LoadedSets {
  let rests: Rests | null = null
  const shelved = new Map<Case, Case>()
  const shelvedCase = (kase: Case): Case => {
    if (kase instanceof ShelvedCase) return kase
    const known = shelved.get(kase)
    if (known !== undefined) return known
    rests ??= createRests(openShelf())
    const { id, tags, labels, scorers, ...rest } = kase
    const made = new ShelvedCase({ id, tags, labels, scorers }, { rests, ticket: rests.put(rest) })
    shelved.set(kase, made)
    return made
  }
  const lists = new Map<EvalSet['cases'], EvalSet['cases']>()
  const listOf = (cases: EvalSet['cases']) => {
    const known = lists.get(cases) ?? cases.map(shelvedCase)
    lists.set(cases, known)
    return known
  }
  const sets = new Map<EvalSet, EvalSet>()
  const setOf = (set: EvalSet | null) => {
    if (set === null || set.cases.length <= HELD_CASES) return set
    const known = sets.get(set) ?? { ...set, cases: listOf(set.cases) }
    sets.set(set, known)
    return known
  }
  return { ...rest, pairs: pairs.map((pair) => ({ ...pair, base: setOf(pair.base), head: setOf(pair.head) })) }
}

/** One file for all that is put away while the sets are read. */
export function oneShelf({ openShelf }: { openShelf(): Shelf }): () => Shelf {
  let shelf: Shelf | null = null
  return () => {
    shelf ??= openShelf()
    return shelf
  }
}

export function withScorers(kase: Case, scorers: readonly ScorerSpec[]): Case {
  return kase instanceof ShelvedCase ? kase.with(scorers) : { ...kase, scorers }
}

/** Whether two cases whose texts are away are equal in all that they are; null where one of them is held. */
export function equalOnShelf(one: Case, other: Case, isEqual: (a: unknown, b: unknown) => boolean): boolean | null {
  if (!(one instanceof ShelvedCase && other instanceof ShelvedCase)) return null
  return isEqual({ ...one }, { ...other }) && one.text() === other.text()
}

export type Rests = { put(rest: Rest): number; get(ticket: number): Rest; text(ticket: number): string }

/** The last one is asked for again and again: its variables, then what is expected. */
export function createRests(shelf: Shelf): Rests {
  let last: { readonly ticket: number; readonly rest: Rest } | null = null
  return {
    put: (rest) => shelf.put(JSON.stringify(rest)),
    text: (ticket) => shelf.get(ticket),
    get: (ticket) => {
      if (last?.ticket !== ticket) last = { ticket, rest: JSON.parse(shelf.get(ticket)) as Rest }
      return last.rest
    },
  }
}

type Away = { readonly rests: Rests; readonly ticket: number }

export class ShelvedCase implements Case {
  readonly id: string
  readonly tags: Case['tags']
  readonly labels: Case['labels']
  readonly scorers: Case['scorers']
  readonly #rests: Rests
  readonly #ticket: number

  constructor({ id, tags, labels, scorers }: Pick<Case, InMemory>, { rests, ticket }: Away) {
    this.id = id
    this.tags = tags
    this.labels = labels
    this.scorers = scorers
    this.#rests = rests
    this.#ticket = ticket
  }
  get #rest(): Rest {
    return this.#rests.get(this.#ticket)
  }
  get explicitId() {
    return this.#rest.explicitId
  }
  get vars() {
    return this.#rest.vars
  }
  get expected() {
    return this.#rest.expected
  }
  get context() {
    return this.#rest.context
  }
  get relevant() {
    return this.#rest.relevant
  }
  get messages() {
    return this.#rest.messages
  }
  get threshold() {
    return this.#rest.threshold
  }
  get place() {
    return this.#rest.place
  }
  get hash() {
    return this.#rest.hash
  }
  text(): string {
    return this.#rests.text(this.#ticket)
  }
  with(scorers: readonly ScorerSpec[]): Case {
    return new ShelvedCase({ ...this, scorers }, { rests: this.#rests, ticket: this.#ticket })
  }
}
