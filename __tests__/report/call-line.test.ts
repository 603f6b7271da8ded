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
    expect(
      answered({ usage, serviceTier: 'flex', terms: { speed: 'fast' }, fingerprint: 'fp', requestId: 'r', model: 'm' }),
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
      'gen_ai.response.id': 'r',
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
    const said = { model: 'm-secret', fingerprint: 'fp-secret', serviceTier: 'secret', requestId: 'r-secret' }
    const failure = { kind: 'transient', cause: 'server', message: 'a secret', requestId: 'r-secret' } as const
    const outcomes: readonly Outcome[] = [
      { state: 'answered', answer: { text: 'secret', latencyMs: 1, ...said } },
      { state: 'failed', failure },
    ]
    for (const texts of [true, false])
      for (const outcome of outcomes) expect(JSON.stringify(lineOf(outcome, texts))).not.toContain('secret')
    expect(answered(said)).toMatchObject({
      'gen_ai.response.model': 'm-***',
      'gen_ai.response.id': 'r-***',
      'parity.system_fingerprint': 'fp-***',
      'parity.service_tier': '***',
    })
    expect(lineOf({ state: 'failed', failure })['parity.error.request_id']).toBe('r-***')
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
