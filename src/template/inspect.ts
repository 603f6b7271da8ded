// What a template mentions, read from its tree without rendering it.

import type { Expr, Node } from './ast.ts'

export type Included = {
  readonly name: string
  readonly how: 'includes' | 'extends' | 'imports'
  /** `ignore missing`: no file is no fault. */
  readonly optional: boolean
}

const VERBS = { include: 'includes', extends: 'extends', import: 'imports' } as const

/** The templates that it includes, each once, in order. */
export function includesOf(nodes: readonly Node[]): readonly Included[] {
  const found = new Map<string, Included>()
  visit(nodes, (node) => {
    if (node.kind !== 'include' && node.kind !== 'extends' && node.kind !== 'import') return
    const known = found.get(node.name)
    const optional = node.kind === 'include' && node.ignoreMissing && (known?.optional ?? true)
    found.set(node.name, { name: node.name, how: known?.how ?? VERBS[node.kind], optional })
  })
  return [...found.values()]
}

function visit(nodes: readonly Node[], see: (node: Node) => void): void {
  for (const node of nodes) {
    see(node)
    for (const children of childrenOf(node)) visit(children, see)
  }
}

function childrenOf(node: Node): readonly (readonly Node[])[] {
  if (node.kind === 'if') return [node.yes, node.no]
  if (node.kind === 'for') return [node.body, node.otherwise]
  const { kind } = node
  return kind === 'capture' || kind === 'with' || kind === 'block' || kind === 'macro' ? [node.body] : []
}

/**
 * Words that stand in the template whatever a case brings: its text in all branches, and literals that it puts out or
 * binds. A value leaves a space, so that words around it stay apart.
 */
export function staticTextOf(nodes: readonly Node[]): string {
  const texts: string[] = []
  visit(nodes, (node) => {
    if (node.kind === 'text') texts.push(node.text)
    else if (node.kind === 'placeholder') texts.push(' ')
    else if (node.kind === 'output' || node.kind === 'set' || node.kind === 'with') texts.push(literalsIn(node.value))
    else if (node.kind === 'for') texts.push(literalsIn(node.list))
  })
  return texts.join('')
}

/** `{{ "text" }}` says its text, and nothing around it is set apart by that. */
function literalsIn(expression: Expr): string {
  if (expression.kind === 'literal') return String(expression.value ?? '')
  const found = saidBy(expression).map(literalsIn)
  return ` ${found.filter((text) => text.trim() !== '').join(' ')} `
}

const JOINS: readonly string[] = ['and', 'or', '~', '+']

/** Parts whose text can come out: no keys, and nothing that is only compared. */
function saidBy(expression: Expr): readonly Expr[] {
  if (expression.kind === 'member' || expression.kind === 'slice') return [expression.of]
  if (expression.kind === 'choose') return [expression.yes, ...(expression.no ? [expression.no] : [])]
  if (expression.kind === 'test' || expression.kind === 'not' || expression.kind === 'negative') return []
  if (expression.kind === 'binary' && !JOINS.includes(expression.operator)) return []
  return partsOf(expression)
}

/** Names of the variables that it needs from a case, each once, in order: not what it binds itself. */
export function variablesOf(nodes: readonly Node[]): readonly string[] {
  const found = new Set<string>()
  collect(nodes, new Set(BUILT_IN), found)
  return [...found]
}

const BUILT_IN = ['range', 'super', 'loop', 'env', '@root', '@index', '@key', '@first', '@last'] as const

function collect(nodes: readonly Node[], bound: Set<string>, found: Set<string>): void {
  for (const node of nodes) {
    for (const expression of expressionsOf(node)) namesIn(expression, bound, found)
    if (node.kind === 'placeholder') found.add(node.name)
    if (node.kind === 'if') for (const branch of [node.yes, node.no]) collect(branch, bound, found)
    if (node.kind === 'for') {
      collect(node.body, new Set([...bound, ...node.names]), found)
      collect(node.otherwise, new Set(bound), found)
    }
    if (node.kind === 'with') collect(node.body, new Set([...bound, node.name]), found)
    if (node.kind === 'capture') collect(node.body, new Set(bound), found)
    if (node.kind === 'set') for (const name of node.names) bound.add(name)
    if (node.kind === 'capture' || node.kind === 'macro') bound.add(node.name)
    if (node.kind === 'block') collect(node.body, new Set(bound), found)
    if (node.kind === 'macro') {
      const own = [...node.parameters.map(([name]) => name), 'varargs', 'kwargs', 'caller']
      collect(node.body, new Set([...bound, ...own]), found)
    }
    if (node.kind === 'import') for (const name of localNames(node.as)) bound.add(name)
  }
}

const localNames = (as: Extract<Node, { kind: 'import' }>['as']) =>
  typeof as === 'string' ? [as] : as.map(([, own]) => own)

function expressionsOf(node: Node): readonly Expr[] {
  if (node.kind === 'macro') return node.parameters.flatMap(([, value]) => (value === null ? [] : [value]))
  if (node.kind === 'output' || node.kind === 'set' || node.kind === 'with') return [node.value]
  if (node.kind === 'if') return [node.test]
  return node.kind === 'for' ? [node.list] : []
}

function namesIn(expression: Expr, bound: ReadonlySet<string>, found: Set<string>): void {
  if (expression.kind === 'name') {
    if (!bound.has(expression.name)) found.add(expression.name)
    return
  }
  const viaRoot = rootMember(expression)
  if (viaRoot !== null) found.add(viaRoot)
  for (const part of partsOf(expression)) namesIn(part, bound, found)
}

function rootMember(expression: Expr): string | null {
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return null
  return expression.of.kind === 'name' && expression.of.name === '@root' ? String(expression.key.value) : null
}

export function partsOf(expression: Expr): readonly Expr[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return []
    case 'member':
      return [expression.of, expression.key]
    case 'slice':
      return [expression.of, expression.from, expression.to].filter((part) => part !== null)
    case 'call':
      return [expression.callee, ...argumentsOf(expression.args)]
    case 'filter':
      return [expression.input, ...argumentsOf(expression.args)]
    case 'test':
      return [expression.input, ...expression.args]
    case 'not':
    case 'negative':
      return [expression.value]
    case 'binary':
      return [expression.left, expression.right]
    case 'choose':
      return [expression.test, expression.yes, ...(expression.no ? [expression.no] : [])]
    case 'list':
      return expression.items
    case 'dict':
      return expression.entries.flat()
  }
}

function argumentsOf(args: Extract<Expr, { kind: 'call' }>['args']): readonly Expr[] {
  return [...args.positional, ...args.named.map(([, value]) => value)]
}
