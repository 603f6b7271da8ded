// Renders what stands between templates: extends and blocks, imports and macros.

import type { Node } from './ast.ts'
import { spendText } from './budget.ts'
import { evaluate } from './evaluate.ts'
import { placingFaults, TemplateFault } from './fault.ts'
import { type Filling, MAX_INCLUDE_DEPTH, otherTemplate, type Place, type Sink } from './place.ts'
import { renderNodes } from './render.ts'
import { type Binding, childScope, type MacroArguments, type Scope } from './scope.ts'

type OfKind<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>

/** A template that extends another one gives it its blocks, and says nothing itself. */
export function renderTemplate(nodes: readonly Node[], scope: Scope, place: Place): void {
  const parent = nodes.find((node) => node.kind === 'extends')
  if (parent === undefined) {
    renderNodes(nodes, scope, place)
    return
  }
  const names = nodes.filter(
    ({ kind }) => kind === 'set' || kind === 'capture' || kind === 'macro' || kind === 'import',
  )
  renderNodes(names, scope, place)
  const blocks = new Map(place.blocks)
  const { template: own, include } = place
  for (const { name, body } of blocksOf(nodes))
    blocks.set(name, [...(blocks.get(name) ?? []), { body, template: own, include }])
  const template = otherTemplate(parent, place)
  const inner: Place = { ...place, template, include: parent.name, depth: place.depth + 1, blocks }
  placingFaults(template.source, () => renderTemplate(template.nodes, scope, inner))
}

function blocksOf(nodes: readonly Node[]): readonly OfKind<'block'>[] {
  return nodes.flatMap((node) => (node.kind === 'block' ? [node, ...blocksOf(node.body)] : []))
}

export function renderBlock(node: OfKind<'block'>, scope: Scope, place: Place): void {
  const own: Filling = { body: node.body, template: place.template, include: place.include }
  fill([...(place.blocks.get(node.name) ?? []), own], { scope, place, at: node.at })
}

type Around = { readonly scope: Scope; readonly place: Place; readonly at: number }

/** The first filling, in which `super()` is the next one. */
function fill([first, ...rest]: readonly Filling[], around: Around): void {
  if (first === undefined) return
  const inner = childScope(around.scope)
  const below = (at: number) => written(around.place, at, (place) => fill(rest, { ...around, place }))
  inner.bindings.set('super', { value: undefined, origin: null, macro: ({ at }) => below(at) })
  const { body, template, include } = first
  placingFaults(template.source, () => renderNodes(body, inner, { ...around.place, template, include }))
}

/** What is written by a part of a template, as text. */
function written(place: Place, at: number, write: (place: Place) => void): string {
  const out: Sink = { segments: [] }
  write({ ...place, out })
  const value = out.segments.map((segment) => segment.text).join('')
  spendText(place.rendering.budget, value.length, at)
  return value
}

export function defineMacro(node: OfKind<'macro'>, scope: Scope, place: Place): void {
  const macro = ({ positional, named, at }: MacroArguments): string => {
    const inner = childScope(scope)
    for (const [index, [name, byDefault]] of node.parameters.entries()) {
      const given = named.find(([one]) => one === name)?.[1] ?? positional[index]
      const value = given === undefined && byDefault !== null ? evaluate(byDefault, inner, place.rendering) : given
      inner.bindings.set(name, { value, origin: null })
    }
    return entering(place, at, () =>
      written(place, at, (into) => placingFaults(place.template.source, () => renderNodes(node.body, inner, into))),
    )
  }
  scope.bindings.set(node.name, { value: undefined, origin: null, macro })
}

/** A macro that calls itself ends at a depth, whatever it is called through. */
function entering<T>({ nested }: Place, at: number, run: () => T): T {
  if (nested.macros >= MAX_INCLUDE_DEPTH)
    throw new TemplateFault(at, `Macros are nested more than ${MAX_INCLUDE_DEPTH} deep.`, 'Break the cycle.')
  nested.macros++
  try {
    return run()
  } finally {
    nested.macros--
  }
}

/** The names that another template binds at its top; what it writes is not used. */
export function importNames(node: OfKind<'import'>, scope: Scope, place: Place): void {
  const template = otherTemplate(node, place)
  const rendering = node.withContext ? place.rendering : { ...place.rendering, vars: {} }
  const top = childScope(null)
  const inner: Place = {
    ...place,
    template,
    rendering,
    include: node.name,
    depth: place.depth + 1,
    out: { segments: [] },
  }
  placingFaults(template.source, () => renderTemplate(template.nodes, top, inner))
  const nothing: Binding = { value: undefined, origin: null }
  if (typeof node.as === 'string') scope.bindings.set(node.as, { ...nothing, members: top.bindings })
  else for (const [imported, own] of node.as) scope.bindings.set(own, top.bindings.get(imported) ?? nothing)
}
