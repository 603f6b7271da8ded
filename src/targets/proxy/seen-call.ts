// What is remembered of a call that was passed on: in the case's answer, and in the state directory.

import { cutText } from '../../cut-text.ts'
import type { AnswerFacts, Failure, Json, JsonObject, ModelCall, Outcome, Request, Trial } from '../../domain.ts'
import { withoutFacts } from '../../facts-of.ts'
import { termsIn } from '../../prices/terms.ts'
import { parseJson } from '../outside.ts'
import { promptText } from './read-request.ts'
import type { Relayed } from './relay.ts'
import type { SeenCall } from './session.ts'

/** Longest prompt that the report can show. */
const SHOWN_CHARACTERS = 20_000

export type Ended = { readonly outcome: Outcome; readonly relayed: Relayed }

export function modelCall(asked: Request, { outcome, relayed, trial }: Ended & { readonly trial: Trial }): ModelCall {
  const isFirst = trial.step === 'pass' && trial.index === 0
  const { firstTokenMs } = relayed
  const common = {
    provider: asked.provider,
    model: asked.model ?? '',
    hash: asked.hash,
    kind: relayed.route.api === 'embeddings' ? ('embedding' as const) : ('generation' as const),
    ...(firstTokenMs === null ? {} : { firstTokenMs }),
    ...(isFirst ? { prompt: cutText(promptText(asked), SHOWN_CHARACTERS) } : {}),
  }
  if (outcome.state === 'failed') {
    const abandoned = relayed.reply.gone.aborted && !relayed.over.aborted && !relayed.committed
    const left = abandoned ? { abandoned: true as const } : {}
    const partial = relayed.committed ? { partial: true as const } : {}
    const uncounted = outcome.failure.cause === 'cancelled' && relayed.underway ? { uncounted: true as const } : {}
    const { failure } = outcome
    // One that was filtered whole is counted and paid for as an answer is.
    const paid = failure.usage === undefined ? { counted: 'unknown' as const } : paidFor(asked, failure, 'measured')
    return { ...common, ...left, ...partial, ...uncounted, ...paid, latencyMs: null, failure: withoutFacts(failure) }
  }
  const { answer } = outcome
  const counted = answer.usage === undefined ? 'unknown' : relayed.estimated ? 'estimated' : 'measured'
  return { ...common, latencyMs: answer.latencyMs, ...paidFor(asked, answer, counted) }
}

/** What its price is made of. */
function paidFor(asked: Request, { usage, model, toolFees, ...said }: AnswerFacts, counted: ModelCall['counted']) {
  const terms = { ...termsIn(asked.parameters), ...said.terms }
  return {
    counted,
    ...(usage === undefined ? {} : { usage }),
    ...(toolFees === undefined ? {} : { toolFees }),
    ...(Object.keys(terms).length === 0 ? {} : { terms }),
    ...(model === undefined ? {} : { answered: model }),
  }
}

/** Everything that went over the wire but the keys, for the state directory. */
export function keptCall(
  asked: Request,
  { outcome, relayed, call, trial }: Ended & { readonly call: SeenCall; readonly trial: Trial },
): JsonObject {
  const failure: Json = outcome.state === 'failed' ? failureLine(outcome.failure) : null
  return {
    trial: { ...trial },
    provider: asked.provider,
    api: relayed.route.api,
    url: relayed.route.url,
    hash: asked.hash,
    request: parseJson(relayed.asked.body.text) ?? null,
    answer: outcome.state === 'answered' ? outcome.answer.text : null,
    failure,
    firstTokenMs: relayed.firstTokenMs,
    latencyMs: call.made?.latencyMs ?? null,
    counted: call.made?.counted ?? 'unknown',
    arrivedAt: new Date(call.arrivedMs).toISOString(),
  }
}

function failureLine(failure: Failure): JsonObject {
  const { requestId, ...rest } = withoutFacts(failure)
  return { ...rest, ...(requestId === undefined ? {} : { requestId }) }
}
