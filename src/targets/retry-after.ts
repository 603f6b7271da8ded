// When a provider wants to be asked again.

import type { HttpResponse } from '../ports.ts'
import { listAt, parseJson, textAt } from './outside.ts'

/**
 * Milliseconds to wait as the provider says it: `retry-after-ms`, `retry-after` (seconds, an HTTP date, or `2s`), Gemini's
 * RetryInfo, the sentence in which OpenAI says it, or the reset time of a limit that is used up. Null when it says nothing. No upper bound: the caller has a deadline.
 */
export function retryAfterMs(response: HttpResponse, ourMs: number): number | null {
  if (response.status < 400) return null
  const { headers } = response
  const nowMs = theirNow(response, ourMs)
  return (
    positive(headers['retry-after-ms'], 1) ??
    positive(headers['retry-after'], 1000) ??
    duration(headers['retry-after']?.trim()) ??
    untilDate(headers['retry-after'], nowMs) ??
    fromBody(response) ??
    fromResets(response, nowMs)
  )
}

/** Clocks that are closer than this agree; an answer's `date` has whole seconds, and may be as old as the way is long. */
const SKEW_MS = 5_000

/** What time it is for the provider, whose dates these are: a machine whose clock is wrong would wait for hours, or not at all. */
export function theirNow({ headers }: HttpResponse, ourMs: number): number {
  const date = Date.parse(headers.date ?? '')
  return Number.isNaN(date) || Math.abs(date - ourMs) < SKEW_MS ? ourMs : date
}

function positive(value: string | undefined, unitMs: number): number | null {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Math.ceil(Number(value) * unitMs) : null
}

/** A date of HTTP or of ISO 8601; much else is a date to JavaScript (`soon 2030`), and would be waited for. */
const DATE =
  /^\s*(?:[A-Z][a-z]+, \d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d|\d{4}-\d{2}-\d{2}[T ])/

export function untilDate(value: string | undefined, nowMs: number): number | null {
  const at = value === undefined || !DATE.test(value) ? Number.NaN : Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

function fromBody(response: HttpResponse): number | null {
  const body = response.status === 429 || response.status === 503 ? parseJson(response.body) : undefined
  const delays = listAt(body, 'error', 'details').map((detail) => textAt(detail, 'retryDelay'))
  const said = /\btry again in ((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)/i.exec(textAt(body, 'error', 'message') ?? '')
  return duration(delays.find((delay) => delay !== undefined)) ?? duration(said?.[1])
}

/** OpenAI: `x-ratelimit-remaining-requests: 0` with `x-ratelimit-reset-requests: 6m0s`; Anthropic: a date. */
function fromResets(response: HttpResponse, nowMs: number): number | null {
  if (response.status !== 429) return null
  const waits: number[] = []
  for (const [name, value] of Object.entries(response.headers)) {
    if (!/^(x|anthropic)-ratelimit-.*remaining/.test(name) || Number(value) > 0) continue
    const reset = response.headers[name.replace('remaining', 'reset')]
    const wait = duration(reset) ?? (reset?.includes('T') ? untilDate(reset, nowMs) : null)
    if (wait !== null) waits.push(wait)
  }
  return waits.length > 0 ? Math.max(...waits) : null
}

/** `1s`, `6m0s`, `120ms`, `1h2m` in milliseconds. */
export function duration(value: string | undefined): number | null {
  if (value === undefined || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return null
  const units: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  let total = 0
  for (const [, amount, , unit] of value.matchAll(/(\d+(\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (units[unit ?? ''] ?? 0)
  return Math.ceil(total)
}
