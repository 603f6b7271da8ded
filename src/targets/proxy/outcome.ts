// What an application's answer is worth in the light of the calls that it made: an outage of a provider is no regression of the
// side, and what the proxy counted wins over what the application says.

import type { Answer, ErrorCause, Failure, ModelCall, Outcome, Usage } from '../../domain.ts'
import { TOKEN_COUNTS } from '../../prices/cost-of-usage.ts'
import { given } from '../outside.ts'
import { failed } from '../shape.ts'

/** `final`: the proxy has tried for as long as is sensible, so that the case need not be run once more for it. */
export type Judged = { readonly outcome: Outcome; readonly final: boolean }

export function withCalls(outcome: Outcome, calls: readonly ModelCall[]): Judged {
  const outage = outageIn(calls)
  if (outage !== null && !isCancelled(outcome)) return { outcome: failed(inWords(outage.failure)), final: outage.final }
  if (outcome.state === 'answered')
    return {
      outcome: calls.length === 0 ? outcome : { state: 'answered', answer: counted(outcome.answer, calls) },
      final: false,
    }
  // A process that ends leaves its calls, too: that says nothing of the provider.
  const abandoned = outcome.failure.cause === 'application-error' ? abandonedIn(calls) : null
  return { outcome: failed(abandoned ?? explained(outcome.failure, calls)), final: false }
}

const isCancelled = (outcome: Outcome) => outcome.state === 'failed' && outcome.failure.cause === 'cancelled'

/** Causes that say nothing of the provider: the application let go of the call, or was ended with it open. */
const LET_GO: ReadonlySet<ErrorCause> = new Set<ErrorCause>(['cancelled'])

type Outage = { readonly failure: Failure; readonly final: boolean }

/** Nothing repairs these, and they come before what something might: a cap, and what the proxy never passes on. */
const FOR_GOOD: readonly ReadonlySet<ErrorCause>[] = [new Set(['budget', 'unpriced']), new Set(['not-passed-on'])]

/** A failure of the world that no later call with the same question made good. */
function outageIn(calls: readonly ModelCall[]): Outage | null {
  const failures = calls.flatMap(({ failure }) => failure ?? [])
  const forGood = FOR_GOOD.flatMap((causes) => failures.find(({ cause }) => causes.has(cause)) ?? [])[0]
  if (forGood !== undefined) return { failure: forGood, final: true }
  for (const [index, { failure, hash, partial }] of calls.entries()) {
    if (failure === undefined || failure.kind !== 'transient' || LET_GO.has(failure.cause)) continue
    const madeGood = calls.slice(index + 1).some((later) => later.hash === hash && later.failure === undefined)
    // A stream that was cut after it began is the one thing that the proxy cannot repeat.
    if (!madeGood) return { failure, final: partial !== true }
  }
  return null
}

/** A call that the application gave up waiting for. Where it could answer all the same, it may have wanted that. */
function abandonedIn(calls: readonly ModelCall[]): Failure | null {
  const call = calls.find((one) => one.abandoned === true)
  return call === undefined
    ? null
    : { kind: 'transient', cause: 'timeout', message: `${call.provider} was slower than the application waits` }
}

function inWords(failure: Failure): Failure {
  return { ...failure, message: `a call that the application made had no answer: ${failure.message}` }
}

/** An application that fails because its own request was refused says so in words of its own; the provider's are added. */
function explained(failure: Failure, calls: readonly ModelCall[]): Failure {
  const refused = calls.findLast((call) => call.failure?.kind === 'behavioural')?.failure
  if (refused === undefined || failure.cause !== 'application-error') return failure
  return { ...failure, cause: refused.cause, message: `${failure.message} (${refused.message})` }
}

function counted(answer: Answer, calls: readonly ModelCall[]): Answer {
  const { usage: _usage, model: _model, ...own } = answer
  const models = [...new Set(calls.filter(isGeneration).flatMap((call) => call.answered ?? []))]
  return {
    ...own,
    ...given({
      usage: sumOf(calls.filter(isGeneration)),
      model: models.length === 0 ? undefined : models.join(', '),
      toolFees: calls.some((call) => call.toolFees) ? (true as const) : undefined,
      timings: timingsOf(answer, calls),
    }),
    calls,
  }
}

const isGeneration = ({ kind }: ModelCall) => kind === 'generation'

/**
 * Undefined as soon as one answered call is not counted, or one was let go unfinished: a sum that leaves something out is no sum.
 * Other calls that failed without counts cost nothing; what a provider bills itself is in money, and stays with its call.
 */
function sumOf(calls: readonly ModelCall[]): Usage | undefined {
  const answered = calls.filter((call) => call.failure === undefined || call.uncounted || call.usage !== undefined)
  const usages = answered.flatMap((call) => call.usage ?? [])
  if (usages.length < answered.length || usages.length === 0) return undefined
  const sum = (name: (typeof TOKEN_COUNTS)[number]) => usages.reduce((total, usage) => total + (usage[name] ?? 0), 0)
  const said = TOKEN_COUNTS.filter((name) => usages.some((usage) => usage[name] !== undefined))
  return { input: sum('input'), output: sum('output'), ...Object.fromEntries(said.map((name) => [name, sum(name)])) }
}

/** Stages that the application does not name itself: time in models, and until the first word of a stream. */
function timingsOf({ timings }: Answer, calls: readonly ModelCall[]): Answer['timings'] {
  const times = calls.flatMap((call) => (call.latencyMs === null ? [] : [call.latencyMs]))
  const first = calls.find((call) => call.firstTokenMs !== undefined)?.firstTokenMs
  const seen = given({
    'model calls': times.length === 0 ? undefined : times.reduce((a, b) => a + b, 0),
    'first token': first,
  })
  const all = { ...seen, ...timings }
  return Object.keys(all).length === 0 ? undefined : all
}
