// A row of our own usage file: `{date | month, usd, requests?, route?}`.

import type { JsonObject } from '../../domain.ts'
import { parseUsd } from '../../money.ts'
import { nearest } from '../../nearest.ts'
import type { Slice } from './slices.ts'

export const OWN_KEYS = ['date', 'month', 'usd', 'requests', 'route'] as const
export const OWN_EXPECTED = '`date` (2026-11-27) or `month` (2026-11), `usd`, and perhaps `requests` and `route`'

export type ReadRow = { readonly slice: Slice | null } | { readonly why: string }

/** No slice for a row of another route. */
export function readOwnRow(row: JsonObject, line: number, route: string): ReadRow {
  const stray = Object.keys(row).find((key) => !OWN_KEYS.some((known) => known === key))
  if (stray !== undefined) {
    const meant = nearest(stray, OWN_KEYS)
    return { why: `\`${stray.slice(0, 60)}\` is no key of a usage row${meant === null ? '' : `: \`${meant}\`?`}` }
  }
  if (!isEmpty(row.route) && row.route !== route) return { slice: null }
  const span = spanOf(row)
  if (typeof span === 'string') return { why: span }
  const usd = typeof row.usd === 'number' || typeof row.usd === 'string' ? parseUsd(row.usd) : null
  if (usd?.state !== 'ok') return { why: usd === null ? 'it has no `usd`' : usd.why }
  const requests = isEmpty(row.requests) ? null : Number(row.requests)
  if (requests !== null && !(Number.isFinite(requests) && requests >= 0)) return { why: '`requests` is no count' }
  return { slice: { ...span, billed: usd.pico, listed: null, requests, line } }
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === ''

function spanOf({ date, month }: JsonObject): { readonly fromMs: number; readonly toMs: number } | string {
  if (!isEmpty(date) && !isEmpty(month)) return 'it has `date` and `month`; one of them'
  const [text, form] = isEmpty(date) ? [month, /^\d{4}-\d{2}$/] : [date, /^\d{4}-\d{2}-\d{2}$/]
  if (isEmpty(text)) return 'it has neither `date` nor `month`'
  if (typeof text !== 'string' || !form.test(text)) return `${JSON.stringify(text).slice(0, 40)} is no day or month`
  const fromMs = Date.parse(`${text.length === 7 ? `${text}-01` : text}T00:00:00Z`)
  // Dates roll over in JavaScript: 30 February is none.
  if (Number.isNaN(fromMs) || !new Date(fromMs).toISOString().startsWith(text)) return `there is no ${text}`
  const start = new Date(fromMs)
  const toMs =
    text.length === 7
      ? Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1)
      : Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + 1)
  return { fromMs, toMs }
}
