// One line of calls.jsonl: OpenTelemetry's GenAI names where they exist, ours under `parity.*`.

import { canonicalJson } from '../config/canonical.ts'
import type { Message, Usage } from '../domain.ts'
import { factsOf } from '../facts-of.ts'
import { formatUsd } from '../money.ts'
import type { CallRecord } from '../run/call-record.ts'

export type CallLineOptions = { readonly redact: (text: string) => string; readonly texts: boolean }

export function callLine(record: CallRecord, { redact, texts }: CallLineOptions): string {
  const { request, trial, usage } = record
  const answer = record.outcome.state === 'answered' ? record.outcome.answer : null
  // Of an answer that was filtered whole there is everything but the text.
  const facts = factsOf(record.outcome)
  // Names and numbers of the provider's are shown even where texts are not.
  const said = (value: string | undefined) => (value === undefined ? undefined : redact(value))
  const text = (value: string) => (texts ? redact(value) : undefined)
  return JSON.stringify({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': request.provider,
    'gen_ai.request.model': request.model,
    'gen_ai.response.model': said(record.modelAnswered),
    'gen_ai.response.id': said(facts.responseId),
    'gen_ai.response.finish_reasons': facts.finishReason === undefined ? undefined : [facts.finishReason],
    'gen_ai.usage.input_tokens': usage?.input,
    'gen_ai.usage.output_tokens': usage?.output,
    'gen_ai.usage.cache_read.input_tokens': usage?.cachedInput,
    'gen_ai.usage.cache_creation.input_tokens': written(usage),
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoning,
    'gen_ai.input.messages': texts ? request.messages.map((message) => redactedMessage(message, redact)) : undefined,
    'gen_ai.output.messages': answer === null ? undefined : text(answer.text),
    'parity.application.input':
      request.application === undefined ? undefined : text(JSON.stringify(request.application)),
    'parity.retrieved': answer?.retrieved?.map(({ id, score }) => ({ id: text(id), score })),
    // Nothing of a text is left where texts are not shown: then there is nothing to list.
    'parity.tool_calls': texts
      ? answer?.toolCalls?.map((call) => ({ name: text(call.name), arguments: text(canonicalJson(call.arguments)) }))
      : undefined,
    'parity.timings_ms': answer?.timings,
    'parity.model_calls': answer?.calls?.length,
    'parity.parameters': request.parameters,
    'parity.usage.cache_creation_5m.input_tokens': usage?.cacheWrite5m,
    'parity.usage.cache_creation_1h.input_tokens': usage?.cacheWrite1h,
    'parity.usage.audio.input_tokens': usage?.audioInput,
    'parity.usage.audio.cache_read.input_tokens': usage?.audioCached,
    'parity.usage.audio.output_tokens': usage?.audioOutput,
    'parity.usage.image.input_tokens': usage?.imageInput,
    'parity.usage.image.output_tokens': usage?.imageOutput,
    'parity.usage.reported_usd': usage?.reportedUsd,
    // `parity.request_id` is a word of traffic profiles, for the request that a call is made for.
    'parity.http_request_id': said(facts.requestId),
    'parity.system_fingerprint': said(facts.fingerprint),
    'parity.service_tier': said(facts.serviceTier),
    'parity.terms': facts.terms && {
      inference_geo: said(facts.terms.inference_geo),
      speed: said(facts.terms.speed),
    },
    'parity.purpose': record.purpose,
    'parity.eval_set': trial.evalSet,
    'parity.case': trial.caseId,
    'parity.side': trial.side,
    'parity.step': trial.step,
    'parity.index': trial.index,
    'parity.attempt': record.attempt,
    'parity.stored': record.stored,
    'parity.lost': record.lost,
    'parity.prompt_hash': record.promptHash,
    'parity.request_hash': request.hash,
    'parity.raw_sha256': record.rawSha256,
    'parity.cost_usd': record.costPico === null ? null : formatUsd(record.costPico),
    'parity.latency_ms': record.latencyMs,
    'parity.error.cause': record.failure?.cause,
    'parity.error.status': record.failure?.status,
    'parity.error.request_id': said(record.failure?.requestId),
    'parity.error.message': said(record.failure?.message),
    'parity.started_at': record.startedAt,
    'parity.ended_at': record.endedAt,
  })
}

function redactedMessage(message: Message, redact: (text: string) => string): Message {
  const shown = redact(message.content)
  if (message.toolCalls === undefined && shown === message.content) return message
  const { content: _, toolCalls, ...rest } = message
  const calls = toolCalls?.map((call) => ({
    ...call,
    name: redact(call.name),
    arguments: redact(canonicalJson(call.arguments)),
  }))
  return { ...rest, content: shown, ...(calls === undefined ? {} : { toolCalls: calls }) }
}

/** Undefined while no kind of write is known. */
function written(usage: Usage | undefined): number | undefined {
  const { cacheWrite5m, cacheWrite1h } = usage ?? {}
  return cacheWrite5m === undefined && cacheWrite1h === undefined
    ? undefined
    : (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0)
}
