// What a run has to say of the applications that it asked, beside what they answered.

import type { EngineStats } from '../engine.ts'
import { endedBySet, isOfTheHead, sentence, times } from '../gate/ended-processes.ts'
import { plural } from './numbers.ts'

export type AboutApplications = Pick<
  EngineStats,
  'targetCalls' | 'modelCalls' | 'modelRepeats' | 'unpriced' | 'refusedCalls' | 'excessCalls' | 'applications'
>

export function applicationNotes(engine: AboutApplications): readonly string[] {
  return [...(engine.targetCalls === 0 ? [] : proxyNotes(engine)), ...repeatedNotes(engine), ...endedNotes(engine)]
}

/** What the recording proxy saw, and what it could not see. */
function proxyNotes({
  modelCalls,
  modelRepeats,
  unpriced,
  refusedCalls: refused,
  excessCalls: excess,
}: AboutApplications): readonly string[] {
  const seen =
    modelCalls > 0
      ? [`The applications made ${plural(modelCalls - modelRepeats, 'call')} of models through the recording proxy.`]
      : unpriced > 0
        ? [
            'No call of a model went through the recording proxy: what the applications spend elsewhere cannot be seen from here.',
          ]
        : []
  const turnedAway = `The proxy turned away ${plural(refused, 'call')} that belonged to no case or no provider.`
  const inCircles = `The proxy turned away ${plural(excess, 'call')} of cases that had made as many as one case may.`
  return [...seen, ...(refused === 0 ? [] : [turnedAway]), ...(excess === 0 ? [] : [inCircles])]
}

function repeatedNotes({ applications }: AboutApplications): readonly string[] {
  return applications
    .filter(({ repeated }) => repeated > 0)
    .map(
      ({ evalSet, side, repeated }) =>
        `The application of ${evalSet} answered questions more than once on the ${side}: the first answer of each counts, and ${plural(repeated, 'later one')} ${repeated === 1 ? 'was' : 'were'} left out.`,
    )
}

/** Where both sides do it, or the base alone, it is not this change's doing. */
function endedNotes({ applications }: AboutApplications): readonly string[] {
  return endedBySet(applications)
    .filter((one) => !isOfTheHead(one))
    .map(
      ({ evalSet, base, head }) =>
        `Processes of the application of ${evalSet} ended after they had answered, ${times(base)} on the base and ${times(head)} on the head: ${sentence((head?.ended ?? 0) > 0 ? head : base)}`,
    )
}
