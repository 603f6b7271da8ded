// Cuts Nunjucks text into text, `{{ output }}`, `{% tag %}` and `{# comment #}`, with whitespace control and raw blocks.

import { TemplateFault } from './fault.ts'

export type Chunk = {
  /** `mark` is a raw or endraw tag: no output of its own. */
  readonly kind: 'text' | 'output' | 'tag' | 'comment' | 'mark'
  /** Text after whitespace control, or what stands between the delimiters. */
  readonly text: string
  /** Offset of `text`'s first character. */
  readonly at: number
  readonly start: number
  readonly end: number
  readonly trimBefore: boolean
  readonly trimAfter: boolean
}

const CLOSERS = { '{{': '}}', '{%': '%}', '{#': '#}' } as const
type Opener = keyof typeof CLOSERS
const KINDS = { '{{': 'output', '{%': 'tag', '{#': 'comment' } as const

/** @throws TemplateFault for a delimiter that is never closed. */
export function scanChunks(source: string): readonly Chunk[] {
  const chunks: Chunk[] = []
  let at = 0
  while (at < source.length) {
    const start = nextOpener(source, at)
    if (start > at) chunks.push(textChunk(source, at, start))
    if (start === source.length) break
    const chunk = delimited(source, start)
    chunks.push(chunk)
    at = chunk.end
    if (chunk.kind === 'mark') at = rawBlock(source, chunk, chunks)
  }
  return chunks.map((chunk, index) => trimmed(chunk, chunks[index - 1], chunks[index + 1]))
}

function nextOpener(source: string, from: number): number {
  const opener = /\{[{%#]/g
  opener.lastIndex = from
  return opener.exec(source)?.index ?? source.length
}

function textChunk(source: string, start: number, end: number): Chunk {
  return { kind: 'text', text: source.slice(start, end), at: start, start, end, trimBefore: false, trimAfter: false }
}

function delimited(source: string, start: number): Chunk {
  const opener = source.slice(start, start + 2) as Opener
  const close = opener === '{#' ? source.indexOf('#}', start + 2) : closerOf(source, start + 2, CLOSERS[opener])
  if (close < 0) {
    const remedy = `Close it with \`${CLOSERS[opener]}\`, or write {% raw %}${opener}{% endraw %} to mean the characters.`
    throw new TemplateFault(start, `\`${opener}\` is never closed.`, remedy)
  }
  const trimBefore = source[start + 2] === '-'
  const trimAfter = close > start + 2 && source[close - 1] === '-' && !(trimBefore && close === start + 3)
  const at = start + 2 + (trimBefore ? 1 : 0)
  const text = source.slice(at, close - (trimAfter ? 1 : 0))
  const raw = opener === '{%' && /^\s*(raw|verbatim)\s*$/.test(text)
  return { kind: raw ? 'mark' : KINDS[opener], text, at, start, end: close + 2, trimBefore, trimAfter }
}

/** Offset of the closing delimiter, passing over string literals; -1 when there is none. */
function closerOf(source: string, from: number, closer: string): number {
  let quote = ''
  for (let at = from; at < source.length; at += 1) {
    const character = source[at]
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (source.startsWith(closer, at)) return at
  }
  return -1
}

/** Adds the text of a raw block and its end tag as they stand; returns where the template goes on. */
function rawBlock(source: string, open: Chunk, chunks: Chunk[]): number {
  const name = open.text.trim()
  const pattern = new RegExp(`\\{%(-?)\\s*end${name}\\s*(-?)%\\}`, 'g')
  pattern.lastIndex = open.end
  const found = pattern.exec(source)
  if (!found) throw new TemplateFault(open.start, `{% ${name} %} is never closed.`, `Add {% end${name} %}.`)
  chunks.push(textChunk(source, open.end, found.index))
  const end = found.index + found[0].length
  const marks = { trimBefore: found[1] === '-', trimAfter: found[2] === '-' }
  chunks.push({ kind: 'mark', text: '', at: found.index, start: found.index, end, ...marks })
  return end
}

function trimmed(chunk: Chunk, before: Chunk | undefined, after: Chunk | undefined): Chunk {
  if (chunk.kind !== 'text') return chunk
  let text = chunk.text
  if (before?.trimAfter) text = text.trimStart()
  if (after?.trimBefore) text = text.trimEnd()
  return { ...chunk, text }
}
