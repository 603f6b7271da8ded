// Secrets and personal data in committed cases: they go to a provider with every run, and stay in the history.

import type { Case, EvalSet } from '../domain.ts'
import { formatPlace } from '../errors.ts'
import { textOfMessage } from '../targets/turns.ts'
import { canonicalJson } from './canonical.ts'

/** Kinds that are found in a text (`e-mail`, `openai key`); empty when it is clean. */
export type FindPrivate = (text: string) => readonly string[]

const NAMED = 3

export function privateWarnings({ cases }: EvalSet, find: FindPrivate): readonly string[] {
  const found = new Map<string, Case[]>()
  for (const one of cases) {
    for (const kind of new Set(find(textOf(one)))) {
      const list = found.get(kind) ?? []
      list.push(one)
      found.set(kind, list)
    }
  }
  return [...found].map(([kind, list]) => {
    const more = list.length - NAMED
    const places = list.slice(0, NAMED).map((one) => `${one.id} (${formatPlace(one.place)})`)
    return `Looks like ${kind} in a case: ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}. Replace it by invented data.`
  })
}

/** Texts as they are, since the marks of JSON between them would hide some shapes. */
function textOf({ vars, expected, context, messages }: Case): string {
  const values = [...Object.values(vars), ...(expected === undefined ? [] : [expected])]
  const texts = values.map((value) => (typeof value === 'string' ? value : canonicalJson(value)))
  return [...texts, ...(context ?? []), ...(messages ?? []).map(textOfMessage)].join('\n')
}
