// Splits GitHub-flavoured Markdown into the blocks that matter to a check: paragraphs, tables, code, raw HTML.
// Where the grammar is ambiguous it says "not code": a check must rather see too much than too little.

export type Block =
  | { readonly kind: 'text'; readonly line: number; readonly text: string }
  | { readonly kind: 'html'; readonly line: number; readonly text: string }
  | { readonly kind: 'comment'; readonly line: number; readonly text: string }
  | { readonly kind: 'code'; readonly line: number; readonly info: string; readonly text: string }
  | { readonly kind: 'table'; readonly line: number; readonly rows: readonly TableRow[] }
  | { readonly kind: 'definition'; readonly line: number; readonly target: string }
export type TableRow = { readonly line: number; readonly cells: readonly string[] }

const BLOCK_TAGS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul'
const HTML_START = new RegExp(`^ {0,3}</?(${BLOCK_TAGS})(\\s|/?>|$)`, 'i')
const RAW_START = /^ {0,3}<(pre|script|style|textarea)(\s|>|$)/i
const LONE_TAG = /^ {0,3}<\/?[a-z][a-z0-9-]*(\s[^<>]*)?\/?>\s*$/i
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)$/
const DELIMITER_ROW = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/
const DEFINITION = /^ {0,3}\[[^\]]+\]:\s*(\S+)/

type Line = { readonly number: number; readonly depth: number; readonly text: string }

export function blocksOf(markdown: string): readonly Block[] {
  const lines = markdown.split(/\r\n|\n|\r/).map((raw, index): Line => ({ number: index + 1, ...unquote(raw) }))
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at]
    if (!line) break
    const taken = line.text.trim() === '' ? { next: at + 1 } : takeBlock(lines, at)
    if (taken.block) blocks.push(taken.block)
    at = taken.next
  }
  return blocks
}

/** Quote marks and how deep they go; a table or a fence inside a quote is one too. */
function unquote(raw: string): { readonly depth: number; readonly text: string } {
  let text = raw
  let depth = 0
  for (let mark = /^ {0,3}> ?/.exec(text); mark; mark = /^ {0,3}> ?/.exec(text)) {
    text = text.slice(mark[0].length)
    depth += 1
  }
  return { depth, text }
}

type Taken = { readonly block?: Block; readonly next: number }

function takeBlock(lines: readonly Line[], at: number): Taken {
  return (
    takeFence(lines, at) ??
    takeHtml(lines, at) ??
    takeTable(lines, at) ??
    takeDefinition(lines, at) ??
    takeText(lines, at)
  )
}

function takeFence(lines: readonly Line[], at: number): Taken | undefined {
  const first = lines[at]
  const open = first && FENCE.exec(first.text)
  if (!first || !open) return undefined
  const mark = open[2] ?? ''
  const close = new RegExp(`^ {0,3}${mark[0] === '~' ? '~' : '`'}{${mark.length},}\\s*$`)
  let end = at + 1
  // A fence in a quote ends with the quote.
  while (end < lines.length && lines[end]?.depth === first.depth && !close.test(lines[end]?.text ?? '')) end += 1
  const text = joined(lines.slice(at + 1, end))
  const isClosed = lines[end]?.depth === first.depth
  const block: Block = { kind: 'code', line: first.number, info: (open[3] ?? '').trim(), text }
  return { block, next: isClosed ? end + 1 : end }
}

function takeHtml(lines: readonly Line[], at: number): Taken | undefined {
  const first = lines[at]
  if (!first) return undefined
  if (/^ {0,3}<!--/.test(first.text)) return takeComment(lines, at)
  const isRaw = RAW_START.exec(first.text)
  if (!isRaw && !HTML_START.test(first.text) && !LONE_TAG.test(first.text)) return undefined
  let end = at
  if (isRaw) {
    while (end < lines.length && !/<\/(pre|script|style|textarea)>/i.test(lines[end]?.text ?? '')) end += 1
    end += 1
  } else {
    while (end < lines.length && (lines[end]?.text ?? '').trim() !== '' && lines[end]?.depth === first.depth) end += 1
  }
  return {
    block: { kind: 'html', line: first.number, text: joined(lines.slice(at, end)) },
    next: Math.min(end, lines.length),
  }
}

/** What follows `-->` on its line belongs to the HTML block and is live. */
function takeComment(lines: readonly Line[], at: number): Taken {
  const first = lines[at]
  let end = at
  while (end < lines.length && !(lines[end]?.text ?? '').includes('-->')) end += 1
  const all = joined(lines.slice(at, end + 1))
  const close = all.indexOf('-->')
  const rest = close < 0 ? '' : all.slice(close + 3)
  const line = first?.number ?? 0
  const next = Math.min(end + 1, lines.length)
  if (rest.trim() !== '') return { block: { kind: 'html', line, text: rest }, next }
  return { block: { kind: 'comment', line, text: close < 0 ? all : all.slice(0, close + 3) }, next }
}

function takeTable(lines: readonly Line[], at: number): Taken | undefined {
  const head = lines[at]
  const rule = lines[at + 1]
  if (!head || !rule || rule.depth !== head.depth || !head.text.includes('|')) return undefined
  if (!DELIMITER_ROW.test(rule.text) || !rule.text.includes('-')) return undefined
  if (cellsOf(rule.text).length !== cellsOf(head.text).length) return undefined
  let end = at + 2
  while (end < lines.length && isRow(lines[end], head.depth)) end += 1
  const body = [head, ...lines.slice(at + 2, end)]
  const rows = body.map((line) => ({ line: line.number, cells: cellsOf(line.text) }))
  return { block: { kind: 'table', line: head.number, rows }, next: end }
}

function isRow(line: Line | undefined, depth: number): boolean {
  if (!line || line.depth !== depth || line.text.trim() === '') return false
  return !FENCE.test(line.text) && !HTML_START.test(line.text) && !/^ {0,3}(#{1,6}\s|<!--|>)/.test(line.text)
}

/** A pipe splits a cell unless a backslash is before it, even inside backticks. */
export function cellsOf(row: string): readonly string[] {
  const inner = row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function takeDefinition(lines: readonly Line[], at: number): Taken | undefined {
  const line = lines[at]
  const found = line && DEFINITION.exec(line.text)
  if (!line || !found) return undefined
  return { block: { kind: 'definition', line: line.number, target: found[1] ?? '' }, next: at + 1 }
}

function takeText(lines: readonly Line[], at: number): Taken {
  const first = lines[at]
  let end = at + 1
  while (end < lines.length && continues(lines, end, first?.depth ?? 0)) end += 1
  return { block: { kind: 'text', line: first?.number ?? 0, text: joined(lines.slice(at, end)) }, next: end }
}

function continues(lines: readonly Line[], at: number, depth: number): boolean {
  const line = lines[at]
  if (!line || line.text.trim() === '' || line.depth !== depth) return false
  if (FENCE.test(line.text) || HTML_START.test(line.text) || RAW_START.test(line.text)) return false
  if (/^ {0,3}(#{1,6}(\s|$)|<!--|([-*_])\s*(\3\s*){2,}$)/.test(line.text)) return false
  if (/^\s*([-*+]|\d{1,9}[.)])(\s|$)/.test(line.text)) return false
  return !line.text.includes('|') || !DELIMITER_ROW.test(lines[at + 1]?.text ?? '')
}

function joined(lines: readonly Line[]): string {
  return lines.map((line) => line.text).join('\n')
}
