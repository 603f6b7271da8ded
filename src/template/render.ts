// Walks a compiled template and writes segments: every stretch of text with the template, variable or include it came from.

import type { Json, Segment } from '../domain.ts'
import { unreachable } from '../errors.ts'
import type { Expr, Node } from './ast.ts'
import { emit, spend, spendText } from './budget.ts'
import { evaluate, originOf } from './evaluate.ts'
import { placingFaults } from './fault.ts'
import { defineMacro, importNames, renderBlock, renderTemplate } from './inherit.ts'
import { type Blocks, type Compiled, otherTemplate, type Place, type Sink } from './place.ts'
import { type Binding, bind, childScope, type Rendering, type Scope } from './scope.ts'
import { entriesOf, isDict, isList, isTruthy, itemsOf, type Meter, ownValue, print, type Value } from './values.ts'

/** @throws TemplateError with the place in the template or in the included file */
export function renderCompiled(template: Compiled, rendering: Rendering): readonly Segment[] {
  const out: Sink = { segments: [] }
  const place: Place = { template, rendering, include: null, depth: 0, out, blocks: new Map(), nested: { macros: 0 } }
  placingFaults(template.source, () => renderTemplate(template.nodes, childScope(null), place))
  return out.segments
}

export function renderNodes(nodes: readonly Node[], scope: Scope, place: Place): void {
  for (const node of nodes) {
    spend(place.rendering.budget, 1, node.at)
    renderNode(node, scope, place)
  }
}

function renderNode(node: Node, scope: Scope, place: Place): void {
  const { rendering } = place
  const { kind } = node
  if (kind === 'text') writeStatic(node.text, node.at, place)
  else if (kind === 'placeholder') renderPlaceholder(node, place)
  else if (kind === 'for') renderFor(node, scope, place)
  else if (kind === 'capture') capture(node, scope, place)
  else if (kind === 'include') renderInclude(node, scope, place)
  else if (kind === 'block') renderBlock(node, scope, place)
  else if (kind === 'macro') defineMacro(node, scope, place)
  else if (kind === 'import') importNames(node, scope, place)
  else if (kind === 'extends')
    return // the whole template has been dealt with in renderTemplate
  else if (kind === 'output') {
    write(print(evaluate(node.value, scope, rendering), meterAt(node, place)), node.value, scope, place)
  } else if (kind === 'set') {
    assign(node.names, bindingOf(node.value, scope, rendering), scope, meterAt(node, place))
  } else if (kind === 'if') {
    const chosen = isTruthy(evaluate(node.test, scope, rendering), rendering.dialect) ? node.yes : node.no
    renderNodes(chosen, scope, place)
  } else if (kind === 'with') {
    const inner = childScope(scope)
    inner.bindings.set(node.name, bindingOf(node.value, scope, rendering))
    renderNodes(node.body, inner, place)
  } else unreachable(node)
}

const TEMPLATE = 'template'

type OfKind<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>

function meterAt(node: { readonly at: number }, place: Place): Meter {
  return { budget: place.rendering.budget, at: node.at, dialect: place.rendering.dialect }
}

function writeStatic(text: string, at: number, place: Place): void {
  append(text, at, place, place.include ?? TEMPLATE, place.include === null ? 'static' : 'include')
}

function write(text: string, expression: Expr, scope: Scope, place: Place): void {
  const origin = text === '' ? null : originOf(expression, scope)
  if (origin === null) writeStatic(text, expression.at, place)
  else append(text, expression.at, place, origin, 'variable')
}

function append(text: string, at: number, place: Place, origin: string, kind: Segment['kind']): void {
  if (text === '') return
  emit(place.rendering.budget, text.length, at)
  const last = place.out.segments.at(-1)
  if (last && last.origin === origin && last.kind === kind) last.text += text
  else place.out.segments.push({ text, origin, kind })
}

function renderPlaceholder(node: OfKind<'placeholder'>, place: Place): void {
  const value = ownValue(place.rendering.vars, node.name)
  if (value === undefined) {
    writeStatic(node.written, node.at, place)
    return
  }
  place.rendering.used.add(node.name)
  append(print(value, meterAt(node, place)), node.at, place, node.name, 'variable')
}

function bindingOf(expression: Expr, scope: Scope, rendering: Rendering): Binding {
  return { value: evaluate(expression, scope, rendering), origin: originOf(expression, scope) }
}

function assign(names: readonly string[], binding: Binding, scope: Scope, meter: Meter): void {
  const [only] = names
  if (only !== undefined && names.length === 1) bind(scope, only, binding, meter.dialect)
  else for (const [name, value] of unpack(names, binding.value)) bind(scope, name, { ...binding, value }, meter.dialect)
}

function unpack(names: readonly string[], value: Value): readonly (readonly [string, Value])[] {
  return names.map((name, index) => [name, isList(value) ? value[index] : undefined])
}

function capture(node: OfKind<'capture'>, scope: Scope, place: Place): void {
  const out: Sink = { segments: [] }
  renderNodes(node.body, childScope(scope), { ...place, out })
  const value = out.segments.map((segment) => segment.text).join('')
  spendText(place.rendering.budget, value.length, node.at)
  const origin = out.segments.find((segment) => segment.kind === 'variable')?.origin ?? null
  bind(scope, node.name, { value, origin }, place.rendering.dialect)
}

function renderFor(node: OfKind<'for'>, scope: Scope, place: Place): void {
  const { value, origin } = bindingOf(node.list, scope, place.rendering)
  const rounds = roundsOf(node, value, meterAt(node, place))
  if (rounds.length === 0) renderNodes(node.otherwise, scope, place)
  rounds.forEach((bindings, index) => {
    const inner = childScope(scope)
    for (const [name, item] of bindings) inner.bindings.set(name, { value: item, origin })
    if (!node.each) inner.bindings.set('loop', { value: loopState(index, rounds.length), origin: null })
    renderNodes(node.body, inner, place)
  })
}

type Round = readonly (readonly [string, Value])[]

/** What each round of a loop binds. */
function roundsOf(node: OfKind<'for'>, value: Value, meter: Meter): readonly Round[] {
  const [name = ''] = node.names
  const unpacks = node.names.length > 1
  if (node.each) return eachRounds(name, value, meter)
  if (unpacks && isDict(value)) return entriesOf(value, meter).map((entry) => unpack(node.names, entry))
  return itemsOf(value, meter).map((item) => (unpacks ? unpack(node.names, item) : [[name, item]]))
}

function eachRounds(name: string, value: Value, meter: Meter): readonly Round[] {
  const entries: readonly (readonly [string | number, Json])[] = isDict(value)
    ? entriesOf(value, meter)
    : isList(value)
      ? itemsOf(value, meter).map((item, index) => [index, item])
      : []
  return entries.map(([key, item], index) => [
    [name, item],
    ['@index', index],
    ['@key', key],
    ['@first', index === 0],
    ['@last', index === entries.length - 1],
  ])
}

function loopState(index: number, length: number): Json {
  const counts = { index: index + 1, index0: index, revindex: length - index, revindex0: length - index - 1 }
  return { ...counts, first: index === 0, last: index === length - 1, length }
}

function renderInclude(node: OfKind<'include'>, scope: Scope, place: Place): void {
  if (node.ignoreMissing && !place.template.partial(node.name)) return
  const template = otherTemplate(node, place)
  const blocks: Blocks = new Map()
  const inner: Place = { ...place, template, include: node.name, depth: place.depth + 1, blocks }
  placingFaults(template.source, () => renderTemplate(template.nodes, ...within(node, scope, inner)))
}

/** A Nunjucks include sees the names around it; a Handlebars partial sees its context as if it were the root. */
function within(node: OfKind<'include'>, scope: Scope, place: Place): readonly [Scope, Place] {
  if (place.rendering.dialect !== 'handlebars') return [childScope(scope), place]
  if (node.context === null) return [childScope(null), place]
  const value = evaluate({ kind: 'name', name: node.context, at: node.at }, scope, place.rendering)
  const rendering: Rendering = { ...place.rendering, vars: isDict(value) ? value : {}, used: new Set() }
  return [childScope(null), { ...place, rendering }]
}
