// The safe subset of Handlebars that Dotprompt files use: variables, if, unless, each, with, ifEquals, json, partials. No other helpers.

import type { Expr, Node } from './ast.ts'
import { TemplateFault } from './fault.ts'
import { type Mustache, scanMustaches } from './mustaches.ts'

type Reader = { readonly pieces: readonly Mustache[]; index: number; readonly contexts: string[] }
type Stop = { readonly word: string; readonly rest: string; readonly at: number }
type Body = { readonly nodes: readonly Node[]; readonly stop: Stop | null }

const MAX_DEPTH = 50
/** The name under which the evaluator knows all variables. */
export const ROOT = '@root'

/** @throws TemplateFault with the offset of what cannot be read */
export function parseHandlebars(text: string): readonly Node[] {
  const reader: Reader = { pieces: scanMustaches(text), index: 0, contexts: [ROOT] }
  const { nodes, stop } = parseBody(reader)
  if (stop) throw new TemplateFault(stop.at, `{{${stop.word}}} has nothing to close.`, 'Remove it.')
  return nodes
}

function parseBody(reader: Reader): Body {
  const nodes: Node[] = []
  for (let piece = reader.pieces[reader.index]; piece; piece = reader.pieces[reader.index]) {
    reader.index += 1
    if (piece.kind === 'comment') continue
    if (piece.kind === 'text') {
      if (piece.text !== '') nodes.push({ kind: 'text', text: piece.text, at: piece.at })
      continue
    }
    const stop = stopOf(piece)
    if (stop) return { nodes, stop }
    nodes.push(parseMustache(reader, piece))
  }
  return { nodes, stop: null }
}

function stopOf(piece: Mustache): Stop | null {
  const closing = /^\s*\/\s*(\S+)\s*$/.exec(piece.text)
  if (closing) return { word: `/${closing[1]}`, rest: '', at: piece.start }
  const otherwise = /^\s*(?:else\b\s*(.*?)|\^)\s*$/s.exec(piece.text)
  return otherwise ? { word: 'else', rest: otherwise[1] ?? '', at: piece.start } : null
}

function parseMustache(reader: Reader, piece: Mustache): Node {
  const opener = /^\s*([#^>&]?)\s*(.*?)\s*$/s.exec(piece.text)
  const content = opener?.[2] ?? ''
  if (opener?.[1] === '#') return parseBlock(reader, content, piece.start)
  if (opener?.[1] === '^') return parseBlock(reader, `unless ${content}`, piece.start, content)
  if (opener?.[1] === '>') return parsePartial(reader, content, piece.start)
  return { kind: 'output', value: parseCall(reader, content, piece.start), at: piece.start }
}

/** @param name what closes the block, when it is not the helper's name */
function parseBlock(reader: Reader, content: string, at: number, name?: string): Node {
  const [helper = '', ...words] = wordsOf(content, at)
  const args = words.map((word) => operand(reader, word, at))
  if (reader.contexts.length > MAX_DEPTH)
    throw new TemplateFault(at, 'Blocks are nested too deeply.', 'Make it flatter.')
  const closer = `/${name ?? helper}`
  if (helper === 'if' || helper === 'unless') return parseIf(reader, negateIf(helper, only(args, helper, at)), closer)
  if (helper === 'ifEquals' || helper === 'unlessEquals') {
    return parseIf(reader, negateIf(helper, equality(args, helper, at)), closer)
  }
  if (helper === 'each') return parseEach(reader, only(args, helper, at), at)
  if (helper === 'with') return parseWith(reader, only(args, helper, at), at)
  const remedy = 'Use if, unless, each, with, ifEquals, unlessEquals or a partial; other helpers are not run.'
  throw new TemplateFault(at, `Unknown block helper {{#${helper}}}.`, remedy)
}

function negateIf(helper: string, test: Expr): Expr {
  return helper.startsWith('unless') ? { kind: 'not', value: test, at: test.at } : test
}

function only(args: readonly Expr[], helper: string, at: number): Expr {
  const [first] = args
  if (first && args.length === 1) return first
  throw new TemplateFault(at, `{{#${helper}}} takes one argument, found ${args.length}.`, 'Give it one variable.')
}

function equality(args: readonly Expr[], helper: string, at: number): Expr {
  const [left, right] = args
  if (left && right && args.length === 2) return { kind: 'binary', operator: '===', left, right, at }
  throw new TemplateFault(at, `{{#${helper}}} takes two arguments, found ${args.length}.`, 'Give it two values.')
}

function parseIf(reader: Reader, test: Expr, closer: string): Node {
  const { nodes, stop } = parseBody(reader)
  if (stop?.word === closer) return { kind: 'if', test, yes: nodes, no: [], at: test.at }
  if (stop?.word !== 'else') throw unclosed(closer, test.at, stop)
  const chained = /^(if|unless)\s+(.*)$/s.exec(stop.rest)
  if (!chained) return { kind: 'if', test, yes: nodes, no: closing(reader, closer, test.at), at: test.at }
  const argument = operand(reader, (chained[2] ?? '').trim(), stop.at)
  const rest = parseIf(reader, negateIf(chained[1] ?? '', argument), closer)
  return { kind: 'if', test, yes: nodes, no: [rest], at: test.at }
}

function closing(reader: Reader, closer: string, at: number): readonly Node[] {
  const { nodes, stop } = parseBody(reader)
  if (stop?.word !== closer) throw unclosed(closer, at, stop)
  return nodes
}

function unclosed(closer: string, at: number, stop: Stop | null): TemplateFault {
  const found = stop ? ` before {{${stop.word}}}` : ''
  return new TemplateFault(at, `{{#${closer.slice(1)}}} is not closed${found}.`, `Add {{${closer}}}.`)
}

function parseEach(reader: Reader, list: Expr, at: number): Node {
  const name = `@this${reader.contexts.length}`
  reader.contexts.push(name)
  const { nodes: body, stop } = parseBody(reader)
  reader.contexts.pop()
  const otherwise = stop?.word === 'else' ? closing(reader, '/each', at) : []
  if (stop?.word !== 'else' && stop?.word !== '/each') throw unclosed('/each', at, stop)
  return { kind: 'for', names: [name], each: true, list, body, otherwise, at }
}

function parseWith(reader: Reader, value: Expr, at: number): Node {
  const name = `@this${reader.contexts.length}`
  reader.contexts.push(name)
  const body = closing(reader, '/with', at)
  reader.contexts.pop()
  return { kind: 'if', test: value, yes: [{ kind: 'with', name, value, body, at }], no: [], at }
}

function parsePartial(reader: Reader, content: string, at: number): Node {
  const [name = '', argument, ...more] = wordsOf(content, at)
  if (more.length > 0 || argument?.includes('=')) {
    throw new TemplateFault(at, 'A partial takes at most one context here.', 'Pass a variable: {{> name variable}}.')
  }
  const current = reader.contexts[reader.contexts.length - 1] ?? ROOT
  const include = { kind: 'include', name: unquoted(name), ignoreMissing: false, at } as const
  if (argument === undefined) return { ...include, context: current === ROOT ? null : current }
  const value = operand(reader, argument, at)
  return { kind: 'with', name: '@partial', value, body: [{ ...include, context: '@partial' }], at }
}

function parseCall(reader: Reader, content: string, at: number): Expr {
  const [first = '', ...args] = wordsOf(content, at)
  if (first === 'json' && args.length > 0) {
    const [value = '', indent] = args
    const spaces = indent === undefined ? [] : [operand(reader, indent.replace(/^indent=/, ''), at)]
    const input = operand(reader, value, at)
    return { kind: 'filter', name: 'tojson', input, args: { positional: spaces, named: [] }, at }
  }
  if (args.length > 0 || UNSUPPORTED.has(first)) {
    const remedy = 'Use variables, if, unless, each, with, json and partials; other helpers are not run.'
    throw new TemplateFault(at, `Unknown helper {{${first}}}.`, remedy)
  }
  return operand(reader, first, at)
}

/** Dotprompt helpers that make message parts, which a rendered text cannot hold. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['role', 'media', 'section', 'history'])

const WORD = /\s*((?:"[^"]*"|'[^']*'|\[[^\]]*\]|[^\s"'[\]()|])+)\s*/y

function wordsOf(content: string, at: number): readonly string[] {
  const words: string[] = []
  const pattern = new RegExp(WORD)
  while (pattern.lastIndex < content.length) {
    const start = pattern.lastIndex
    const word = pattern.exec(content)?.[1]
    if (word === undefined) {
      const what = `Unexpected \`${content[start]}\` in {{${content.slice(0, 40)}}}.`
      throw new TemplateFault(at, what, 'Sub-expressions and block parameters are not supported.')
    }
    words.push(word)
  }
  return words
}

function unquoted(word: string): string {
  return /^(["']).*\1$/s.test(word) ? word.slice(1, -1) : word
}

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', null],
])

function operand(reader: Reader, word: string, at: number): Expr {
  if (/^["']/.test(word)) return { kind: 'literal', value: unquoted(word), at }
  if (/^-?\d+(\.\d+)?$/.test(word)) return { kind: 'literal', value: Number(word), at }
  const constant = CONSTANTS.get(word)
  if (constant !== undefined) return { kind: 'literal', value: constant, at }
  return path(reader, word, at)
}

function path(reader: Reader, word: string, at: number): Expr {
  let rest = word
  let depth = reader.contexts.length - 1
  while (rest.startsWith('../') || rest === '..') {
    depth = Math.max(0, depth - 1)
    rest = rest.slice(3)
  }
  rest = rest.replace(/^(?:this|\.)(?:[./]|$)/, '')
  const keys = rest === '' ? [] : rest.split(/[./](?![^[]*\])/).map((key) => key.replace(/^\[(.*)\]$/s, '$1'))
  if (keys.some((key) => key === '')) throw new TemplateFault(at, `\`${word}\` is not a variable.`, 'Write {{a.b}}.')
  const context = reader.contexts[depth] ?? ROOT
  const [first, ...others] = keys
  if (first === undefined) return { kind: 'name', name: context, at }
  const rooted = context === ROOT || first.startsWith('@')
  const start: Expr = { kind: 'name', name: rooted ? first : context, at }
  return (rooted ? others : keys).reduce<Expr>((of, key) => member(of, key, at), start)
}

function member(of: Expr, key: string, at: number): Expr {
  return { kind: 'member', of, key: { kind: 'literal', value: key, at }, at }
}
