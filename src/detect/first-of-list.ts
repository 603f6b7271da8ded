// The default that is the first of a list: `MODELS[0]`, `models.first`. The list pins nothing, its first entry does.

import type { Frame, Text } from './reading.ts'
import { around } from './reading.ts'

/** Lists that are asked for their first entry are few; more than these are not looked at. */
const MAX_LISTS = 20

/** Of texts that are ids, in order: those that come first in a list of which the source takes the first. */
export function firstsOfLists(texts: readonly Text[], source: string): ReadonlyMap<Text, string> {
  const firsts = new Map<Text, string>()
  const seen = new Set<Frame>()
  for (const text of texts) {
    const list = around(text.frame)
      .slice(0, 2)
      .find((frame) => frame.open === '[' && frame.owner === '' && frame.ids >= 1 && nameOf(frame) !== '')
    if (list === undefined || seen.has(list) || seen.size >= MAX_LISTS) continue
    seen.add(list)
    if (takesFirst(nameOf(list), source)) firsts.set(text, nameOf(list))
  }
  return firsts
}

const nameOf = (frame: Frame) => (/^[A-Za-z_]\w*$/.test(frame.name) ? frame.name : '')

const takesFirst = (name: string, source: string) =>
  new RegExp(`(?<![\\w.])${name}(?:\\[ *0 *\\]|\\.first\\b|\\.at\\(0\\))`).test(source)
