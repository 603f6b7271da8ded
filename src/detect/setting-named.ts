// A setting that got a name, or lost it: `temperature: 0.2` that became `temperature: this.temperature` beside a field
// `temperature = 0.2`, in the same file or in another one that changes with it.

import type { Entry, Reading } from './reading.ts'
import { isTold, meaning, NOT_SENT, type Pair, type Setting } from './setting-values.ts'

/** How often a file gives a name a value: `name\0value` → count. */
export type Named = ReadonlyMap<string, number>

export function namedIn({ frames }: Reading): Named {
  const counts = new Map<string, number>()
  for (const { entries } of frames) {
    for (const entry of entries) {
      const key = keyOfEntry(entry)
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts
}

/** Long texts are no settings. */
const MAX_VALUE = 80

function keyOfEntry({ name, text }: Entry): string | null {
  if (name === '' || text.length > MAX_VALUE) return null
  const value = text.replace(/\s+/g, ' ').trim()
  return isTold({ name, value, scope: '', line: 0 }) ? keyOf(name, { name, value }) : null
}

const keyOf = (name: string, { name: of, value }: Pick<Setting, 'name' | 'value'>) =>
  `${name}\0${meaning({ name: of, value, scope: '', line: 0 }).replace(/^"(.*)"$/, '$1')}`

/** What is said oftener than before, under which name. */
export function moreOften(base: Named, head: Named): readonly string[] {
  return [...head].filter(([key, count]) => count > (base.get(key) ?? 0)).map(([key]) => key)
}

type Sides = { readonly base: Named; readonly head: Named }
type Elsewhere = { readonly come: ReadonlySet<string>; readonly gone: ReadonlySet<string> }

/** Whether one side says the value and the other a name to which its file, or another changed one, gives that value now. */
export function isUnderName({ old, now }: Pair, { base, head }: Sides, others: () => Elsewhere): boolean {
  const [told, other] = old !== undefined && isTold(old) ? [old, now] : [now, old]
  if (told === undefined || !isTold(told) || told.value === NOT_SENT || (other !== undefined && isTold(other)))
    return false
  const name = other === undefined ? told.name : nameIn(other.value)
  if (name === null) return false
  const key = keyOf(name, told)
  const [said, before] = told === old ? [head, base] : [base, head]
  // Where the value itself stands under that name, it is still said as often.
  const own = name === told.name ? 1 : 0
  const count = said.get(key) ?? 0
  if (count > 0 && count > (before.get(key) ?? 0) - own) return true
  return other !== undefined && (told === old ? others().come : others().gone).has(key)
}

/** `this . temperature`, `settings . llm_temperature`, `opts . maxTokens ( )`, `config ( "ai.temperature" )` */
function nameIn(value: string): string | null {
  if (value.length > MAX_VALUE) return null
  const read = /^\w+ \( ["']([\w.-]+)["'] \)$/.exec(value)?.[1]
  return read?.split('.').at(-1) ?? /^\$?(?:\w+ (?:\.|->|::|\?\.) )*(\w+)(?: \( \))?$/.exec(value)?.[1] ?? null
}
