// What an HTTP error says about whom: the world (transient) or the request (behavioural), SPEC section 6.
// Decided by status and the provider's own code or type. Words of the message only refine a cause where a provider has no
// code for it, and only by how its known sentences start or end.

import type { ErrorCause, Failure, Json } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { at, given, isObject, listAt, parseJson, textAt } from './outside.ts'
import { requestIdOf } from './shape.ts'

const TRANSIENT: ReadonlySet<ErrorCause> = new Set<ErrorCause>([
  'rate-limit',
  'quota',
  'timeout',
  'connection',
  'server',
  'authentication',
  'malformed-answer',
  'empty-answer',
])

/** Codes and types that mean one thing with any 4xx status. Lower case. */
const CAUSE_OF_CODE: { readonly [code: string]: ErrorCause } = {
  insufficient_quota: 'quota',
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  billing_error: 'quota',
  insufficient_balance: 'quota',
  credit_balance_exhausted: 'quota',
  organization_spend_limit_exceeded: 'quota',
  project_spend_limit_exceeded: 'quota',
  organization_usage_limit_exceeded: 'quota',
  enforced_spend_limit_reached: 'quota',
  blocked_api_access: 'quota',
  budget_exceeded: 'quota',
  servicequotaexceededexception: 'quota',
  invalid_api_key: 'authentication',
  api_key_invalid: 'authentication',
  api_key_expired: 'authentication',
  authentication_error: 'authentication',
  unrecognizedclientexception: 'authentication',
  invalidsignatureexception: 'authentication',
  incompletesignatureexception: 'authentication',
  expiredtokenexception: 'authentication',
  missingauthenticationtokenexception: 'authentication',
  unauthenticated: 'authentication',
  organization_restricted: 'authentication',
  model_not_found: 'unknown-model',
  invalid_model: 'unknown-model',
  model_decommissioned: 'unknown-model',
  deploymentnotfound: 'unknown-model',
  operationnotsupported: 'unknown-model',
  context_length_exceeded: 'context-too-long',
  string_above_max_length: 'context-too-long',
  request_too_large: 'context-too-long',
  content_filter: 'content-filter',
  content_policy_violation: 'content-filter',
  responsibleaipolicyviolation: 'content-filter',
  invalid_prompt: 'content-filter',
}

const CAUSE_OF_STATUS: { readonly [status: number]: ErrorCause } = {
  401: 'authentication',
  402: 'quota',
  403: 'authentication',
  404: 'unknown-model',
  407: 'authentication',
  408: 'timeout',
  409: 'server',
  410: 'unknown-model',
  // Of gateways and hosts whose budget is used up: a request to a model has no precondition that could fail.
  412: 'quota',
  413: 'context-too-long',
  424: 'server',
  425: 'server',
  429: 'rate-limit',
  498: 'rate-limit',
  499: 'server',
}

/** Types and codes of errors that came with status 200, and the status that they stand for elsewhere. */
const STATUS_OF_CODE: { readonly [code: string]: number } = {
  invalid_request_error: 400,
  invalid_argument: 400,
  permission_error: 403,
  not_found_error: 404,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  resource_exhausted: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

type ProviderError = { readonly codes: readonly string[]; readonly message: string; readonly moderated: boolean }

/** The codes and the message of an error body of any shape we know; the body's beginning when it is of none. */
export function readProviderError(body: string, headers: HttpResponse['headers'] = {}): ProviderError {
  const parsed = parseJson(body)
  const whole = Array.isArray(parsed) ? at(parsed, 0) : parsed
  const inner = at(whole, 'error')
  const error = isObject(inner) ? inner : whole
  const message =
    typeof inner === 'string'
      ? inner
      : (textAt(error, 'message') ?? textAt(error, 'Message') ?? detailOf(error) ?? body)
  return {
    codes: [...codesOf(error), ...amazonCodes(headers['x-amzn-errortype'] ?? textAt(error, '__type'))],
    message: oneLine(message),
    moderated: at(error, 'metadata', 'reasons') !== undefined,
  }
}

/** The status that an error without one stands for: its number, also as a text, or its code or type. Null when it says none. */
export function meantStatus(error: Json | undefined): number | null {
  const number = Number(at(error, 'code') ?? Number.NaN)
  if (Number.isInteger(number) && number >= 400 && number < 600) return number
  const codes = codesOf(error)
  if (codes.some((code) => Object.hasOwn(CAUSE_OF_CODE, code))) return 400
  const known = codes.find((code) => Object.hasOwn(STATUS_OF_CODE, code))
  return known === undefined ? null : (STATUS_OF_CODE[known] ?? null)
}

/** The failure that a status other than 2xx stands for. `who` starts the message: a provider or a URL's host. */
export function classifyError(response: HttpResponse, who: string): Failure {
  const error = readProviderError(response.body, response.headers)
  const cause = causeOf(response, error)
  return {
    kind: TRANSIENT.has(cause) ? 'transient' : 'behavioural',
    cause,
    message: `${who} answered ${response.status}: ${redirection(response) ?? (error.message || 'no message')}`,
    status: response.status,
    ...given({ requestId: requestIdOf(response) }),
  }
}

/** Where it leads, without what may be a secret in it. Null for other statuses. */
function redirection({ status, headers: { location } }: HttpResponse): string | null {
  if (status < 300 || status > 399 || location === undefined) return null
  const [where = ''] = location.split(/[?#]/, 1)
  return `it leads to ${oneLine(where.replace(/\/\/[^/@]*@/, '//'))}, and redirections are not followed: correct the address`
}

function causeOf({ status, headers }: HttpResponse, error: ProviderError): ErrorCause {
  if (status >= 500) return 'server'
  if (status < 400) return 'malformed-answer'
  const coded = error.codes.map((code) => (Object.hasOwn(CAUSE_OF_CODE, code) ? CAUSE_OF_CODE[code] : undefined))
  const named = coded.find((cause) => cause !== undefined)
  // A refusal for load stays one, whatever else the body says; only an empty account is more than that.
  if (status === 429) return named === 'quota' || isUsedUp(error.message, headers) ? 'quota' : refusedForLoad(error)
  if (status === 408 || status === 413) return CAUSE_OF_STATUS[status] ?? 'refused-request'
  if (named !== undefined) return named
  if (status === 403 && error.moderated) return 'content-filter'
  const said = status === 400 || status === 403 ? saidIn(error.message) : undefined
  return said ?? CAUSE_OF_STATUS[status] ?? 'refused-request'
}

/** OpenAI's words for a request that is larger than what it takes in a minute: waiting does not make it smaller. */
function refusedForLoad({ message }: ProviderError): ErrorCause {
  return /^request too large\b/i.test(message) ? 'context-too-long' : 'rate-limit'
}

/** What known sentences mean that come without a code of their own: first match counts. */
const SAYINGS: readonly (readonly [RegExp, ErrorCause])[] = [
  [/^your credit balance is too low|\bhas either used all available credits\b/i, 'quota'],
  [/^you have reached your specified (?:workspace )?api usage limits|^budget has been exceeded!/i, 'quota'],
  [/^incorrect api key provided|^this organization has been disabled/i, 'authentication'],
  [/^user location is not supported/i, 'authentication'],
  [/^(prompt|input) is too long|^the input token count|^this model's maximum context length/i, 'context-too-long'],
  [/^the provided model identifier is invalid|^invocation of model id \S+ with on-demand throughput/i, 'unknown-model'],
  [/^you don't have access to the model|^model access is denied/i, 'unknown-model'],
  [/^project \S+ is not allowed to use publisher model|is not a valid model id\.?$/i, 'unknown-model'],
  // xAI's filter, with the code of a caller without permission.
  [/^content violates usage guidelines\b/i, 'content-filter'],
]

/** What a service puts before the words of the one behind it: Bedrock, and LiteLLM with Anthropic's whole body. */
const WRAPPINGS = [
  /^the model returned the following errors: /i,
  /^litellm\.\w+: (?:\w+ - )?/,
  /^(?:b')?\{"type": ?"error", ?"error": ?\{"type": ?"\w+", ?"message": ?"/,
]

/** Anthropic, Gemini, vLLM, Bedrock, Vertex, xAI, LiteLLM and OpenRouter give these no code that tells them apart. */
function saidIn(message: string): ErrorCause | undefined {
  const own = WRAPPINGS.reduce((text, wrapping) => text.replace(wrapping, ''), message)
  return SAYINGS.find(([sentence]) => sentence.test(own))?.[1]
}

/** A limit per day ends the run, unless the provider itself says that it is a matter of minutes. */
function isUsedUp(message: string, headers: HttpResponse['headers']): boolean {
  if (saidIn(message) === 'quota') return true
  const waitS = Number(headers['retry-after'] ?? Number.NaN)
  return /\bper[ -]day\b/i.test(message) && !(waitS <= 600)
}

/** `ValidationException:http://...`, or `com.amazon.coral#ValidationException`. */
function amazonCodes(said: string | undefined): readonly string[] {
  const code = said?.split(':')[0]?.split('#').at(-1)
  return code ? [code.toLowerCase()] : []
}

function codesOf(error: Json | undefined): readonly string[] {
  const details = listAt(error, 'details')
  const daily = details.some((detail) => {
    const limits = listAt(detail, 'violations').map((violation) => textAt(violation, 'quotaId'))
    return [...limits, textAt(detail, 'metadata', 'quota_limit')].some((limit) => /PerDay/.test(limit ?? ''))
  })
  const names = ['code', 'type', 'status'].map((name) => at(error, name))
  const inner = [at(error, 'innererror', 'code'), at(error, 'details', 'error_code')]
  const said = [...names, ...inner, ...details.map((detail) => at(detail, 'reason'))]
  const codes = said.filter((code) => typeof code === 'string').map((code) => code.toLowerCase())
  return daily ? ['insufficient_quota', ...codes] : codes
}

/** FastAPI servers say `detail`: a text, or a list of validation errors. */
function detailOf(error: Json | undefined): string | undefined {
  const detail = at(error, 'detail')
  return detail === undefined ? undefined : typeof detail === 'string' ? detail : JSON.stringify(detail)
}

/** At most 300 characters on one line: enough to act on, too little to flood a report. */
export function oneLine(text: string): string {
  const line = text.slice(0, 2000).replace(/\s+/g, ' ').trim()
  return line.length > 300 || text.length > 2000 ? `${line.slice(0, 299)}…` : line
}
