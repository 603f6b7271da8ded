// Prompts that say what they said before, written otherwise: a template that became a function, a sentence that was put under a name.

import { whole } from './essence.ts'
import type { FoundPrompt } from './prompts.ts'

type Sides = { readonly gone: readonly FoundPrompt[]; readonly come: readonly FoundPrompt[] }

export function withoutRetold({ gone, come }: Sides): Sides {
  if (gone.length === 0 || come.length === 0) return { gone, come }
  const told = new Set<FoundPrompt>()
  const was = indexOf(gone)
  const is = indexOf(come)
  for (const now of come) pair(now, was, told)
  // The other way round: a sentence that had a name stands in the text now.
  for (const old of gone) pair(old, is, told)
  return { gone: gone.filter((one) => !told.has(one)), come: come.filter((one) => !told.has(one)) }

  function pair(one: FoundPrompt, others: Index, done: Set<FoundPrompt>): void {
    if (done.has(one)) return
    const own = others === was ? is : was
    const { text, used } = expanded(one, own)
    const other = others.whole.get(text) ?? (used.length > 0 ? undefined : unnamed(one, others))
    if (other === undefined || done.has(other)) return
    for (const each of [one, other, ...used]) done.add(each)
  }
}

type Index = {
  readonly whole: ReadonlyMap<string, FoundPrompt>
  readonly bare: ReadonlyMap<string, FoundPrompt>
  readonly named: ReadonlyMap<string, FoundPrompt>
}
const indexOf = (prompts: readonly FoundPrompt[]): Index => ({
  whole: new Map(prompts.map((one) => [whole(one), one])),
  bare: new Map(prompts.map((one) => [bare(whole(one)), one])),
  named: new Map(prompts.map((one) => [one.symbol, one])),
})

const NAMED_HOLE = /\{\{?[A-Za-z_][\w.]{0,60}\}?\}/g
const bare = (text: string) => text.replace(NAMED_HOLE, '{}')
const hasNames = (text: string) => bare(text) !== text

/** `"… {text}"` and `f"… {text}"`: the same words, of which one side has names in its holes and the other values. */
function unnamed(one: FoundPrompt, others: Index): FoundPrompt | undefined {
  const text = whole(one)
  const other = others.bare.get(bare(text))
  return other !== undefined && hasNames(text) !== hasNames(whole(other)) ? other : undefined
}

/** A prompt that inserts one text many times would grow without end. */
const MAX_NAMES = 50
const MAX_EXPANDED = 200_000

/** What a prompt says with the texts in it that it calls by name. */
function expanded(one: FoundPrompt, own: Index): { readonly text: string; readonly used: readonly FoundPrompt[] } {
  const text = whole(one)
  const names = one.pieces.flatMap(({ inserted = [] }) => inserted)
  if (names.length === 0 || names.length > MAX_NAMES) return { text, used: [] }
  const parts = text.split('{}')
  if (names.length !== parts.length - 1) return { text, used: [] }
  const inserted = names.map((name) => own.named.get(name))
  const used = inserted.filter((each) => each !== undefined)
  if (used.reduce((sum, each) => sum + whole(each).length, text.length) > MAX_EXPANDED) return { text, used: [] }
  const values = inserted.map((each) => (each && whole(each)) ?? '{}')
  return { text: parts.map((part, at) => part + (values[at] ?? '')).join(''), used }
}
