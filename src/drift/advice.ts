// What to do about a drift, in words that can be followed.

import type { SetPlan } from '../plan.ts'
import { describeModel } from '../prices/describe.ts'
import type { DriftEvent } from './report.ts'
import type { SetFacts } from './set-run.ts'

export type AdviceInput = {
  readonly set: SetFacts
  readonly events: readonly DriftEvent[]
  readonly plan: SetPlan
}

export function adviceFor({ set, events, plan }: AdviceInput): readonly string[] {
  const { model, live, evalSet } = set
  const answered = events.some(({ kind }) => kind === 'model')
  const name = /^[\w./-]+$/.test(evalSet) ? evalSet : JSON.stringify(evalSet)
  return [
    ...pinAdvice(model, answered),
    ...(live !== null && live.delta !== null && (live.low ?? 0) > 0
      ? [`The live model ${live.model} scores better on the same cases today: try it as the pin.`]
      : []),
    ...(plan.head.target.kind === 'command'
      ? [
          'The target is an application: look at what changed in its data and services, too; no commit of its files did it.',
        ]
      : []),
    `If the new level is right, take it as the baseline: prompt-parity drift accept --evals ${name} --reason "…"`,
  ]
}

function pinAdvice(model: string | null, answered: boolean): readonly string[] {
  if (model === null) return []
  const { pin, lifecycle } = describeModel(model)
  const replacement =
    lifecycle === null
      ? []
      : [
          `${model} is to be shut down on ${lifecycle.shutdown}${lifecycle.replacement === undefined ? '' : `; ${lifecycle.replacement} is named in its place`}.`,
        ]
  if (pin === 'floating')
    return [
      `${model} moves under the same name: pin a dated version, such as the one that answered before.`,
      ...replacement,
    ]
  return [
    answered
      ? `The provider serves another model under ${model} than before: ask it why, and pin another version until then.`
      : `Nothing in the repository changed: hold another version, or a fallback, against the same cases (prompt-parity candidates).`,
    ...replacement,
  ]
}
