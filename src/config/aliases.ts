// Entries of `models:` that stand for another model than in the base: the name that is asked stays the same.

import type { Config } from './config.ts'

type Models = Config['models']
/** `from` and `to` are ids with their provider. */
export type ChangedAlias = { readonly name: string; readonly from: string; readonly to: string }

/** A name that is new, or gone, says nothing of a model that was exchanged. */
export function changedAliases(base: Models, head: Models): readonly ChangedAlias[] {
  return Object.entries(head).flatMap(([name, entry]): readonly ChangedAlias[] => {
    const old = Object.hasOwn(base, name) ? base[name] : undefined
    if (old === undefined || JSON.stringify(old) === JSON.stringify(entry)) return []
    // What an entry of both sides says of its base was written for another change than the one that comes after it.
    const from = typeof old === 'string' ? old : old.head
    const to = typeof entry === 'string' ? entry : entry.head
    return from === to ? [] : [{ name, from, to }]
  })
}

/** The head's entries with what they stood for on the base, so that each side is priced as what it was. */
export function modelsOfBoth(base: Models, head: Models): Models {
  const changed = changedAliases(base, head).map(({ name, from, to }) => [name, { base: from, head: to }] as const)
  return changed.length === 0 ? head : { ...head, ...Object.fromEntries(changed) }
}
