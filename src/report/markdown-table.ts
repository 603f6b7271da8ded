// Tables and short texts of the Markdown renderings.

import { cleanCut, htmlCode, markdownCode, markdownProse, markdownText, tableCell, tableCode } from './escape.ts'
import { plural } from './numbers.ts'

export type Align = 'left' | 'right'
export type Column = { readonly title: string; readonly align: Align }

/** Cells are Markdown already (see `cell`, `code`). Empty when there are no rows. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const header = columns.map(({ title }) => title)
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : ':---'))
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function left(title: string): Column {
  return { title, align: 'left' }
}

export function right(title: string): Column {
  return { title, align: 'right' }
}

export function cell(text: string, graphemes: number): string {
  return tableCell(cleanCut(text, graphemes))
}

export function cellCode(text: string, graphemes: number): string {
  return tableCode(cleanCut(text, graphemes))
}

export function prose(text: string, graphemes: number): string {
  return markdownProse(cleanCut(text, graphemes))
}

export function code(text: string, graphemes: number): string {
  return markdownCode(cleanCut(text, graphemes))
}

/** Prose for raw HTML such as `<summary>`, where Markdown is not read. */
export function summaryProse(text: string, graphemes: number): string {
  return markdownText(cleanCut(text, graphemes))
}

export function summaryCode(text: string, graphemes: number): string {
  return htmlCode(cleanCut(text, graphemes))
}

/** A folded block. `title` is inert HTML already. The blank lines are needed for Markdown inside. */
export function folded(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
}

export function titled(title: string, body: string): string {
  return body === '' ? '' : `#### ${title}\n\n${body}`
}

/** The first `limit` of a list and a sentence about the rest. */
export function firstOf<T>(
  items: readonly T[],
  limit: number,
): { readonly shown: readonly T[]; readonly more: number } {
  return { shown: items.slice(0, limit), more: Math.max(0, items.length - limit) }
}

export function bullets(items: readonly string[], max: number): string {
  const { shown, more } = firstOf(items, max)
  const lines = shown.map((item) => `- ${item}`)
  return [...lines, ...(more > 0 ? [`- and ${more} more in \`report.html\``] : [])].join('\n')
}

export function limited(rows: readonly (readonly string[])[], max: number, columns: readonly Column[]): string {
  const { shown, more } = firstOf(rows, max)
  const text = table(columns, shown)
  return more === 0 ? text : `${text}\n\n${plural(more, 'more row')} in \`report.html\`.`
}
