// What an HTTP error says about whom: the world (transient) or the request (behavioural), SPEC section 6.
// Decided by status and the provider's own code or type. Words of the message only refine a cause among 400s that
// carry no code, and only by what the provider's sentence starts with or states about lengths.

import type { ErrorCause, Failure, Json } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import { at, isObject, listAt, parseJson, textAt } from './outside.ts'

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
  invalid_api_key: 'authentication',
  api_key_invalid: 'authentication',
  api_key_expired: 'authentication',
  authentication_error: 'authentication',
  unauthenticated: 'authentication',
  model_not_found: 'unknown-model',
  invalid_model: 'unknown-model',
  model_decommissioned: 'unknown-model',
  deploymentnotfound: 'unknown-model',
  context_length_exceeded: 'context-too-long',
  string_above_max_length: 'context-too-long',
  request_too_large: 'context-too-long',
  content_filter: 'content-filter',
  content_policy_violation: 'content-filter',
  invalid_prompt: 'content-filter',
}

const CAUSE_OF_STATUS: { readonly [status: number]: ErrorCause } = {
  401: 'authentication',
  402: 'quota',
  403: 'authentication',
  404: 'unknown-model',
  408: 'timeout',
  409: 'server',
  410: 'unknown-model',
  413: 'context-too-long',
  425: 'server',
  429: 'rate-limit',
  498: 'rate-limit',
  499: 'server',
}

type ProviderError = { readonly codes: readonly string[]; readonly message: string; readonly moderated: boolean }

/** The codes and the message of an error body of any shape we know; the body's beginning when it is of none. */
export function readProviderError(body: string): ProviderError {
  const parsed = parseJson(body)
  const whole = Array.isArray(parsed) ? at(parsed, 0) : parsed
  const inner = at(whole, 'error')
  const error = isObject(inner) ? inner : whole
  const message = typeof inner === 'string' ? inner : (textAt(error, 'message') ?? detailOf(error) ?? body)
  return {
    codes: codesOf(error),
    message: oneLine(message),
    moderated: at(error, 'metadata', 'reasons') !== undefined,
  }
}

/** The failure that a status other than 2xx stands for. `who` starts the message: a provider or a URL's host. */
export function classifyError(response: HttpResponse, who: string): Failure {
  const error = readProviderError(response.body)
  const cause = causeOf(response.status, error)
  return {
    kind: TRANSIENT.has(cause) ? 'transient' : 'behavioural',
    cause,
    message: `${who} answered ${response.status}: ${error.message || 'no message'}`,
    status: response.status,
  }
}

function causeOf(status: number, error: ProviderError): ErrorCause {
  if (status >= 500) return 'server'
  if (status < 400) return 'malformed-answer'
  const coded = error.codes.map((code) => (Object.hasOwn(CAUSE_OF_CODE, code) ? CAUSE_OF_CODE[code] : undefined))
  const named = coded.find((cause) => cause !== undefined)
  // A refusal for load stays one, whatever else the body says; only an empty account is more than that.
  if (status === 429) return named === 'quota' ? 'quota' : 'rate-limit'
  if (status === 408 || status === 413) return CAUSE_OF_STATUS[status] ?? 'refused-request'
  if (named !== undefined) return named
  if (status === 403 && error.moderated) return 'content-filter'
  return CAUSE_OF_STATUS[status] ?? refinedByMessage(error.message)
}

/** Anthropic, Gemini and vLLM give these 400s no code of their own. */
function refinedByMessage(message: string): ErrorCause {
  if (/^your credit balance is too low/i.test(message)) return 'quota'
  if (/^prompt is too long|^the input token count|^this model's maximum context length/i.test(message))
    return 'context-too-long'
  return 'refused-request'
}

function codesOf(error: Json | undefined): readonly string[] {
  const details = listAt(error, 'details')
  const daily = details.some((detail) =>
    listAt(detail, 'violations').some((v) => /PerDay/.test(textAt(v, 'quotaId') ?? '')),
  )
  const said = [at(error, 'code'), at(error, 'type'), at(error, 'status'), ...details.map((d) => at(d, 'reason'))]
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
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
