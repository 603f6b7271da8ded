// Where rendering stands: in which template, how deep, and what is written to.

import type { Segment } from '../domain.ts'
import type { Node } from './ast.ts'
import { type Source, TemplateFault } from './fault.ts'
import type { Rendering } from './scope.ts'

/** A parsed template; `partial` finds an included one by name, parsed once. */
export type Compiled = {
  readonly source: Source
  readonly nodes: readonly Node[]
  readonly partial: (name: string) => Compiled | null
}

export type Place = {
  readonly template: Compiled
  readonly rendering: Rendering
  /** Name of the include being rendered. */
  readonly include: string | null
  readonly depth: number
  readonly out: Sink
  /** What templates that extend this one put into its blocks, the outermost first. */
  readonly blocks: Blocks
  /** How many macros are being written, one in the other. */
  readonly nested: { macros: number }
}
export type Blocks = ReadonlyMap<string, readonly Filling[]>
export type Filling = { readonly body: readonly Node[]; readonly template: Compiled; readonly include: string | null }
export type Sink = { segments: { text: string; readonly origin: string; readonly kind: Segment['kind'] }[] }

export const MAX_INCLUDE_DEPTH = 20

/** The template that an include, an import or `extends` names. @throws TemplateFault when there is none, or a circle */
export function otherTemplate(node: { readonly name: string; readonly at: number }, place: Place): Compiled {
  const template = place.template.partial(node.name)
  if (!template) {
    const remedy = 'Add the file, or correct the name; only files of the same side can be included.'
    throw new TemplateFault(node.at, `The included template \`${node.name}\` was not found.`, remedy)
  }
  if (place.depth >= MAX_INCLUDE_DEPTH) {
    throw new TemplateFault(node.at, `Includes are nested more than ${MAX_INCLUDE_DEPTH} deep.`, 'Break the cycle.')
  }
  return template
}
