// What an answer says of the limits per minute that it counted against.

import type { HttpResponse } from '../ports.ts'
import { duration, theirNow, untilDate } from './retry-after.ts'

/** One limit: how much of it is left, and when it is whole again. */
export type LimitLeft = { readonly name: string; readonly left: number; readonly resetMs: number }

/**
 * OpenAI and those like it: `x-ratelimit-remaining-requests` with `x-ratelimit-reset-requests: 6m0s`. Anthropic:
 * `anthropic-ratelimit-tokens-remaining` with a date. The draft of the IETF and some gateways: `ratelimit-remaining` with
 * seconds. A limit without a reset says nothing that can be acted on.
 */
export function limitsLeft(response: HttpResponse, ourMs: number): readonly LimitLeft[] {
  const { headers } = response
  const nowMs = theirNow(response, ourMs)
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!/^(x-|anthropic-)?ratelimit-.*remaining/.test(name) && name !== 'ratelimit-remaining') return []
    const left = Number(value)
    const resetMs = waitOf(headers[name.replace('remaining', 'reset')], nowMs)
    return value.trim() === '' || !Number.isFinite(left) || resetMs === null ? [] : [{ name, left, resetMs }]
  })
}

/** A duration, a date, seconds, or a moment in seconds or milliseconds since the epoch. */
function waitOf(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  if (!/^\s*\d+(\.\d+)?\s*$/.test(value))
    return duration(value) ?? (value.includes(':') ? untilDate(value, nowMs) : null)
  const number = Number(value)
  if (number < EPOCH_SECONDS) return number * 1000
  return Math.max(0, (number < EPOCH_SECONDS * 1000 ? number * 1000 : number) - nowMs)
}

/** 2001; no provider asks for thirty years of patience. */
const EPOCH_SECONDS = 1_000_000_000
