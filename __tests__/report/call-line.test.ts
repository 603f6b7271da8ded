import { describe, expect, it } from 'vitest'
import type { Answer, Outcome } from '../../src/domain.ts'
import { callLine } from '../../src/report/call-line.ts'
import { callRecord } from '../../src/run/call-record.ts'
import { request, trial } from '../targets/requests.ts'

const facts = { attempt: 1, startedAt: 's', endedAt: 'e', retried: false, costPico: null, raw: '' }
function lineOf(outcome: Outcome, texts = true): { readonly [name: string]: unknown } {
  const record = callRecord({ trial: trial(), request: request() }, outcome, facts)
  return JSON.parse(callLine(record, { redact: (text) => text.replaceAll('secret', '***'), texts }))
}
const answered = (answer: Partial<Answer>) =>
  lineOf({ state: 'answered', answer: { text: 'x', latencyMs: 1, ...answer } })

describe('a line of calls.jsonl', () => {
  it('has every count that the provider gave', () => {
    const usage = {
      input: 100,
      output: 50,
      cachedInput: 10,
      cacheWrite5m: 20,
      cacheWrite1h: 30,
      reasoning: 5,
      audioInput: 6,
      audioCached: 4,
      audioOutput: 7,
      imageInput: 8,
      imageOutput: 9,
      reportedUsd: '0.01',
    }
    const ids = { requestId: 'req-1', responseId: 'chatcmpl-1' }
    expect(
      answered({ usage, serviceTier: 'flex', terms: { speed: 'fast' }, fingerprint: 'fp', ...ids, model: 'm' }),
    ).toMatchObject({
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.cache_read.input_tokens': 10,
      'gen_ai.usage.cache_creation.input_tokens': 50,
      'parity.usage.cache_creation_5m.input_tokens': 20,
      'parity.usage.cache_creation_1h.input_tokens': 30,
      'gen_ai.usage.reasoning.output_tokens': 5,
      'parity.usage.audio.input_tokens': 6,
      'parity.usage.audio.cache_read.input_tokens': 4,
      'parity.usage.audio.output_tokens': 7,
      'parity.usage.image.input_tokens': 8,
      'parity.usage.image.output_tokens': 9,
      'parity.usage.reported_usd': '0.01',
      'parity.service_tier': 'flex',
      'parity.terms': { speed: 'fast' },
      'parity.system_fingerprint': 'fp',
      'gen_ai.response.id': 'chatcmpl-1',
      'parity.http_request_id': 'req-1',
      'gen_ai.response.model': 'm',
    })
  })

  it('has no field for what nobody counted, and a 0 for a 0', () => {
    const usageFields = (answer: Partial<Answer>) =>
      Object.keys(answered(answer)).filter((name) => name.includes('usage'))
    expect(usageFields({})).toEqual([])
    expect(usageFields({ usage: { input: 1, output: 1 } })).toHaveLength(2)
    expect(answered({ usage: { input: 1, output: 1, cacheWrite1h: 0 } })).toMatchObject({
      'gen_ai.usage.cache_creation.input_tokens': 0,
      'parity.usage.cache_creation_1h.input_tokens': 0,
    })
  })

  it('has the words of the provider redacted, where texts are not shown, too', () => {
    const numbers = { requestId: 'r-secret', responseId: 'c-secret' }
    const said = { model: 'm-secret', fingerprint: 'fp-secret', serviceTier: 'secret', ...numbers }
    const failure = { kind: 'transient', cause: 'server', message: 'a secret', ...said } as const
    const outcomes: readonly Outcome[] = [
      { state: 'answered', answer: { text: 'secret', latencyMs: 1, ...said } },
      { state: 'failed', failure },
    ]
    for (const texts of [true, false])
      for (const outcome of outcomes) expect(JSON.stringify(lineOf(outcome, texts))).not.toContain('secret')
    expect(answered(said)).toMatchObject({
      'gen_ai.response.model': 'm-***',
      'gen_ai.response.id': 'c-***',
      'parity.http_request_id': 'r-***',
      'parity.system_fingerprint': 'fp-***',
      'parity.service_tier': '***',
    })
    expect(lineOf({ state: 'failed', failure })['parity.error.request_id']).toBe('r-***')
  })

  it('has neither id where the provider gave none', () => {
    const line = answered({ requestId: 'req-1' })
    expect('gen_ai.response.id' in line).toBe(false)
    expect('parity.http_request_id' in answered({ responseId: 'c' })).toBe(false)
  })

  it('has of an answer that was filtered whole what an answer has, and no text', () => {
    const said = {
      usage: { input: 9, output: 3 },
      ...{ model: 'm', fingerprint: 'fp', serviceTier: 'flex', terms: { speed: 'fast' } },
      ...{ requestId: 'req-1', responseId: 'chatcmpl-1', finishReason: 'content_filter' as const },
    }
    const filtered = { kind: 'behavioural', cause: 'content-filter', message: 'all of it', ...said } as const
    const { 'gen_ai.output.messages': _, 'parity.latency_ms': __, ...as } = answered(said)
    expect(lineOf({ state: 'failed', failure: filtered })).toEqual({
      ...as,
      'parity.latency_ms': null,
      'parity.error.cause': 'content-filter',
      'parity.error.request_id': 'req-1',
      'parity.error.message': 'all of it',
    })
  })

  it('has tool calls where texts may be shown, redacted', () => {
    const toolCalls = [{ name: 'find', arguments: { q: 'a secret' } }]
    const outcome: Outcome = { state: 'answered', answer: { text: '', latencyMs: 1, toolCalls } }
    expect(lineOf(outcome)['parity.tool_calls']).toEqual([{ name: 'find', arguments: '{"q":"a ***"}' }])
    expect('parity.tool_calls' in lineOf(outcome, false)).toBe(false)
    expect('parity.tool_calls' in answered({})).toBe(false)
  })

  it('has status and number of a request that failed', () => {
    const failure = { kind: 'transient', cause: 'server', message: 'm', status: 500, requestId: 'r-1' } as const
    expect(lineOf({ state: 'failed', failure })).toMatchObject({
      'parity.error.cause': 'server',
      'parity.error.status': 500,
      'parity.error.request_id': 'r-1',
    })
  })
})
