// How figures are written, everywhere the same. Null is said in words, never shown as 0.

import type { Estimate, Usd, UsdEstimate } from './report.ts'

export const UNKNOWN = 'not known'
const NO_VALUE = '-'

/** 1234567 -> `1,234,567`. */
export function formatCount(count: number): string {
  return grouped(String(Math.round(count)))
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.')
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

/** `1 case`, `2 cases`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Points on 0-100 with one decimal, none when it would be `.0`. */
export function formatPoints(points: number | null): string {
  return points === null ? NO_VALUE : trimmed(points, 1)
}

function trimmed(value: number, decimals: number): string {
  const text = value.toFixed(decimals).replace(/\.0+$/, '')
  return text === '-0' ? '0' : text
}

function signed(text: string): string {
  return text.startsWith('-') || /^[$]?0$/.test(text) ? text : `+${text}`
}

/** `-6 points (-9.1 to -2.9)`; the interval is left out when it is not known. */
export function formatPointsChange(estimate: Estimate): string {
  if (estimate.delta === null) return NO_VALUE
  const change = signed(formatPoints(estimate.delta))
  const unit = Math.abs(Number(change)) === 1 ? 'point' : 'points'
  if (estimate.low === null || estimate.high === null) return `${change} ${unit}`
  return `${change} ${unit} (${signed(formatPoints(estimate.low))} to ${signed(formatPoints(estimate.high))})`
}

/** Whole dollars from 1,000 on, cents from 1 on (none when they are 0), three significant digits below, $0.80 with its cents. A display: the exact string is in report.json. */
export function formatUsd(usd: Usd): string {
  if (usd === null) return UNKNOWN
  const value = Number(usd)
  if (!Number.isFinite(value)) return UNKNOWN
  const size = Math.abs(value)
  const sign = value < 0 ? '-' : ''
  return size === 0 ? '$0' : `${sign}$${grouped(usdDigits(size))}`
}

function usdDigits(size: number): string {
  if (size >= 1000) return size.toFixed(0)
  if (size >= 0.995) return size.toFixed(2).replace(/\.00$/, '')
  const decimals = Math.min(12, 2 - Math.floor(Math.log10(size)))
  const digits = size.toFixed(decimals).replace(/0+$/, '').replace(/\.$/, '')
  // Cents have two digits: $0.80, not $0.8.
  return /^0\.\d$/.test(digits) ? `${digits}0` : digits
}

export function formatUsdSigned(usd: Usd): string {
  return usd === null ? UNKNOWN : signed(formatUsd(usd))
}

/** `+$0.0004, +12 % (+$0.0003 to +$0.0005)`; a base of 0 is `new`, never a percentage. */
export function formatUsdChange(estimate: UsdEstimate): string {
  if (estimate.delta === null) return NO_VALUE
  const relative = relativeChange(estimate.base, estimate.delta)
  const change = relative === null ? formatUsdSigned(estimate.delta) : `${formatUsdSigned(estimate.delta)}, ${relative}`
  return `${change}${formatUsdInterval(estimate)}`
}

/** ` (+$0.0003 to +$0.0005)`; empty where it is not known, or nothing but the change itself as it is shown. */
export function formatUsdInterval({ delta, low, high }: UsdEstimate): string {
  if (low === null || high === null) return ''
  const [from, to] = [formatUsdSigned(low), formatUsdSigned(high)]
  return from === to && from === formatUsdSigned(delta) ? '' : ` (${from} to ${to})`
}

function relativeChange(base: Usd, delta: string): string | null {
  const from = base === null ? Number.NaN : Number(base)
  if (from === 0) return Number(delta) === 0 ? null : 'new'
  const percent = (Number(delta) / from) * 100
  if (!Number.isFinite(percent)) return null
  return `${signed(trimmed(percent, Math.abs(percent) < 10 ? 1 : 0))} %`
}

/** Counts that may have a fraction, such as tokens per request. */
export function formatAmount(value: number | null): string {
  if (value === null) return NO_VALUE
  return Math.abs(value) >= 100 ? formatCount(value) : trimmed(value, 1)
}

export function formatAmountChange(estimate: Estimate): string {
  if (estimate.delta === null) return NO_VALUE
  const change = signed(formatAmount(estimate.delta))
  if (estimate.low === null || estimate.high === null) return change
  return `${change} (${signed(formatAmount(estimate.low))} to ${signed(formatAmount(estimate.high))})`
}

export function formatRatio(ratio: number | null): string {
  return ratio === null ? NO_VALUE : `${ratio.toFixed(2)}x`
}

export function formatMs(ms: number | null): string {
  if (ms === null) return NO_VALUE
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${formatCount(ms)} ms`
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${trimmed(seconds, 1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Seven digits of a commit, or what stands in for one. */
export function shortSha(sha: string | null): string {
  return sha === null ? 'working tree' : sha.slice(0, 7)
}
