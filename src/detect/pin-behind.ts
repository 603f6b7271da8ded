// Ids of what there is, each behind a name: a list pins nothing, but another id behind the same name is what is asked
// wherever that name is chosen.

import { modelId } from './model-ids.ts'
import { PROVIDES } from './model-names.ts'
import { isAside } from './pin-asides.ts'
import type { Id } from './pin-choices.ts'
import { arrival, isOfOneKind, type PinChange } from './pin-likeness.ts'
import { isNeverNamed } from './pin-values.ts'
import type { Pin } from './pins.ts'
import { isGivenByProvider } from './pins-unknown.ts'
import { namesOf, type Text } from './reading.ts'
import { OTHER_NAME, SAYS_OTHER, tableOf } from './role-tables.ts'
import { wordsOf } from './words.ts'

/** More of them in one file are a copy of what somebody offers. */
const MAX_BEHIND = 200

/** `{ "GPT-4o": "gpt-4o-2024-08-06", … }`, `{ fast: openai("gpt-4o-mini"), … }`, whatever pins nothing by itself; `known` do. */
export function behindNames(ids: readonly Id[], known: readonly Pin[]): readonly Pin[] {
  const told = new Set(known.map(({ line, id }) => `${line}\0${id}`))
  const behind = ids.flatMap(({ text, id, written }): Pin[] => {
    const names = namesOf(text)
    if (told.has(`${text.line}\0${id}`) || names.length < 2 || !isBehind(text)) return []
    const [key = ''] = names
    const place = [text.owner, ...[...names].reverse()].filter((name) => name !== '').join(' ')
    return [{ key, place, id, written, line: text.line, trust: 'listed', symbol: key }]
  })
  return behind.length > MAX_BEHIND ? [] : behind
}

function isBehind(text: Text): boolean {
  const { use, frame, name } = text
  const entry = isGivenByProvider(text) && frame.parent !== null ? { frame: frame.parent, name: frame.name } : text
  const table = tableOf(entry)
  if (use !== 'value' || frame.tested || table === null || entry.name === '' || SAYS_MODEL.test(entry.name))
    return false
  if (OTHER_NAME.test(entry.name) || PROVIDES.test(entry.name) || isNeverNamed({ name, frame }) || isAside(text))
    return false
  const outer = namesOf({ name: '', frame: table })
  // `"gpt-4o": { openai: "…", azure: "…" }`: what one model is called by whom.
  if (/[-\d]/.test(table.name) && modelId(table.name) !== null) return false
  // What is said of one model beside its id is no further name.
  return table.ids * 2 >= table.entries.length && !outer.some((one) => SAYS_OTHER.test(wordsOf(one).join('_')))
}

/** `"deepseek-v3": { model: "…" }` describes a model. */
const SAYS_MODEL = /^model(?:_?(?:id|name))?$/i

export const isListed = ({ trust }: Pin) => trust === 'listed'

/** What stands behind a name on both sides, and is another on each. */
export function changedBehind(base: readonly Pin[], head: readonly Pin[]): readonly PinChange[] {
  const was = byPlace(base)
  return [...byPlace(head)].flatMap(([place, [now, ...more]]): PinChange[] => {
    const [old, ...others] = was.get(place) ?? []
    if (old === undefined || now === undefined || more.length + others.length > 0 || old.id === now.id) return []
    return isOfOneKind(old, now) ? [{ from: old.id, ...arrival(now) }] : []
  })
}

function byPlace(pins: readonly Pin[]): ReadonlyMap<string, readonly Pin[]> {
  const places = new Map<string, Pin[]>()
  for (const pin of pins.filter(isListed)) {
    const place = pin.place ?? ''
    const there = places.get(place)
    if (there === undefined) places.set(place, [pin])
    else there.push(pin)
  }
  return places
}
