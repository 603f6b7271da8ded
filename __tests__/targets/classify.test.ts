import { describe, expect, it } from 'vitest'
import { classifyError } from '../../src/targets/classify.ts'
import { limitsLeft } from '../../src/targets/limits-left.ts'
import { retryAfterMs } from '../../src/targets/retry-after.ts'

function classify(status: number, body: unknown, headers: Record<string, string> = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { kind, cause } = classifyError({ status, headers, body: text }, 'openai')
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
    // A proxy on the way, which is nobody's request.
    [407, '', 'transient authentication'],
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

  const anthropic = (message: string, type = 'invalid_request_error', details?: object) => ({
    type: 'error',
    error: { type, message, ...(details === undefined ? {} : { details }) },
  })
  const wrapped = (message: string) => error({ message, type: null, code: '400' })
  it.each([
    [
      400,
      anthropic('You have reached your specified API usage limits. You will regain access on 2026-12-01.'),
      'quota',
    ],
    [400, anthropic('You have reached your specified workspace API usage limits. You will regain access'), 'quota'],
    [429, anthropic('m', 'rate_limit_error', { error_code: 'enforced_spend_limit_reached' }), 'quota'],
    [400, anthropic('This organization has been disabled.'), 'authentication'],
    [429, error({ type: 'requests', code: 'project_spend_limit_exceeded' }), 'quota'],
    [429, error({ type: 'insufficient_funds', code: 'organization_spend_limit_exceeded' }), 'quota'],
    [429, error({ code: 'organization_usage_limit_exceeded' }), 'quota'],
    [429, error({ code: 'credit_balance_exhausted' }), 'quota'],
    [400, error({ type: 'invalid_request_error', code: 'blocked_api_access' }), 'quota'],
    [400, error({ type: 'invalid_request_error', code: 'organization_restricted' }), 'authentication'],
    [400, error({ type: 'budget_exceeded', code: '400' }), 'quota'],
    [429, error({ type: 'budget_exceeded', code: '429' }), 'quota'],
    [400, error({ type: 'auth_error', message: 'Budget has been exceeded! Current cost: 5.01' }), 'quota'],
    [400, wrapped('litellm.BadRequestError: OpenAIException - Budget has been exceeded! Current cost: 14'), 'quota'],
    [
      400,
      wrapped(
        `litellm.BadRequestError: AnthropicException - ${JSON.stringify(anthropic('Your credit balance is too low'))}`,
      ),
      'quota',
    ],
    [412, error({ code: 'PRECONDITION_FAILED', message: 'Account acme is suspended, possibly due to' }), 'quota'],
    [412, { status: 'failure', message: 'Usage limits exceeded' }, 'quota'],
    [400, error({ code: 400, message: 'User location is not supported for the API use.' }), 'authentication'],
  ])('an account that is at its limit or shut is nobody’s regression: %i %j', (status, body, cause) => {
    expect(classify(status, body)).toBe(`transient ${cause}`)
  })

  it('a redirection says where it leads, without credentials', () => {
    const said = (location: string) => classifyError({ status: 307, headers: { location }, body: '' }, 'openai').message
    expect(said('https://user:pw@new.test/v2/chat?key=s#x')).toBe(
      'openai answered 307: it leads to https://new.test/v2/chat, and redirections are not followed: correct the address',
    )
    expect(said('/v2/chat')).toContain('it leads to /v2/chat,')
  })

  it('a request that only speaks of limits is refused for itself', () => {
    const said = 'messages.0: "You have reached your specified API usage limits" is too long for this field'
    expect(classify(400, anthropic(said))).toBe('behavioural refused-request')
    expect(classify(400, wrapped(`litellm.BadRequestError: AnthropicException - ${said}`))).toBe(
      'behavioural refused-request',
    )
  })

  const amazon = (type: string) => ({ 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` })
  const google = (code: number, status: string, message = 'm', details: readonly object[] = []) => ({
    error: { code, status, message, details },
  })
  it.each([
    // Azure
    [404, error({ code: 'DeploymentNotFound' }), {}, 'behavioural unknown-model'],
    [400, error({ code: 'OperationNotSupported' }), {}, 'behavioural unknown-model'],
    [400, error({ code: 'content_filter', innererror: {} }), {}, 'behavioural content-filter'],
    [
      400,
      error({ code: null, innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      {},
      'behavioural content-filter',
    ],
    [429, error({ code: '429', message: 'Requests have exceeded call rate limit' }), {}, 'transient rate-limit'],
    [401, { statusCode: 401, message: 'Unauthorized. Access token is missing.' }, {}, 'transient authentication'],
    [401, error({ code: 'PermissionDenied' }), {}, 'transient authentication'],
    [400, error({ code: 'unsupported_parameter', param: 'temperature' }), {}, 'behavioural refused-request'],
    // Bedrock
    [429, { message: 'Too many requests' }, amazon('ThrottlingException'), 'transient rate-limit'],
    [429, { message: 'Too many tokens per day, please wait' }, amazon('ThrottlingException'), 'transient quota'],
    [429, { message: 'The model is not ready' }, amazon('ModelNotReadyException'), 'transient rate-limit'],
    [408, { message: 'm' }, amazon('ModelTimeoutException'), 'transient timeout'],
    [424, { message: 'm' }, amazon('ModelErrorException'), 'transient server'],
    [503, { message: 'm' }, amazon('ServiceUnavailableException'), 'transient server'],
    [400, { message: 'm' }, amazon('ServiceQuotaExceededException'), 'transient quota'],
    [403, { Message: 'User is not authorized' }, amazon('AccessDeniedException'), 'transient authentication'],
    [
      403,
      { message: "You don't have access to the model with the specified model ID." },
      amazon('AccessDeniedException'),
      'behavioural unknown-model',
    ],
    [403, { message: 'The security token is expired' }, amazon('ExpiredTokenException'), 'transient authentication'],
    [400, { __type: 'com.amazon.coral.service#UnrecognizedClientException' }, {}, 'transient authentication'],
    [404, { message: 'm' }, amazon('ResourceNotFoundException'), 'behavioural unknown-model'],
    [
      400,
      { message: 'The provided model identifier is invalid.' },
      amazon('ValidationException'),
      'behavioural unknown-model',
    ],
    [
      400,
      { message: "Invocation of model ID a.b-v1:0 with on-demand throughput isn't supported. Retry with a profile." },
      amazon('ValidationException'),
      'behavioural unknown-model',
    ],
    [
      400,
      { message: 'Input is too long for requested model.' },
      amazon('ValidationException'),
      'behavioural context-too-long',
    ],
    [
      400,
      { message: 'The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum' },
      amazon('ValidationException'),
      'behavioural context-too-long',
    ],
    [
      400,
      { message: 'Malformed input request: #: extraneous key [seed] is not permitted' },
      amazon('ValidationException'),
      'behavioural refused-request',
    ],
    // Vertex
    [404, google(404, 'NOT_FOUND', 'Publisher Model `x` was not found'), {}, 'behavioural unknown-model'],
    [
      400,
      google(400, 'FAILED_PRECONDITION', 'Project `1` is not allowed to use Publisher Model `x`'),
      {},
      'behavioural unknown-model',
    ],
    [429, google(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'), {}, 'transient rate-limit'],
    [
      429,
      google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', [
        { reason: 'RATE_LIMIT_EXCEEDED', metadata: { quota_limit: 'RequestsPerDayPerProject' } },
      ]),
      {},
      'transient quota',
    ],
    [
      403,
      google(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied"),
      {},
      'transient authentication',
    ],
    [401, google(401, 'UNAUTHENTICATED'), {}, 'transient authentication'],
    [400, google(400, 'INVALID_ARGUMENT', 'Unable to submit request because seed'), {}, 'behavioural refused-request'],
    // xAI, OpenRouter, Groq, Mistral, DeepSeek
    [
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***' },
      {},
      'transient authentication',
    ],
    [
      403,
      { code: 'x', error: 'Your team 1 has either used all available credits or reached its limit' },
      {},
      'transient quota',
    ],
    [
      403,
      {
        code: 'The caller does not have permission to execute the specified operation',
        error: 'Content violates usage guidelines. Team: t, API key ID: k, Failed check: SAFETY_CHECK_TYPE_BIO',
      },
      {},
      'behavioural content-filter',
    ],
    [
      403,
      {
        code: 'The caller does not have permission to execute the specified operation',
        error: 'API key k may not list "Content violates usage guidelines" records',
      },
      {},
      'transient authentication',
    ],
    [
      429,
      { code: 'x', error: 'Your team 1 has either used all available credits or reached its limit' },
      {},
      'transient quota',
    ],
    [
      404,
      { code: 'Some requested entity was not found', error: 'The model grok-x does not exist' },
      {},
      'behavioural unknown-model',
    ],
    [400, error({ code: 400, message: 'acme/house is not a valid model ID' }), {}, 'behavioural unknown-model'],
    [429, error({ code: 429, message: 'Rate limit exceeded: free-models-per-day' }), {}, 'transient quota'],
    [429, error({ message: 'Rate limit reached on tokens per day (TPD): Limit 1' }), {}, 'transient quota'],
    [
      429,
      error({ message: 'Rate limit reached on requests per day (RPD)' }),
      { 'retry-after': '9' },
      'transient rate-limit',
    ],
    [
      429,
      error({ message: 'Rate limit reached on requests per day (RPD)' }),
      { 'retry-after': '9000' },
      'transient quota',
    ],
    [413, error({ code: 'rate_limit_exceeded', type: 'tokens' }), {}, 'behavioural context-too-long'],
    [
      400,
      { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' },
      {},
      'behavioural unknown-model',
    ],
    [
      429,
      { object: 'error', message: 'm', type: 'service_tier_capacity_exceeded', code: '3505' },
      {},
      'transient rate-limit',
    ],
    [402, error({ message: 'Insufficient Balance' }), {}, 'transient quota'],
  ])('%i %j %j is %s', (status, body, headers, expected) => {
    expect(classify(status, body, headers as Record<string, string>)).toBe(expected)
  })

  it.each(['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid', 'x-ms-request-id'])(
    'keeps the number of the request (%s), and none where none is said',
    (name) => {
      const failure = (headers: Record<string, string>) => classifyError({ status: 500, headers, body: '' }, 'azure')
      expect(failure({ [name]: 'r-1' }).requestId).toBe('r-1')
      expect('requestId' in failure({ [name]: '' })).toBe(false)
    },
  )

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

it('a request that is larger than a minute’s limit is no matter of waiting', () => {
  const message =
    'Request too large for gpt-4.1 in organization org-x on tokens per min (TPM): Limit 30000, Requested 41000.'
  const body = JSON.stringify({ error: { message, type: 'tokens', code: 'rate_limit_exceeded' } })
  expect(classify(429, body)).toBe('behavioural context-too-long')
})

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  const wait = (headers: Record<string, string>, status = 429, body = '') =>
    retryAfterMs({ status, headers, body }, now)
  it.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': ' 2s ' }, 2000],
    [{ 'retry-after': '1m30s' }, 90_000],
    [{ 'retry-after': 'Sunday, 01-Mar-26 12:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Sun Mar  1 12:00:05 2026 GMT' }, 5000],
    [{ 'retry-after': '2026-03-01T12:00:05Z' }, 5000],
    // Dates to JavaScript, and to nobody else.
    [{ 'retry-after': 'soon 2030' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': 'try again in May' }, null],
    [{ 'retry-after': '3600' }, 3_600_000],
    [{ 'retry-after-ms': '300', 'retry-after': '1' }, 300],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:05 GMT' }, 5000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    // A clock that is two hours off: the answer says what time it is there.
    [{ 'retry-after': 'Sun, 01 Mar 2026 14:00:05 GMT', date: 'Sun, 01 Mar 2026 14:00:00 GMT' }, 5000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 10:00:05 GMT', date: 'Sun, 01 Mar 2026 10:00:00 GMT' }, 5000],
    // Close enough: our own clock is finer.
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:05 GMT', date: 'Sun, 01 Mar 2026 11:59:58 GMT' }, 5000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:05 GMT', date: 'yesterday' }, 5000],
    [
      {
        ...{ 'anthropic-ratelimit-requests-remaining': '0', date: 'Sun, 01 Mar 2026 09:00:00 GMT' },
        'anthropic-ratelimit-requests-reset': '2026-03-01T09:00:07Z',
      },
      7000,
    ],
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

  it.each([
    [
      'Rate limit reached for gpt-4.1 on tokens per min (TPM): Limit 30000, Used 29800. Please try again in 6.2s.',
      6200,
    ],
    ['Rate limit reached. Please try again in 7m12s.', 432_000],
    ['Please try again in 120ms.', 120],
    ['Please try again in a while.', null],
  ])('reads the sentence: %s', (message, expected) => {
    expect(wait({}, 429, JSON.stringify({ error: { message } }))).toBe(expected)
    expect(wait({ 'retry-after': '9' }, 429, JSON.stringify({ error: { message } }))).toBe(9000)
  })

  it('reads Gemini’s RetryInfo, and nothing out of a good answer', () => {
    const body = JSON.stringify({ error: { details: [{ retryDelay: '34.5s' }] } })
    expect(wait({}, 429, body)).toBe(34_500)
    expect(wait({ 'retry-after': '9' }, 200)).toBeNull()
  })
})

describe('what is left of limits', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  it.each([
    [{ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '1.5s' }, [[3, 1500]]],
    [
      { 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-03-01T12:00:07Z' },
      [[0, 7000]],
    ],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, [[0, 30_000]]],
    [{ 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': String(now / 1000 + 4) }, [[2, 4000]]],
    [{ 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': String(now + 4000) }, [[2, 4000]]],
    [{ 'x-ratelimit-remaining-tokens-minute': '9', 'x-ratelimit-reset-tokens-minute': '2m' }, [[9, 120_000]]],
    [{ 'x-ratelimit-remaining-requests': '3' }, []],
    [{ 'x-ratelimit-remaining-requests': '', 'x-ratelimit-reset-requests': '1s' }, []],
    [{ 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-reset-requests': '1s' }, []],
    [{ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': 'soon' }, []],
    [{ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '-3' }, []],
  ])('%j', (headers, expected) => {
    const told = limitsLeft({ status: 200, headers: headers as Record<string, string>, body: '' }, now)
    expect(told.map(({ left, resetMs }) => [left, resetMs])).toEqual(expected)
  })
})
