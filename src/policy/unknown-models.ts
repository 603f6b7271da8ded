// Models of an eval set that nobody can be asked for: a run would end by it, and `validate` says it before.

import type { EvalSet } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { modelProblem } from '../targets/model-problem.ts'
import { type UsedModel, usedModels } from './used-models.ts'

const WHOSE: { readonly [use in UsedModel['use']]: string } = {
  target: 'The model',
  fallback: 'A fallback',
  candidate: 'The candidate',
  live: 'The live model',
  judge: 'The judge',
  pin: 'The model',
}

/** @param configured names under `providers:` */
export function unknownModels(set: EvalSet, configured: readonly string[]): readonly Problem[] {
  return usedModels([set], []).flatMap(({ id, use, place }) => {
    // An application calls whom it calls; what it says of that is for its price.
    if (use === 'target' && set.target.kind !== 'prompt') return []
    return modelProblem(id, { whose: WHOSE[use], configured, place }) ?? []
  })
}
