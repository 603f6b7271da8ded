// The one place where untrusted text (model output, names, ids, paths, messages of a pull request) becomes inert,
// with one function for each place it can be shown in. Every function cleans first (clean.ts), then escapes.

import { once } from '../once.ts'
import { clean, cleanLine } from './clean.ts'

export { clean, cleanCut, cleanLine, cut } from './clean.ts'

/** An invisible break that GitHub's filters (mention, reference, autolink) do not look through. */
const GAP = '&#8203;'

// Entities instead of backslashes, because they also hold inside raw HTML such as `<summary>`.
const MARKDOWN_ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\\': '&#92;',
  '`': '&#96;',
  '*': '&#42;',
  '[': '&#91;',
  ']': '&#93;',
  '|': '&#124;',
  '~': '&#126;',
}

/** What only means something at the start of a line: headings, lists, quotes, rules, setext underlines. */
const LINE_START = /^([#+\-=>]|\d{1,9}(?=[.)]))/

function numbered(character: string): string {
  return `&#${character.codePointAt(0)};`
}

/** Prose on one line for Markdown and for raw HTML inside Markdown: no markup, mention, reference, link, image, maths. */
export function markdownText(text: string): string {
  const line = cleanLine(text)
  const opened = LINE_START.exec(line)?.[0] ?? ''
  const start = opened === '#' ? '' : opened
  const marked = start === '' ? '' : numbered(start[0] ?? '') + escapeMarkdown(start.slice(1))
  return marked + escapeMarkdown(line.slice(start.length))
}

/** Without any of these a line is written as it is: most cells are a word or a number. */
const MARKUP = /[&<>"\\`*[\]|~_#@:$]|www\.|\b(?:mailto|xmpp|gh|ghsa|cve)-|\b[0-9a-f]{7}/i
/** Inside a word an underscore is only a letter in GFM. */
const UNDERSCORES = once(() => /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu)

function escapeMarkdown(line: string): string {
  if (!MARKUP.test(line)) return line
  const marked = line.replace(/[&<>"\\`*[\]|~]/g, (character) => MARKDOWN_ENTITIES[character] ?? character)
  return (
    (marked.includes('_') ? marked.replace(UNDERSCORES(), '&#95;') : marked)
      // The hash is an entity's own when `&` stands before it.
      .replace(/(?<!&)#/g, `&#35;${GAP}`)
      .replace(/@/g, `@${GAP}`)
      .replace(/:(?=\/\/)/g, `:${GAP}`)
      .replace(/(www)\./gi, `$1${GAP}.`)
      .replace(/\b(mailto|xmpp|gh|ghsa|cve)([:-])/gi, `$1${GAP}$2`)
      .replace(/:(?=[\w+-]+:)/g, `:${GAP}`)
      .replace(/\b(?=[0-9a-f]{7,64}\b)(?=[0-9]*[a-f])(?=[a-f]*[0-9])([0-9a-f]{4})/gi, `$1${GAP}`)
      // GitHub's maths needs a closing dollar that no digit follows (docs.github.com, "Writing mathematical expressions").
      .replace(/\$(?!\d)/g, '<span>&#36;</span>')
  )
}

/** Like `markdownText`, but what stands between single backquotes is shown as code. For Markdown, not for raw HTML in it. */
export function markdownProse(text: string): string {
  const parts = cleanLine(text).split(/`([^`]+)`/)
  return parts
    .map((part, index) => (index % 2 === 1 ? codeSpan(part.trim()) : proseBetween(part, index === 0)))
    .join('')
}

function proseBetween(part: string, first: boolean): string {
  return first ? `${markdownText(part)}${/\S\s$/.test(part) ? ' ' : ''}` : escapeMarkdown(part)
}

/** A cell of a GFM table; never the start of a line, so that `-8 points` stays as it is. */
export function tableCell(text: string): string {
  return escapeMarkdown(cleanLine(text))
}

/** The title of an issue: shown as it is by GitHub, but mailed and listed by others, so nothing in it names a person or an issue. */
export function issueTitle(text: string): string {
  return cleanLine(text)
    .replace(/([@#])(?=\w)/g, '$1\u200B')
    .replace(/:(?=\/\/)/g, ':\u200B')
}

/** A GitHub login or team as a live mention; null for anything else, which is never shown as one. */
export function ownerMention(owner: string): string | null {
  return /^@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9](?:[\w.-]{0,99}))?$/.test(owner) ? owner : null
}

/** Target of a link of ours; null when it is not a plain web address. */
export function linkTarget(url: string): string | null {
  return /^https?:\/\/[\w.-]+(?::\d{1,5})?(?:\/[\w./~%+=&?-]*)?$/.test(url) ? url : null
}

/** An id, path or model name in monospace, on one line; inside a table a bar would split even a code span. */
export function tableCode(text: string): string {
  const line = cleanLine(text)
  return /[|\\`]/.test(line) ? htmlCode(line) : codeSpan(line)
}

/** Monospace for raw HTML inside Markdown (`<summary>`), where backquotes mean nothing. */
export function htmlCode(text: string): string {
  return `<code>${markdownText(text)}</code>`
}

/** Shown as it is, never rendered: a code span on one line. */
export function markdownCode(text: string): string {
  return codeSpan(cleanLine(text))
}

function codeSpan(line: string): string {
  if (line === '') return '(empty)'
  const inert = withoutMarkers(withoutCommands(line))
  const fence = '`'.repeat(longestRun(inert) + 1)
  const pad = inert.startsWith('`') || inert.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${inert}${pad}${fence}`
}

/** Shown as it is, never rendered: a fenced block that nothing inside can close. `language` is ours, never outside text. */
export function markdownFence(text: string, language: 'text' | 'diff' | 'yaml' = 'text'): string {
  const inert = withoutMarkers(withoutCommands(clean(text)))
  const fence = '`'.repeat(Math.max(3, longestRun(inert) + 1))
  return `${fence}${language}\n${inert.replace(/\n+$/, '')}\n${fence}`
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
}

function withoutMarkers(text: string): string {
  return text.replace(/<!--/g, '<! --')
}

/** First line of a comment of ours, by which it is found again. `key` names the workflow and its config. */
export function commentMarker(key: string): string {
  const safe = cleanLine(key)
    .replace(/[^\w./:@-]/g, '_')
    .replace(/-{2,}/g, '-')
  return `<!-- prompt-parity:${safe.slice(0, 200)} -->`
}

const HTML_ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** Text of an element in our own HTML page; line feeds stay. */
export function htmlText(text: string): string {
  return clean(text).replace(/[&<>"'`]/g, (character) => HTML_ENTITIES[character] ?? character)
}

/** Value of an attribute in double quotes. */
export function htmlAttribute(text: string): string {
  return htmlText(text).replace(/[\n\t]/g, numbered)
}

/** Character data and attribute values of XML 1.0; line feeds stay, what XML cannot carry is gone. */
export function xmlText(text: string): string {
  return clean(text)
    .replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character)
    .replace(/(^|\s):(?=:)/gm, '$1&#58;')
    .replace(/##(?=\[)/g, '#&#35;')
}

export function xmlAttribute(text: string): string {
  return xmlText(text).replace(/[\n\t]/g, numbered)
}

// The runner obeys `::name …::` at the start of a line and `##[name]` anywhere in one.
function withoutCommands(text: string): string {
  return text.replace(/(^|\s):(?=:)/gm, '$1: ').replace(/##(?=\[)/g, '## ')
}

/** One line of a log or of a terminal: no command of the runner, no escape sequence, no line break. */
export function logLine(text: string): string {
  return withoutCommands(cleanLine(text))
}

/** Lines of a log: like `logLine`, but the line feeds stay. */
export function logLines(text: string): string {
  return withoutCommands(clean(text))
}

export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  readonly title?: string
  readonly file?: string
  readonly line?: number
}

/** A whole workflow command for an annotation, escaped by the runner's own rules (`%0A` and the like). */
export function annotation(from: Annotation): string {
  const properties = [
    from.file === undefined ? '' : `file=${annotationProperty(from.file)}`,
    from.line === undefined ? '' : `line=${Math.max(1, Math.trunc(from.line))}`,
    from.title === undefined ? '' : `title=${annotationProperty(from.title)}`,
  ].filter((property) => property !== '')
  const space = properties.length > 0 ? ' ' : ''
  return `::${from.level}${space}${properties.join(',')}::${annotationData(logLines(from.message))}`
}

function annotationData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\n/g, '%0A')
}

function annotationProperty(text: string): string {
  return annotationData(cleanLine(text)).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
