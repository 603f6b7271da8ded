// Every model that the head names: what is evaluated, what stands in for it, who judges, what it is compared with, and pins
// in code and configuration that no eval set declares.

import type { FoundPin } from '../detect.ts'
import type { EvalSet, Place, ScorerSpec } from '../domain.ts'
import { isJudge } from '../scorers/kinds.ts'

export type UsedModel = {
  readonly id: string
  readonly evalSet: string | null
  readonly use: 'target' | 'fallback' | 'candidate' | 'live' | 'judge' | 'pin'
  readonly place: Place
}

/** In words, for a finding; null for what needs none. */
export const USES: { readonly [use in UsedModel['use']]: string | null } = {
  target: null,
  fallback: 'a fallback of the target',
  candidate: 'a candidate',
  live: 'what drift compares the pin with',
  judge: 'a judge',
  pin: null,
}

export function usedModels(sets: readonly EvalSet[], pins: readonly FoundPin[]): readonly UsedModel[] {
  return [...sets.flatMap(modelsOf), ...pins.map(pinned)]
}

const pinned = ({ path, line, id }: FoundPin): UsedModel => ({
  id,
  evalSet: null,
  use: 'pin',
  place: { path, ...(line === undefined ? {} : { line }) },
})

function modelsOf(set: EvalSet): readonly UsedModel[] {
  const { target } = set
  const of = (use: UsedModel['use'], id: string | undefined, place: Place = { path: set.path }): UsedModel[] =>
    id === undefined || isNone(id) ? [] : [{ id, evalSet: set.name, use, place }]
  const own = target.kind === 'prompt' && target.prompt.model === target.model ? target.prompt.path : set.path
  return [
    ...of('target', target.model, { path: own === '' ? set.path : own }),
    ...(target.kind === 'prompt' ? (target.fallbacks ?? []) : []).flatMap((id) => of('fallback', id)),
    ...set.candidates.flatMap(({ model, place }) => of('candidate', model, place)),
    ...of('live', set.live),
    ...[...judgesOf(set)].flatMap(([id, place]) => of('judge', id, place)),
  ]
}

/** Names that call nobody. */
const isNone = (id: string) => /^(?:echo|replay)(?:\/|$)/.test(id)

/** Each judge once, at its first place. */
function judgesOf({ scorers, cases }: EvalSet): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>()
  const add = (scorer: ScorerSpec) => {
    const { options, place } = scorer
    if (isJudge(scorer) && typeof options.model === 'string' && !found.has(options.model))
      found.set(options.model, place)
  }
  scorers.forEach(add)
  for (const one of cases) one.scorers.forEach(add)
  return found
}
