// What a template cannot do without: variables that it puts out, whatever the others are.

import type { Expr, Node } from './ast.ts'
import { partsOf } from './inspect.ts'

export type Needs = {
  /** Put out or looped over, and neither asked for in a condition nor given another value beside it. */
  readonly said: ReadonlySet<string>
  /** Names that the template binds or asks about itself, here or for what it includes. */
  readonly own: ReadonlySet<string>
}

export function needsOf(nodes: readonly Node[]): Needs {
  const needs = { said: new Set<string>(), own: new Set<string>() }
  collect(nodes, needs)
  return needs
}

type Found = { readonly said: Set<string>; readonly own: Set<string> }

function collect(nodes: readonly Node[], found: Found): void {
  for (const node of nodes) collectNode(node, found)
}

function collectNode(node: Node, found: Found): void {
  for (const name of boundBy(node)) found.own.add(name)
  if (node.kind === 'placeholder') found.said.add(node.name)
  if (node.kind === 'output' || node.kind === 'set' || node.kind === 'with') say(node.value, found)
  if (node.kind === 'for') say(node.list, found)
  if (node.kind === 'if') collectBranches(node, found)
  for (const children of childrenOf(node)) collect(children, found)
}

/** Only what is put out either way is put out whatever a case is. */
function collectBranches({ yes, no }: Node & { readonly kind: 'if' }, found: Found): void {
  const [then, otherwise] = [needsOf(yes), needsOf(no)]
  for (const name of then.said) if (otherwise.said.has(name)) found.said.add(name)
  for (const name of [...then.own, ...otherwise.own]) found.own.add(name)
}

/** What is asked about in a condition may be missing, and is as good as the template's own. */
function boundBy(node: Node): readonly string[] {
  switch (node.kind) {
    case 'if':
      return namesIn(node.test)
    case 'for':
    case 'set':
      return node.names
    case 'with':
    case 'capture':
      return [node.name]
    case 'import':
      return typeof node.as === 'string' ? [node.as] : node.as.map(([, own]) => own)
    case 'macro':
      return [node.name, 'varargs', 'kwargs', 'caller', ...node.parameters.map(([name]) => name)]
    default:
      return []
  }
}

/** Handlebars looks for names in the item or the context first, so that what stands there says nothing of the case. */
function childrenOf(node: Node): readonly (readonly Node[])[] {
  if (node.kind === 'for') return node.each ? [] : [node.body]
  return node.kind === 'capture' || node.kind === 'block' || node.kind === 'macro' ? [node.body] : []
}

const GIVEN_ANOTHER: readonly string[] = ['default', 'd']

/** Nothing is needed of what has a stand-in, or is only there in one case. */
function say(expression: Expr, found: Found): void {
  const { kind } = expression
  if (kind === 'name') found.said.add(expression.name)
  else if (kind === 'member' || kind === 'slice') say(expression.of, found)
  else if (kind === 'filter' && !GIVEN_ANOTHER.includes(expression.name)) say(expression.input, found)
  else if (kind === 'binary' && (expression.operator === '~' || expression.operator === '+')) {
    say(expression.left, found)
    say(expression.right, found)
  } else for (const name of namesIn(expression)) found.own.add(name)
}

function namesIn(expression: Expr): readonly string[] {
  if (expression.kind === 'name') return [expression.name]
  return partsOf(expression).flatMap(namesIn)
}
