// Links between files, and the way from one to another in words.

import type { Link } from '../domain.ts'

/** The shortest way from any of `roots` to `to`; null when there is none, empty when `to` is a root. */
export function wayTo(links: readonly Link[], roots: ReadonlySet<string>, to: string): readonly Link[] | null {
  if (roots.has(to)) return []
  const leading = new Map<string, Link[]>()
  for (const link of links) leading.set(link.to, [...(leading.get(link.to) ?? []), link])
  const seen = new Set([to])
  let level: readonly (readonly Link[])[] = [[]]
  while (level.length > 0) {
    const next: (readonly Link[])[] = []
    for (const way of level) {
      for (const link of leading.get(way[0]?.from ?? to) ?? []) {
        if (seen.has(link.from)) continue
        if (roots.has(link.from)) return [link, ...way]
        seen.add(link.from)
        next.push([link, ...way])
      }
    }
    level = next
  }
  return null
}

const MAX_SHOWN = 4

/** `a.j2 includes b.j2, which includes c.j2`; of a long way the beginning and the end. */
export function wayInWords(way: readonly Link[]): string {
  const [first, ...rest] = way
  if (first === undefined) return ''
  const shown = rest.length <= MAX_SHOWN ? rest : rest.slice(0, 1)
  const more = shown.map((link) => `, which ${link.how} ${link.to}`).join('')
  const end = shown.length === rest.length ? '' : `, and so on to ${rest.at(-1)?.to ?? ''}`
  return `${first.from} ${first.how} ${first.to}${more}${end}`
}
