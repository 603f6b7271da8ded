// What to do about a drift, in words that can be followed.

import type { SetPlan } from '../plan.ts'
import { describeModel } from '../prices/describe.ts'
import { parseModelId } from '../prices/ids.ts'
import type { DriftEvent } from './report.ts'
import type { SetFacts } from './set-run.ts'

export type AdviceInput = {
  readonly set: SetFacts
  readonly events: readonly DriftEvent[]
  readonly plan: SetPlan
  /** Ids that the provider said answered when the baseline was made. */
  readonly answeredBefore: readonly string[]
}

export function adviceFor({ set, events, plan, answeredBefore }: AdviceInput): readonly string[] {
  const { live, evalSet } = set
  const answered = events.some(({ kind }) => kind === 'model')
  const name = /^[\w./-]+$/.test(evalSet) ? evalSet : JSON.stringify(evalSet)
  return [
    ...pinAdvice(set, answered, answeredBefore),
    ...(live !== null && live.delta !== null && (live.low ?? 0) > 0
      ? [`The live model ${live.model} scores better on the same cases today: try it as the pin.`]
      : []),
    ...(plan.head.target.kind === 'command'
      ? [
          'The target is an application: look at what changed in its data and services, too; no commit of its files did it.',
        ]
      : []),
    `If the new level is right, take it as the baseline: \`prompt-parity drift accept --evals ${name} --reason "…"\``,
  ]
}

function pinAdvice(
  { model, path }: Pick<SetFacts, 'model' | 'path'>,
  answered: boolean,
  before: readonly string[],
): readonly string[] {
  if (model === null) return []
  const { pin, lifecycle } = describeModel(model)
  const replacement =
    lifecycle === null
      ? []
      : [
          `${model} is to be shut down on ${lifecycle.shutdown}${lifecycle.replacement === undefined ? '' : `; ${lifecycle.replacement} is named in its place`}.`,
        ]
  if (pin === 'floating')
    return [`${model} moves under the same name: ${goingBack(model, path, before)}`, ...replacement]
  return [
    answered
      ? `The provider serves another model under ${model} than before: ask it why, and pin another version until then.`
      : `Nothing in the repository changed: hold another version, or a fallback, against the same cases (\`prompt-parity candidates\`).`,
    ...replacement,
  ]
}

/** The version that answered when the baseline was made, as it is written in the file; in words where it is not one alone. */
function goingBack(model: string, path: string, before: readonly string[]): string {
  const [one, other] = before
  const { provider, model: bare } = parseModelId(model)
  if (one === undefined || other !== undefined || provider === null || parseModelId(one).model === bare)
    return 'pin a dated version, such as the one that answered before.'
  return `go back to the version that the baseline was made with: \`model: ${provider}/${parseModelId(one).model}\` in \`${path}\`.`
}
