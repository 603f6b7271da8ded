// report.json: the whole report, in an order of keys that does not depend on how it was put together.

import type { Report } from './report.ts'

/** Pretty JSON with a final line feed; `schema` first, other keys sorted. Inert in a runner's log, byte-equal once parsed. */
export function renderJson(report: Report): string {
  const { schema, ...rest } = report
  const ordered = { schema, ...(sorted(rest) as object) }
  return `${inertInLogs(JSON.stringify(ordered, null, 2))}\n`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

/** `##[name]` is a command of the runner anywhere in a line; bidi controls and line separators mislead whoever reads it. */
function inertInLogs(json: string): string {
  return json
    .replace(/##(?=\[)/g, '#\\u0023')
    .replace(
      /[\p{Bidi_Control}\u2028\u2029\u0085]/gu,
      (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}
