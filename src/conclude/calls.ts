// What calls met with that is no result of either side, and what no price of theirs includes.

import type { ErrorCause, Failure, Finding } from '../domain.ts'
import { factsOf } from '../facts-of.ts'
import type { Measured } from '../gate/measured.ts'
import { plural } from '../report/numbers.ts'

/** Where another run would end the same way. */
const REMEDIES: { readonly [cause in ErrorCause]?: string } = {
  authentication: 'correct the key, or what it may use, and run it again',
  quota: 'fill the account up, or wait for its next period, and run it again',
  echo: '`echo` calls nobody: name a model',
  'not-passed-on':
    'keep such calls out of what is tested: the recording proxy passes on no others than its guide lists',
  'no-answer-recorded': 'record the answers that are missing, and run it again',
}

/** One line per cause, with how often it happened. */
export function failedCalls(measured: readonly Measured[]): readonly Finding[] {
  return measured.flatMap((one) => {
    const messages = one.cases.flatMap((kase) =>
      [...kase.runs.base, ...kase.runs.head].flatMap((run) =>
        // One that counts as broken is the side's own: the base was answered meanwhile.
        run.state === 'missing' && run.outcome.state === 'failed' && run.outcome.failure.kind === 'transient'
          ? [run.outcome.failure]
          : [],
      ),
    )
    const first = messages[0]
    if (first === undefined || first.cause === 'budget' || first.cause === 'unpriced') return []
    // Where the head's alone failed, the verdict says it.
    if (first.cause === 'application-crash')
      return one.decision?.outcome === 'fail' ? [] : [failedSetup(one.plan.name, first)]
    return [
      {
        ...plain(one.plan.name),
        rule: 'provider-error' as const,
        level: 'warn' as const,
        message: `${messages.length} calls of ${one.plan.name} ended without an answer (${first.cause}): ${first.message.replace(/\.$/, '')}.`,
        value: String(messages.length),
        remedy: `It is not a result of either side; ${REMEDIES[first.cause] ?? 'run it again'}.`,
      },
    ]
  })
}

/** The one crash that is nobody's doing: no case of the side could be asked, and no provider was. */
function failedSetup(evalSet: string, { message }: Failure): Finding {
  return {
    ...plain(evalSet),
    rule: 'not-measured',
    level: 'warn',
    message: `no case of ${evalSet} could be asked: ${message.replace(/\.$/, '')}.`,
    remedy: 'It is not a result of either side; correct the setup, or run it again.',
  }
}

/** An answer that nobody could grade is missing, too: that a judge was refused is no secret of the list of cases. */
export function unscoredAnswers(measured: readonly Measured[]): readonly Finding[] {
  return measured.flatMap((one) => {
    const whys = one.cases.flatMap(({ runs }) =>
      [...runs.base, ...runs.head].flatMap((run) =>
        run.state === 'missing' && run.outcome.state === 'answered' ? [run.why] : [],
      ),
    )
    const [first] = whys
    if (first === undefined) return []
    return [
      {
        ...plain(one.plan.name),
        rule: 'provider-error' as const,
        level: 'warn' as const,
        message: `${plural(whys.length, 'answer')} of ${one.plan.name} could not be scored: ${first.replace(/\.$/, '')}.`,
        value: String(whys.length),
        remedy: 'It is not a result of either side: correct the scorer, or run it again.',
      },
    ]
  })
}

/** What a provider bills by the search is in no count of tokens: a cost without it is not all that was paid. */
export function feesLeftOut(measured: readonly Measured[]): readonly Finding[] {
  return measured.flatMap((one) => {
    const runs = one.cases.flatMap(({ runs }) => [...runs.base, ...runs.head])
    const paid = runs.filter(({ outcome }) => factsOf(outcome).toolFees)
    if (paid.length === 0) return []
    return [
      {
        ...plain(one.plan.name),
        rule: 'unpriced' as const,
        level: 'note' as const,
        message: `For ${plural(paid.length, 'answer')} of ${one.plan.name} the provider used tools of its own that are billed by the use (a web search, say): these fees are not included in any cost.`,
        value: String(paid.length),
        remedy: 'Costs are those of the tokens alone: add the fees by hand, or compare with the provider’s bill.',
      },
    ]
  })
}

const plain = (evalSet: string) => ({ evalSet, threshold: null, value: null })
