// Nunjucks and Jinja statements between templates: extends, block, import, from, macro.

import type { Expr, Node } from './ast.ts'
import { parseExpression } from './expressions.ts'
import { TemplateFault } from './fault.ts'
import { at, type Cursor, expect, expectEnd, expectName, next, peek, take, unexpected } from './tokens.ts'

type Tag = { readonly word: string; readonly cursor: Cursor; readonly at: number }
type Inside = { readonly body: (closer: string) => readonly Node[]; readonly isTop: boolean }

/** The statement, or null when the tag is none of these. */
export function parseInheritance(tag: Tag, inside: Inside): Node | null {
  if (tag.word === 'extends') return parseExtends(tag, inside)
  if (tag.word === 'block') return parseBlock(tag, inside)
  if (tag.word === 'import') return parseImport(tag)
  if (tag.word === 'from') return parseFrom(tag)
  return tag.word === 'macro' ? parseMacro(tag, inside) : null
}

function parseExtends(tag: Tag, { isTop }: Inside): Node {
  if (!isTop) throw new TemplateFault(tag.at, '{% extends %} stands inside another block.', 'Move it to the top.')
  const name = fileName(tag.cursor)
  expectEnd(tag.cursor)
  return { kind: 'extends', name, at: tag.at }
}

function parseBlock(tag: Tag, { body }: Inside): Node {
  const name = expectName(tag.cursor)
  if (at(tag.cursor, 'scoped') || at(tag.cursor, 'required')) next(tag.cursor)
  expectEnd(tag.cursor)
  return { kind: 'block', name, body: body('endblock'), at: tag.at }
}

function parseImport(tag: Tag): Node {
  const name = fileName(tag.cursor)
  expect(tag.cursor, 'as')
  const as = expectName(tag.cursor)
  const withContext = contextOf(tag.cursor)
  expectEnd(tag.cursor)
  return { kind: 'import', name, as, withContext, at: tag.at }
}

function parseFrom(tag: Tag): Node {
  const { cursor } = tag
  const name = fileName(cursor)
  expect(cursor, 'import')
  const names: (readonly [string, string])[] = []
  do {
    const imported = expectName(cursor)
    names.push([imported, take(cursor, 'as') ? expectName(cursor) : imported])
  } while (take(cursor, ','))
  const withContext = contextOf(cursor)
  expectEnd(cursor)
  return { kind: 'import', name, as: names, withContext, at: tag.at }
}

function parseMacro(tag: Tag, { body }: Inside): Node {
  const { cursor } = tag
  const name = expectName(cursor)
  const parameters: (readonly [string, Expr | null])[] = []
  expect(cursor, '(')
  while (!take(cursor, ')')) {
    const parameter = expectName(cursor)
    parameters.push([parameter, take(cursor, '=') ? parseExpression(cursor) : null])
    if (!at(cursor, ')')) expect(cursor, ',')
  }
  expectEnd(cursor)
  return { kind: 'macro', name, parameters, body: body('endmacro'), at: tag.at }
}

/** `with context` and `without context`; without is the default. */
function contextOf(cursor: Cursor): boolean {
  const withContext = take(cursor, 'with')
  if (withContext || take(cursor, 'without')) expect(cursor, 'context')
  return Boolean(withContext)
}

function fileName(cursor: Cursor): string {
  if (peek(cursor).kind !== 'string') throw unexpected(cursor, 'the name of the file in quotes')
  return next(cursor).text
}
