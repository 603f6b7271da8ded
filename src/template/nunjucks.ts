// Nunjucks and Jinja statements: if, for, set, include, comments, raw; those between templates are in nunjucks-inheritance.ts.
// Everything that runs code is an error.

import type { Expr, Node } from './ast.ts'
import { parseExpression } from './expressions.ts'
import { TemplateFault } from './fault.ts'
import { parseInheritance } from './nunjucks-inheritance.ts'
import { type Chunk, scanChunks } from './scan.ts'
import { at, type Cursor, cursorOver, expect, expectEnd, expectName, next, peek, take, unexpected } from './tokens.ts'

type Reader = { readonly chunks: readonly Chunk[]; index: number; depth: number }
/** What ended a body: the tag's word and the rest of the tag. */
type Stop = { readonly word: string; readonly cursor: Cursor; readonly at: number }

const MAX_DEPTH = 50

/** @throws TemplateFault with the offset of what cannot be read */
export function parseNunjucks(text: string): readonly Node[] {
  const reader: Reader = { chunks: scanChunks(text), index: 0, depth: 0 }
  const { nodes, stop } = parseBody(reader, [])
  if (stop) throw new TemplateFault(stop.at, `{% ${stop.word} %} has nothing to close.`, 'Remove it.')
  return nodes
}

function parseBody(reader: Reader, stops: readonly string[]): { nodes: Node[]; stop: Stop | null } {
  const nodes: Node[] = []
  for (let chunk = reader.chunks[reader.index]; chunk; chunk = reader.chunks[reader.index]) {
    reader.index += 1
    if (chunk.kind === 'text' && chunk.text !== '') nodes.push({ kind: 'text', text: chunk.text, at: chunk.at })
    else if (chunk.kind === 'output') nodes.push(parseOutput(chunk))
    else if (chunk.kind === 'tag') {
      const cursor = cursorOver(chunk.text, chunk.at)
      const word = expectName(cursor)
      if (stops.includes(word) || ENDINGS.has(word)) return { nodes, stop: { word, cursor, at: chunk.at } }
      nodes.push(parseTag(reader, { word, cursor, at: chunk.start }))
    }
  }
  return { nodes, stop: null }
}

const ENDINGS: ReadonlySet<string> = new Set([
  'else',
  'elif',
  'elseif',
  'endif',
  'endfor',
  'endset',
  'endraw',
  'endblock',
  'endmacro',
])

function parseOutput(chunk: Chunk): Node {
  const cursor = cursorOver(chunk.text, chunk.at)
  const value = parseExpression(cursor)
  expectEnd(cursor)
  return { kind: 'output', value, at: chunk.start }
}

function parseTag(reader: Reader, tag: Stop): Node {
  reader.depth += 1
  if (reader.depth > MAX_DEPTH) throw new TemplateFault(tag.at, 'Blocks are nested too deeply.', 'Make it flatter.')
  const node = tagNode(reader, tag)
  reader.depth -= 1
  return node
}

function tagNode(reader: Reader, tag: Stop): Node {
  if (tag.word === 'if') return parseIf(reader, tag)
  if (tag.word === 'for') return parseFor(reader, tag)
  if (tag.word === 'set') return parseSet(reader, tag)
  if (tag.word === 'include') return parseInclude(tag)
  const inherited = parseInheritance(tag, {
    body: (closer) => block(reader, tag, [closer]).nodes,
    isTop: reader.depth === 1,
  })
  if (inherited) return inherited
  const remedy =
    'Use if, for, set, include, extends, block, import, from, macro, raw and comments; anything else is not run, for safety.'
  throw new TemplateFault(tag.at, `The tag {% ${tag.word} %} is not supported.`, remedy)
}

/** The rest of a block, whose end is one of `stops`. */
function block(reader: Reader, opener: Stop, stops: readonly string[]): { nodes: readonly Node[]; stop: Stop } {
  const { nodes, stop } = parseBody(reader, stops)
  const closer = stops[stops.length - 1]
  if (!stop) throw new TemplateFault(opener.at, `{% ${opener.word} %} is never closed.`, `Add {% ${closer} %}.`)
  if (!stops.includes(stop.word)) {
    const what = `Found {% ${stop.word} %} inside {% ${opener.word} %}.`
    throw new TemplateFault(stop.at, what, `Close it with {% ${closer} %} first.`)
  }
  return { nodes, stop }
}

function parseIf(reader: Reader, tag: Stop): Node {
  const test = parseExpression(tag.cursor)
  expectEnd(tag.cursor)
  const { nodes, stop } = block(reader, tag, ['elif', 'elseif', 'else', 'endif'])
  const rest = { kind: 'if', test, yes: nodes, at: tag.at } as const
  if (stop.word === 'endif') return { ...rest, no: [] }
  if (stop.word === 'else') return { ...rest, no: block(reader, tag, ['endif']).nodes }
  return { ...rest, no: [parseTag(reader, { ...stop, word: 'if' })] }
}

function parseFor(reader: Reader, tag: Stop): Node {
  const names = parseNames(tag.cursor)
  expect(tag.cursor, 'in')
  const list = parseExpression(tag.cursor)
  expectEnd(tag.cursor)
  const { nodes: body, stop } = block(reader, tag, ['else', 'endfor'])
  const otherwise = stop.word === 'else' ? block(reader, tag, ['endfor']).nodes : []
  return { kind: 'for', names, each: false, list, body, otherwise, at: tag.at }
}

function parseNames(cursor: Cursor): readonly string[] {
  const names = [expectName(cursor)]
  while (take(cursor, ',')) names.push(expectName(cursor))
  return names
}

function parseSet(reader: Reader, tag: Stop): Node {
  const names = parseNames(tag.cursor)
  if (take(tag.cursor, '=')) {
    const value = parseExpression(tag.cursor)
    expectEnd(tag.cursor)
    return { kind: 'set', names, value, at: tag.at }
  }
  expectEnd(tag.cursor)
  return { kind: 'capture', name: names[0] ?? '', body: block(reader, tag, ['endset']).nodes, at: tag.at }
}

/** A name in quotes, or one of several by a condition: which files a template can need is known without rendering it. */
function parseInclude(tag: Stop): Node {
  if (peek(tag.cursor).kind !== 'string') throw unexpected(tag.cursor, NAME)
  const name = parseExpression(tag.cursor)
  const ignoreMissing = at(tag.cursor, 'ignore')
  if (ignoreMissing) {
    next(tag.cursor)
    expect(tag.cursor, 'missing')
  }
  if (take(tag.cursor, 'with')) expect(tag.cursor, 'context')
  expectEnd(tag.cursor)
  return included(name, { ignoreMissing, at: tag.at })
}

const NAME = 'the name of the included file in quotes'

function included(name: Expr, include: { readonly ignoreMissing: boolean; readonly at: number }): Node {
  if (name.kind === 'choose') {
    const no = name.no === null ? [] : [included(name.no, include)]
    return { kind: 'if', test: name.test, yes: [included(name.yes, include)], no, at: include.at }
  }
  if (name.kind === 'literal' && typeof name.value === 'string')
    return { kind: 'include', name: name.value, context: null, ...include }
  throw new TemplateFault(name.at, `The include is not named by ${NAME}.`, 'Name each file that it may be.')
}
