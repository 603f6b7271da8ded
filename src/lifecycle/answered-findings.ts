// `model-answered`: what the answers of a run say about who gave them.

import type { Config } from '../config/config.ts'
import type { Finding, Result, SideLabel } from '../domain.ts'
import type { Measured } from '../gate/measured.ts'
import { plural } from '../report/numbers.ts'
import { AnswerTally, answeredAs } from './answered.ts'

type Seen = ReturnType<AnswerTally['all']>[number]

/** @param judged what judges were asked as and answered as */
export function answeredFindings(
  measured: readonly Measured[],
  judged: readonly Seen[],
  models: Config['models'],
): readonly Finding[] {
  const seen = new AnswerTally()
  for (const one of measured) for (const side of ['base', 'head'] as const) tellSide(one, side, seen)
  const ofTargets = seen.all().flatMap((one) => finding(one, { models, use: '' }))
  return [...ofTargets, ...judged.flatMap((one) => finding(one, { models, use: ', a judge,' }))]
}

function tellSide({ plan, cases }: Measured, side: SideLabel, seen: AnswerTally): void {
  const target = plan[side]?.target
  for (const { runs } of cases) {
    for (const run of runs[side])
      tell(run, { evalSet: plan.name, asked: target?.kind === 'prompt' ? target.model : null, seen })
  }
}

type Asked = { readonly evalSet: string; readonly asked: string | null; readonly seen: AnswerTally }

function tell({ outcome }: Result, { evalSet, asked, seen }: Asked): void {
  if (outcome.state !== 'answered') return
  const { model, calls } = outcome.answer
  for (const call of calls ?? []) seen.add(evalSet, `${call.provider}/${call.model}`, call.answered)
  if (calls === undefined && asked !== null) seen.add(evalSet, asked, model)
}

type Setting = { readonly models: Config['models']; readonly use: string }

function finding({ evalSet, asked, answered, count }: Seen, { models, use }: Setting): readonly Finding[] {
  const as = answeredAs(asked, answered, models)
  if (as === 'same') return []
  const common = { rule: 'model-answered', evalSet, threshold: asked, value: answered } as const
  const times = plural(count, 'answer')
  if (as === 'other') {
    return [
      {
        ...common,
        level: 'warn',
        message: `${asked}${use} was asked, and ${answered} answered (${times}): the provider put another model in its place. Scores are those of ${answered}; costs are counted at the price of ${asked}.`,
        remedy: `Look at the provider's notice, and pin ${answered} or another successor by name.`,
      },
    ]
  }
  const isOpaque = as === 'unknown'
  return [
    {
      ...common,
      level: 'note',
      message: `${asked}${use} answers as ${answered} (${times}).`,
      remedy: isOpaque
        ? 'Say in `models:` which model it is, so that its price and its end are known.'
        : `Pin ${answered} to notice when it moves.`,
    },
  ]
}
