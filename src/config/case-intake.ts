// Cases of a set while its files are read: few are held, many go on the shelf one by one, so that no more than a piece of a large
// file is ever in memory. Their ids come last, for each depends on all others.

import type { Case, ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'
import type { Shelf } from '../ports.ts'
import { caseOf, type Draft, hashOfAsked, identify } from './cases.ts'
import { createRests, HELD_CASES, type Rest, type Rests } from './shelved-cases.ts'

export type LoadScorers = (scorers: readonly ScorerSpec[]) => Promise<readonly ScorerSpec[]>
export type Intake = {
  readonly length: number
  add(draft: Draft): void
  /** Takes back what was added after it had this length. */
  cut(length: number): void
  /** @param load what the scorers of a case name */
  cases(load: LoadScorers): Promise<{ readonly cases: readonly Case[]; readonly problems: readonly Problem[] }>
}

/** What the shelf refused: an end of the run, and nothing that is wrong with a file of cases. */
export class ShelfFailure extends Error {
  override readonly cause: unknown
  constructor(cause: unknown) {
    super('the shelf of cases failed')
    this.cause = cause
  }
}

/** @param openShelf without it all are held */
export function createIntake(slices: readonly string[], openShelf: (() => Shelf) | undefined): Intake {
  let held: Draft[] = []
  let away: { readonly rests: Rests; readonly drafts: AwayDraft[] } | null = null
  const putAllAway = (shelf: Shelf) => {
    const rests = createRests(shelf)
    away = { rests, drafts: held.map((draft) => putAway(draft, slices, rests)) }
    held = []
  }
  return {
    get length() {
      return away === null ? held.length : away.drafts.length
    },
    add(draft) {
      if (away !== null) {
        away.drafts.push(putAway(draft, slices, away.rests))
        return
      }
      held.push(draft)
      if (openShelf !== undefined && held.length > HELD_CASES) putAllAway(openShelf())
    },
    cut(length) {
      held.length = Math.min(length, held.length)
      if (away !== null) away.drafts.length = length
    },
    cases: async (load) => {
      if (away === null) return heldCases(held, slices, load)
      return (await import('./away-cases.ts')).casesOf(away.drafts, away.rests, load)
    },
  }
}

async function heldCases(drafts: readonly Draft[], slices: readonly string[], load: LoadScorers) {
  const loaded: Draft[] = []
  for (const draft of drafts)
    loaded.push(draft.scorers.length === 0 ? draft : { ...draft, scorers: await load(draft.scorers) })
  return identify(loaded, slices)
}

export type AwayDraft = Pick<Case, 'tags' | 'labels' | 'scorers'> & {
  readonly id: string | undefined
  /** Of what is asked; '' where it has an id. */
  readonly asked: string
  readonly ticket: number
}

function putAway(draft: Draft, slices: readonly string[], rests: Rests): AwayDraft {
  const { id: _, tags, labels, scorers, ...rest } = caseOf(draft, slices, '')
  const asked = draft.id === undefined ? hashOfAsked(draft) : ''
  return { id: draft.id, asked, tags, labels, scorers, ticket: put(rests, rest) }
}

export function put(rests: Rests, rest: Rest): number {
  try {
    return rests.put(rest)
  } catch (error) {
    throw new ShelfFailure(error)
  }
}
