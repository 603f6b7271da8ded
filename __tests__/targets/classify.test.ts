import { describe, expect, it } from 'vitest'
import { classifyError } from '../../src/targets/classify.ts'
import { retryAfterMs } from '../../src/targets/retry-after.ts'

function classify(status: number, body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { kind, cause } = classifyError({ status, headers: {}, body: text }, 'openai')
  return `${kind} ${cause}`
}
const error = (fields: object) => ({ error: { message: 'm', ...fields } })

describe('an error has a cause', () => {
  it.each([
    [429, error({ code: 'rate_limit_exceeded' }), 'transient rate-limit'],
    [429, error({ type: 'insufficient_quota', code: 'insufficient_quota' }), 'transient quota'],
    [400, error({ code: 'billing_hard_limit_reached' }), 'transient quota'],
    [402, error({}), 'transient quota'],
    [429, error({ message: 'You exceeded your current quota of requests per minute' }), 'transient rate-limit'],
    [429, 'too many', 'transient rate-limit'],
    [408, '', 'transient timeout'],
    [409, '', 'transient server'],
    [500, '', 'transient server'],
    [503, error({ code: 'model_not_found' }), 'transient server'],
    [529, { type: 'error', error: { type: 'overloaded_error', message: 'm' } }, 'transient server'],
    [401, error({ code: 'invalid_api_key' }), 'transient authentication'],
    [403, error({}), 'transient authentication'],
    [403, error({ code: 'model_not_found' }), 'behavioural unknown-model'],
    [403, error({ code: 403, metadata: { reasons: ['violence'] } }), 'behavioural content-filter'],
    [
      400,
      { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'm', details: [{ reason: 'API_KEY_INVALID' }] } },
      'transient authentication',
    ],
    [404, error({ code: 'model_not_found' }), 'behavioural unknown-model'],
    [
      404,
      { type: 'error', error: { type: 'not_found_error', message: 'model: claude-x' } },
      'behavioural unknown-model',
    ],
    [400, error({ code: 'model_decommissioned' }), 'behavioural unknown-model'],
    [400, error({ code: 'unsupported_parameter', param: 'temperature' }), 'behavioural refused-request'],
    [400, error({ code: 'invalid_function_parameters' }), 'behavioural refused-request'],
    [422, { detail: [{ loc: ['body'], msg: 'field required' }] }, 'behavioural refused-request'],
    [400, error({ code: 'context_length_exceeded' }), 'behavioural context-too-long'],
    [413, { type: 'error', error: { type: 'request_too_large', message: 'm' } }, 'behavioural context-too-long'],
    [
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens' } },
      'behavioural context-too-long',
    ],
    [
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access' } },
      'transient quota',
    ],
    [400, error({ code: 'content_filter' }), 'behavioural content-filter'],
    [400, error({ code: 'invalid_prompt' }), 'behavioural content-filter'],
    [302, '', 'transient malformed-answer'],
    [400, '', 'behavioural refused-request'],
    [400, '[{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"m"}}]', 'behavioural refused-request'],
    [
      429,
      error({
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }] }],
      }),
      'transient quota',
    ],
    [
      429,
      error({
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerMinute' }] }],
      }),
      'transient rate-limit',
    ],
  ])('%i %j is %s', (status, body, expected) => {
    expect(classify(status, body)).toBe(expected)
  })

  it('words in a message do not decide where a code exists', () => {
    const words = 'rate limit quota timeout model not found content_filter prompt is too long insufficient_quota'
    expect(classify(400, error({ code: 'unsupported_value', message: words }))).toBe('behavioural refused-request')
  })

  it('keeps the status and a short single line of the message', () => {
    const failure = classifyError(
      { status: 400, headers: {}, body: JSON.stringify(error({ message: `a\n::error::b ${'x'.repeat(5000)}` })) },
      'groq',
    )
    expect(failure.status).toBe(400)
    expect(failure.message).toMatch(/^groq answered 400: a ::error::b x+…$/)
    expect(failure.message.length).toBeLessThan(330)
  })

  it('a body of megabytes or deep nesting is no trouble', () => {
    expect(classify(500, 'x'.repeat(5_000_000))).toBe('transient server')
    expect(classify(400, `${'['.repeat(200_000)}`)).toBe('behavioural refused-request')
    expect(classify(400, '{"error":{"code":"__proto__","message":1}}')).toBe('behavioural refused-request')
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  const wait = (headers: Record<string, string>, status = 429, body = '') =>
    retryAfterMs({ status, headers, body }, now)
  it.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '3600' }, 3_600_000],
    [{ 'retry-after-ms': '300', 'retry-after': '1' }, 300],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5x' }, null],
    [{}, null],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [{ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '6m0s' }, null],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms' }, 120],
    [
      { 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:07Z' },
      7000,
    ],
  ])('%j: %s', (headers, expected) => {
    expect(wait(headers as Record<string, string>)).toBe(expected)
  })

  it('reads Gemini’s RetryInfo, and nothing out of a good answer', () => {
    const body = JSON.stringify({ error: { details: [{ retryDelay: '34.5s' }] } })
    expect(wait({}, 429, body)).toBe(34_500)
    expect(wait({ 'retry-after': '9' }, 200)).toBeNull()
  })
})
