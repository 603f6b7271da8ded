// Parser of expressions, with the precedence of Nunjucks: inline if, or, and, not, in, is, comparison, ~, + -, * / // %, **, sign, filters.

import type { Args, Expr, Operator } from './ast.ts'
import { TemplateFault } from './fault.ts'
import { at, type Cursor, expect, expectName, next, peek, take, unexpected } from './tokens.ts'

const MAX_DEPTH = 100

/** @throws TemplateFault when the tokens are no expression */
export function parseExpression(cursor: Cursor): Expr {
  cursor.depth += 1
  if (cursor.depth > MAX_DEPTH) {
    throw new TemplateFault(peek(cursor).at, 'The expression is nested too deeply.', 'Split it with {% set %}.')
  }
  const expression = parseInlineIf(cursor)
  cursor.depth -= 1
  return expression
}

function parseInlineIf(cursor: Cursor): Expr {
  const yes = parseOr(cursor)
  const position = peek(cursor).at
  if (!take(cursor, 'if')) return yes
  const test = parseOr(cursor)
  const no = take(cursor, 'else') ? parseExpression(cursor) : null
  return { kind: 'choose', test, yes, no, at: position }
}

/** A left-associative level of binary operators. */
function level(operators: readonly Operator[], below: (cursor: Cursor) => Expr): (cursor: Cursor) => Expr {
  return (cursor) => {
    let left = below(cursor)
    for (;;) {
      const operator = operators.find((candidate) => at(cursor, candidate))
      if (operator === undefined) return left
      const position = next(cursor).at
      left = { kind: 'binary', operator, left, right: below(cursor), at: position }
    }
  }
}

const parsePower = level(['**'], parseSigned)
const parseProduct = level(['*', '//', '/', '%'], parsePower)
const parseSum = level(['+', '-'], parseProduct)
const parseConcat = level(['~'], parseSum)
const parseComparison = level(['===', '!==', '==', '!=', '<=', '>=', '<', '>'], parseConcat)
const parseAnd = level(['and'], parseNot)
const parseOr = level(['or'], parseAnd)

function parseNot(cursor: Cursor): Expr {
  let count = 0
  const position = peek(cursor).at
  while (take(cursor, 'not')) count += 1
  const value = parseMembership(cursor)
  if (count === 0) return value
  const once: Expr = { kind: 'not', value, at: position }
  return count % 2 === 1 ? once : { kind: 'not', value: once, at: position }
}

function parseMembership(cursor: Cursor): Expr {
  let left = parseIs(cursor)
  for (;;) {
    const position = peek(cursor).at
    const negated = at(cursor, 'not') && cursor.tokens[cursor.index + 1]?.text === 'in'
    if (negated) cursor.index += 1
    if (!take(cursor, 'in')) return left
    const found: Expr = { kind: 'binary', operator: 'in', left, right: parseIs(cursor), at: position }
    left = negated ? { kind: 'not', value: found, at: position } : found
  }
}

function parseIs(cursor: Cursor): Expr {
  const input = parseComparison(cursor)
  const position = peek(cursor).at
  if (!take(cursor, 'is')) return input
  const negated = take(cursor, 'not')
  const name = expectName(cursor)
  const test: Expr = { kind: 'test', name, input, args: testArguments(cursor), at: position }
  return negated ? { kind: 'not', value: test, at: position } : test
}

function testArguments(cursor: Cursor): readonly Expr[] {
  if (at(cursor, '(')) return parseArguments(cursor).positional
  const token = peek(cursor)
  // `is divisibleby 3`: Jinja's form without parentheses.
  return token.kind === 'number' || token.kind === 'string' || at(cursor, '[') ? [parseSigned(cursor)] : []
}

function parseSigned(cursor: Cursor): Expr {
  return withFilters(cursor, parseSign(cursor))
}

function parseSign(cursor: Cursor): Expr {
  const position = peek(cursor).at
  let negative = false
  while (at(cursor, '-') || at(cursor, '+')) negative = (next(cursor).text === '-') !== negative
  const value = parsePostfix(cursor)
  return negative ? { kind: 'negative', value, at: position } : value
}

function withFilters(cursor: Cursor, start: Expr): Expr {
  let input = start
  while (at(cursor, '|')) {
    const position = next(cursor).at
    const name = expectName(cursor)
    const args = at(cursor, '(') ? parseArguments(cursor) : NO_ARGUMENTS
    input = { kind: 'filter', name, input, args, at: position }
  }
  return input
}

const NO_ARGUMENTS: Args = { positional: [], named: [] }

function parseArguments(cursor: Cursor): Args {
  const positional: Expr[] = []
  const named: (readonly [string, Expr])[] = []
  expect(cursor, '(')
  while (!take(cursor, ')')) {
    if (peek(cursor).kind === 'name' && cursor.tokens[cursor.index + 1]?.text === '=') {
      const name = expectName(cursor)
      expect(cursor, '=')
      named.push([name, parseExpression(cursor)])
    } else positional.push(parseExpression(cursor))
    if (!at(cursor, ')')) expect(cursor, ',')
  }
  return { positional, named }
}

function parsePostfix(cursor: Cursor): Expr {
  let value = parsePrimary(cursor)
  for (;;) {
    const position = peek(cursor).at
    if (take(cursor, '.')) value = { kind: 'member', of: value, key: parseKey(cursor), at: position }
    else if (take(cursor, '[')) value = parseBracket(cursor, value)
    else if (at(cursor, '(')) value = { kind: 'call', callee: value, args: parseArguments(cursor), at: position }
    else return value
  }
}

function parseKey(cursor: Cursor): Expr {
  const token = next(cursor)
  if (token.kind === 'name') return { kind: 'literal', value: token.text, at: token.at }
  if (token.kind === 'number') return { kind: 'literal', value: Number(token.text), at: token.at }
  cursor.index -= 1
  throw unexpected(cursor, 'a name')
}

function parseBracket(cursor: Cursor, of: Expr): Expr {
  const position = peek(cursor).at
  const from = at(cursor, ':') ? null : parseExpression(cursor)
  if (take(cursor, ':')) {
    const to = at(cursor, ']') ? null : parseExpression(cursor)
    expect(cursor, ']')
    return { kind: 'slice', of, from, to, at: position }
  }
  expect(cursor, ']')
  if (from === null) throw unexpected(cursor, 'an index')
  return { kind: 'member', of, key: from, at: position }
}

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
  ['null', null],
])
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else'])

function parsePrimary(cursor: Cursor): Expr {
  const token = peek(cursor)
  if (token.kind === 'number') return { kind: 'literal', value: Number(next(cursor).text), at: token.at }
  if (token.kind === 'string') return { kind: 'literal', value: next(cursor).text, at: token.at }
  if (token.kind === 'name' && !KEYWORDS.has(token.text)) {
    cursor.index += 1
    const constant = CONSTANTS.get(token.text)
    if (constant !== undefined) return { kind: 'literal', value: constant, at: token.at }
    return { kind: 'name', name: token.text, at: token.at }
  }
  if (take(cursor, '(')) return parseParenthesis(cursor)
  if (take(cursor, '[')) return { kind: 'list', items: parseItems(cursor, ']'), at: token.at }
  if (take(cursor, '{')) return { kind: 'dict', entries: parseEntries(cursor), at: token.at }
  throw unexpected(cursor, 'a value')
}

/** A parenthesised expression, or a tuple, which is a list here. */
function parseParenthesis(cursor: Cursor): Expr {
  const first = parseExpression(cursor)
  if (take(cursor, ')')) return first
  expect(cursor, ',')
  return { kind: 'list', items: [first, ...parseItems(cursor, ')')], at: first.at }
}

function parseItems(cursor: Cursor, closer: string): readonly Expr[] {
  const items: Expr[] = []
  while (!take(cursor, closer)) {
    items.push(parseExpression(cursor))
    if (!at(cursor, closer)) expect(cursor, ',')
  }
  return items
}

function parseEntries(cursor: Cursor): readonly (readonly [Expr, Expr])[] {
  const entries: (readonly [Expr, Expr])[] = []
  while (!take(cursor, '}')) {
    const bare = peek(cursor).kind === 'name' && cursor.tokens[cursor.index + 1]?.text === ':'
    const key = bare ? parseKey(cursor) : parseExpression(cursor)
    expect(cursor, ':')
    entries.push([key, parseExpression(cursor)])
    if (!at(cursor, '}')) expect(cursor, ',')
  }
  return entries
}
