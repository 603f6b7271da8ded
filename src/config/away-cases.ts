// Cases whose texts went on the shelf when their rows were read: what is left to do when all of them are there.

import type { Case, ScorerSpec } from '../domain.ts'
import { type AwayDraft, type LoadScorers, put } from './case-intake.ts'
import { hashOfCase, idsOf } from './cases.ts'
import { type Rests, ShelvedCase } from './shelved-cases.ts'

export async function casesOf(drafts: readonly AwayDraft[], rests: Rests, load: LoadScorers) {
  const loaded: AwayDraft[] = []
  for (const draft of drafts)
    loaded.push(draft.scorers.length === 0 ? draft : withLoaded(draft, await load(draft.scorers), rests))
  const { ids, problems } = idsOf<AwayDraft>(loaded, {
    hash: ({ asked }) => asked,
    place: ({ ticket }) => rests.get(ticket).place,
  })
  const cases = loaded.map(({ tags, labels, scorers, ticket }, at): Case => {
    return new ShelvedCase({ id: ids[at] ?? '', tags, labels, scorers }, { rests, ticket })
  })
  return { cases, problems }
}

/** Files that scorers name are read when all rows are; what is in them is part of the hash. */
function withLoaded(draft: AwayDraft, scorers: readonly ScorerSpec[], rests: Rests): AwayDraft {
  const rest = rests.get(draft.ticket)
  const hash = hashOfCase(rest, scorers)
  return { ...draft, scorers, ticket: hash === rest.hash ? draft.ticket : put(rests, { ...rest, hash }) }
}
