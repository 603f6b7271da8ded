// A check of Markdown as GitHub would show it in a comment: what is live in it, and which tables are broken.

import { type Block, blocksOf } from './markdown-blocks.ts'

export type Found = { readonly line: number; readonly text: string }
export type MarkdownScan = {
  /** `@user` and `@org/team` that would notify. */
  readonly mentions: readonly Found[]
  /** `#12`, `GH-12`, `owner/name#12`, and links to issues that would cross-reference. */
  readonly references: readonly Found[]
  readonly images: readonly Found[]
  /** Targets of links, autolinks and bare addresses. */
  readonly links: readonly Found[]
  /** Tags and attributes outside the allow-list. */
  readonly html: readonly Found[]
  /** Allowed tags without their partner. */
  readonly unbalanced: readonly Found[]
  /** `$…$` pairs that would turn into formulas. */
  readonly maths: readonly Found[]
  /** Rows with another number of cells than their header; delimiter rows that make no table. */
  readonly brokenTables: readonly Found[]
  /** Cells as shown, header first. */
  readonly tables: readonly { readonly line: number; readonly rows: readonly (readonly string[])[] }[]
  /** Hidden comments, in order. */
  readonly comments: readonly Found[]
  readonly codeBlocks: readonly { readonly line: number; readonly info: string; readonly text: string }[]
  /** Zero-width, bidirectional and control characters. */
  readonly invisible: readonly Found[]
}

const ALLOWED =
  'details summary sub sup kbd br b i em strong code pre blockquote p div span hr ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td del ins s samp var'
const VOID = new Set(['br', 'hr'])
const ATTRIBUTES = new Set(['open', 'align', 'title', 'colspan', 'rowspan'])
const ENTITIES: { readonly [name: string]: string } = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  commat: '@',
  num: '#',
  colon: ':',
  sol: '/',
  excl: '!',
  lbrack: '[',
  lsqb: '[',
  rsqb: ']',
  rbrack: ']',
  nbsp: '\u00a0',
  dollar: '$',
}
// Alternatives in the order in which Markdown gives them precedence.
const INLINE =
  /\\(?<escaped>[!-/:-@[-`{-~])|(?<ticks>`+)|<!--(?<comment>[\s\S]*?)-->|<(?<auto>[a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>|<(?<close>\/?)(?<tag>[a-z][a-z0-9-]*)(?<attributes>(?:\s+[^<>]*|\/)?)>|(?<bang>!?)\[(?<label>(?:\\.|[^[\]\\]|\[[^\]]*\])*)\](?:\((?<target>[^()\s]*(?:\([^()]*\))?[^()\s]*)[^)]*\)|\[(?<reference>[^\]]*)\])/gi

type Sink = { -readonly [key in keyof MarkdownScan]: MarkdownScan[key][number][] } & {
  readonly allowed: ReadonlySet<string>
}

export function scanMarkdown(
  markdown: string,
  options: { readonly allowedTags?: readonly string[] } = {},
): MarkdownScan {
  const sink: Sink = {
    mentions: [],
    references: [],
    images: [],
    links: [],
    html: [],
    unbalanced: [],
    maths: [],
    brokenTables: [],
    tables: [],
    comments: [],
    codeBlocks: [],
    invisible: [],
    allowed: new Set(options.allowedTags ?? ALLOWED.split(' ')),
  }
  const open: { tag: string; line: number }[] = []
  for (const block of blocksOf(markdown)) scanBlock(block, sink, open)
  for (const { tag, line } of open) sink.unbalanced.push({ line, text: `<${tag}>` })
  markdown.split('\n').forEach((text, index) => {
    const hidden = [...text].find(isInvisible)
    if (hidden !== undefined) sink.invisible.push({ line: index + 1, text: nameOf(hidden) })
  })
  const { allowed: _, ...scan } = sink
  return scan
}

/** First and last code points of what cannot be seen: control, soft hyphen, zero-width, bidirectional, separators. */
const INVISIBLE = [
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe007f],
] as const

function isInvisible(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return INVISIBLE.some(([first, last]) => code >= first && code <= last)
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Stands in the searched text where an element ends the run of characters. */
const BREAK = '\uE000'

type OpenTags = { tag: string; line: number }[]

function scanBlock(block: Block, sink: Sink, open: OpenTags): void {
  const { line } = block
  if (block.kind === 'comment') sink.comments.push({ line, text: block.text })
  else if (block.kind === 'code') sink.codeBlocks.push({ line, info: block.info, text: block.text })
  else if (block.kind === 'definition') sink.links.push({ line, text: block.target })
  else if (block.kind === 'table') scanTable(block, sink, open)
  else {
    const isMarkdown = block.kind === 'text'
    if (isMarkdown) noteStrayRule(block, sink)
    scanInline({ text: block.text, line, isMarkdown }, sink, open)
  }
}

/** A delimiter row inside plain text: its header had another number of cells, so GitHub shows the pipes. */
function noteStrayRule(block: { readonly line: number; readonly text: string }, sink: Sink): void {
  block.text.split('\n').forEach((text, index) => {
    if (/^\s*\|(\s*:?-+:?\s*\|)+\s*$/.test(text)) sink.brokenTables.push({ line: block.line + index, text })
  })
}

function scanTable(block: Extract<Block, { kind: 'table' }>, sink: Sink, open: OpenTags): void {
  const width = block.rows[0]?.cells.length ?? 0
  const rows: string[][] = []
  for (const { line, cells } of block.rows) {
    if (cells.length !== width) sink.brokenTables.push({ line, text: `${cells.length} cells instead of ${width}` })
    rows.push(cells.map((text) => scanInline({ text, line, isMarkdown: true }, sink, open)))
  }
  sink.tables.push({ line: block.line, rows })
}

type Stretch = { readonly text: string; readonly line: number; readonly isMarkdown: boolean }

/** Notes what is live in a stretch and returns the text as shown. */
function scanInline({ text, line, isMarkdown }: Stretch, sink: Sink, open: OpenTags): string {
  // Text that runs on is searched as one; a break stands where an element does.
  let live = ''
  let shown = ''
  let at = 0
  const lineOf = (index: number) => line + (text.slice(0, index).match(/\n/g)?.length ?? 0)
  const inCode = () => open.some(({ tag }) => tag === 'code' || tag === 'pre')
  const say = (part: string) => {
    const plain = decodeEntities(part)
    shown += plain
    live += inCode() ? BREAK : plain
  }
  const pattern = new RegExp(INLINE.source, INLINE.flags)
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const { groups = {}, index } = found
    const here = lineOf(index)
    // In raw HTML blocks only tags and comments mean anything.
    if (!isMarkdown && groups.tag === undefined && groups.comment === undefined) {
      pattern.lastIndex = index + 1
      say(text.slice(at, index + 1))
      at = index + 1
      continue
    }
    say(text.slice(at, index))
    at = pattern.lastIndex
    if (groups.escaped !== undefined) {
      // An escape is gone before GitHub looks for mentions.
      say(groups.escaped)
    } else if (groups.ticks !== undefined) {
      const end = closingTicks(text, at, groups.ticks.length)
      if (end === undefined) say(groups.ticks)
      else {
        shown += text.slice(at, end).replaceAll('\n', ' ')
        live += BREAK
        at = end + groups.ticks.length
        pattern.lastIndex = at
      }
    } else if (groups.comment !== undefined) {
      sink.comments.push({ line: here, text: found[0] })
      live += BREAK
    } else if (groups.auto !== undefined) {
      sink.links.push({ line: here, text: groups.auto })
      shown += groups.auto
      live += BREAK
    } else if (groups.tag !== undefined) {
      noteTag(
        {
          name: groups.tag.toLowerCase(),
          isClose: groups.close === '/',
          attributes: groups.attributes ?? '',
          line: here,
        },
        sink,
        open,
      )
      live += BREAK
    } else {
      const target = groups.target ?? groups.reference ?? ''
      const list = groups.bang === '!' ? sink.images : sink.links
      list.push({ line: here, text: decodeEntities(target) })
      shown += scanInline({ text: groups.label ?? '', line: here, isMarkdown }, sink, [])
      live += BREAK
    }
  }
  say(text.slice(at))
  scanLive(live, line, sink)
  // Code does not outlast its block; taking it as code any further could hide something live.
  for (const tag of open.filter(({ tag }) => tag === 'code' || tag === 'pre')) {
    sink.unbalanced.push({ line: tag.line, text: `<${tag.tag}>` })
    open.splice(open.indexOf(tag), 1)
  }
  return shown
}

function closingTicks(text: string, from: number, length: number): number | undefined {
  for (const run of text.slice(from).matchAll(/`+/g)) {
    if (run[0].length === length) return from + run.index
  }
  return undefined
}

type Tag = { readonly name: string; readonly isClose: boolean; readonly attributes: string; readonly line: number }

function noteTag(tag: Tag, sink: Sink, open: OpenTags): void {
  const { name, line } = tag
  const written = `<${tag.isClose ? '/' : ''}${name}${tag.attributes}>`
  if (name === 'img' && !tag.isClose) sink.images.push({ line, text: written })
  if (name === 'a' && !tag.isClose) sink.links.push({ line, text: written })
  if (!sink.allowed.has(name)) {
    sink.html.push({ line, text: written })
    return
  }
  const names = [...tag.attributes.matchAll(/([a-z][\w:-]*)(\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/gi)]
  if (names.some((attribute) => !ATTRIBUTES.has((attribute[1] ?? '').toLowerCase())))
    sink.html.push({ line, text: written })
  if (VOID.has(name)) return
  if (!tag.isClose) {
    open.push({ tag: name, line })
    return
  }
  const partner = open.findLastIndex((other) => other.tag === name)
  if (partner < 0) sink.unbalanced.push({ line, text: written })
  else open.splice(partner, 1)
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined
    if (code !== undefined) return code > 0x10ffff || code === 0 ? '\ufffd' : String.fromCodePoint(code)
    return ENTITIES[String(name).toLowerCase()] ?? whole
  })
}

const LIVE = {
  mentions: /(?<![\p{L}\p{N}]_*)@[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}(?:\/[\w.-]+)?/giu,
  references: /(?<![\p{L}\p{N}]_*|&)(?:[\w.-]+\/[\w.-]+|[\w-]+)?#\d+\b|\bGH-\d+\b/giu,
  links:
    /(?<![\p{L}\p{N}]_*)(?:https?:\/\/|ftp:\/\/|www\.)[^\s<\uE000]+|(?<![\p{L}\p{N}_.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w/giu,
  maths: /(?<![\p{L}\p{N}\\$])\$(?!\s)[^$\n\uE000]*?(?<![\s\\])\$(?![\p{L}\p{N}$])/gu,
} as const

function scanLive(text: string, line: number, sink: Sink): void {
  for (const [name, pattern] of Object.entries(LIVE)) {
    for (const found of text.matchAll(pattern)) {
      const here = line + (text.slice(0, found.index).match(/\n/g)?.length ?? 0)
      sink[name as keyof typeof LIVE].push({ line: here, text: found[0] })
      if (name === 'links' && /github\.com\/[^/]+\/[^/]+\/(issues|pull|discussions)\/\d+/.test(found[0])) {
        sink.references.push({ line: here, text: found[0] })
      }
    }
  }
}
