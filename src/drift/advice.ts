// What to do about a drift, in words that can be followed.

import { isScheduled, knownEnd } from '../lifecycle/shutdowns.ts'
import type { SetPlan } from '../plan.ts'
import type { PriceBook } from '../prices/book.ts'
import { describeModel } from '../prices/describe.ts'
import { parseModelId } from '../prices/ids.ts'
import { acceptCommand } from './accept-command.ts'
import { endsIn } from './endings.ts'
import type { DriftEvent } from './report.ts'
import type { SetFacts } from './set-run.ts'

export type AdviceInput = {
  readonly set: SetFacts
  readonly events: readonly DriftEvent[]
  readonly plan: SetPlan
  /** Ids that the provider said answered when the baseline was made. */
  readonly answeredBefore: readonly string[]
  readonly book: PriceBook
  /** Flags that name the configuration. */
  readonly place?: string
}

export function adviceFor({ set, events, plan, answeredBefore, book, place }: AdviceInput): readonly string[] {
  const { live, evalSet } = set
  const answered = events.some(({ kind }) => kind === 'model')
  return [
    ...pinAdvice(set, answered, answeredBefore),
    ...endAdvice(set.model, book),
    ...(live !== null && live.delta !== null && (live.low ?? 0) > 0
      ? [`The live model ${live.model} scores better on the same cases today: try it as the pin.`]
      : []),
    ...applicationAdvice(plan.head.target.kind),
    `If the new level is right, take it as the baseline: \`${acceptCommand(evalSet, place)}\``,
  ]
}

function applicationAdvice(kind: SetPlan['head']['target']['kind']): readonly string[] {
  if (kind === 'http')
    return [
      'The target is an application that is reached by its URL: look at what was deployed there, and at its data and services.',
    ]
  if (kind !== 'command') return []
  return [
    'The target is an application: look at what changed in its data and services, too; no commit of its files did it.',
  ]
}

function pinAdvice(
  { model, path }: Pick<SetFacts, 'model' | 'path'>,
  answered: boolean,
  before: readonly string[],
): readonly string[] {
  if (model === null) return []
  const { pin } = describeModel(model)
  if (pin === 'floating') return [`${model} moves under the same name: ${goingBack(model, path, before)}`]
  return [
    answered
      ? `The provider serves another model under ${model} than before: ask it why, and pin another version until then.`
      : `Nothing in the repository changed: hold another version, or a fallback, against the same cases (\`prompt-parity candidates\`).`,
  ]
}

/** Whoever moves the pin should not move it to what stops, nor wait for what stops anyway. */
function endAdvice(model: string | null, book: PriceBook): readonly string[] {
  const known = model === null ? null : knownEnd(model, endsIn(book))
  if (known === null || !isScheduled(known)) return []
  const { shutdown, precision, replacement } = known.end
  const on = `${shutdown}${precision === 'earliest' ? ' at the earliest' : ''}`
  return [
    `${model} is to be shut down on ${on}${replacement === undefined ? '' : `; ${replacement} is named in its place`}.`,
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
