// The replacement that GitHub Models prompt files use: exactly `{{name}}`, once, and unknown names stay as they are.

import type { Node } from './ast.ts'

export function parseLiteral(text: string): readonly Node[] {
  const nodes: Node[] = []
  let at = 0
  for (const found of text.matchAll(/\{\{([^{}\n]+)\}\}/g)) {
    if (found.index > at) nodes.push({ kind: 'text', text: text.slice(at, found.index), at })
    nodes.push({ kind: 'placeholder', name: found[1] ?? '', written: found[0], at: found.index })
    at = found.index + found[0].length
  }
  if (at < text.length) nodes.push({ kind: 'text', text: text.slice(at), at })
  return nodes
}

/** Text that is no template at all. */
export function parsePlain(text: string): readonly Node[] {
  return text === '' ? [] : [{ kind: 'text', text, at: 0 }]
}
