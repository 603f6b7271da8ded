// Filters on text, with the meaning that Nunjucks gives them.

import { spendText } from './budget.ts'
import type { Filter } from './filters.ts'
import { type Meter, numberOf, print, type Value } from './values.ts'

/** The input as text, charged for its length. */
export function textOf(value: Value, meter: Meter): string {
  const text = print(value, meter)
  spendText(meter.budget, text.length, meter.at)
  return text
}

/** A count or width given to a filter, kept within what a prompt can use. */
export function sizeOf(value: Value, meter: Meter): number {
  return Math.min(100_000, Math.max(0, Math.trunc(numberOf(value, meter))))
}

function onText(change: (text: string) => string): Filter {
  return { parameters: [], apply: (input, _, meter) => change(textOf(input, meter)) }
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()
}

function title(text: string): string {
  return text.replace(/\S+/g, capitalize)
}

function replace(input: Value, [from, to, limit]: readonly Value[], meter: Meter): string {
  const text = textOf(input, meter)
  const [search, replacement] = [print(from, meter), print(to, meter)]
  const most = limit === undefined ? Number.POSITIVE_INFINITY : numberOf(limit, meter)
  const parts = search === '' ? [text] : text.split(search)
  const joined = Math.min(parts.length - 1, most)
  spendText(meter.budget, text.length + joined * replacement.length, meter.at)
  if (joined === parts.length - 1) return parts.join(replacement)
  const head = parts.slice(0, joined + 1).join(replacement)
  return [head, ...parts.slice(joined + 1)].join(search)
}

function truncate(input: Value, [length, killWords, end]: readonly Value[], meter: Meter): string {
  const text = textOf(input, meter)
  const most = length === undefined ? 255 : sizeOf(length, meter)
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  const space = killWords ? -1 : cut.lastIndexOf(' ')
  return cut.slice(0, space < 0 ? most : space) + (end === undefined ? '...' : print(end, meter))
}

function indent(input: Value, [width, first]: readonly Value[], meter: Meter): string {
  const lines = textOf(input, meter).split('\n')
  const margin = ' '.repeat(width === undefined ? 4 : sizeOf(width, meter))
  spendText(meter.budget, margin.length * lines.length, meter.at)
  return lines.map((line, index) => (index > 0 || first ? margin + line : line)).join('\n')
}

function wordCount(text: string): number | string {
  return text.match(/\S+/g)?.length ?? 0
}

export const textFilters = {
  upper: onText((text) => text.toUpperCase()),
  lower: onText((text) => text.toLowerCase()),
  trim: onText((text) => text.trim()),
  capitalize: onText(capitalize),
  title: onText(title),
  string: onText((text) => text),
  nl2br: onText((text) => text.replace(/\r?\n/g, '<br />\n')),
  urlencode: onText((text) => encodeURIComponent(Buffer.from(text).toString())),
  replace: { parameters: ['old', 'new', 'count'], apply: replace },
  truncate: { parameters: ['length', 'killwords', 'end'], apply: truncate },
  indent: { parameters: ['width', 'first'], apply: indent },
  wordcount: { parameters: [], apply: (input, _, meter) => wordCount(textOf(input, meter)) },
} satisfies Record<string, Filter>
