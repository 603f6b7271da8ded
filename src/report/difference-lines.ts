// One line for the documents and one for the tools in which the sides of a case differ.

import { formatCount } from './numbers.ts'
import type { Difference, Flip } from './report.ts'

const WORDS = {
  'documents-gone': ['Retrieved', 'gone'],
  'documents-added': ['Retrieved', 'added'],
  'documents-reordered': ['Retrieved', 'in another order'],
  'tools-gone': ['Tools', 'gone'],
  'tools-added': ['Tools', 'added'],
  'tools-changed': ['Tools', 'changed'],
  'tools-reordered': ['Tools', 'in another order'],
} as const satisfies { readonly [kind in Difference['kind']]: readonly [string, string] }

/** Of each kind. */
const NAMED = 5

/**
 * `Retrieved: gone doc-3; added doc-7 and 2 more`
 * @param written makes an id or a call inert for the place that it is shown in
 */
export function differenceLines({ differences }: Flip, written: (text: string) => string): readonly string[] {
  const lines = new Map<string, string[]>()
  for (const { kind, count, shown } of differences ?? []) {
    const [what, how] = WORDS[kind]
    const named = shown.slice(0, NAMED)
    const more = count - named.length
    const text = `${how} ${named.map(written).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
    lines.set(what, [...(lines.get(what) ?? []), text])
  }
  return [...lines].map(([what, parts]) => `${what}: ${parts.join('; ')}`)
}
