// Ids that are asked for by a key: `Agent(model=MODELS["gpt-5"])`, `ask(model_id=MODELS["small and cheap"])`.

import { isPlain, modelId } from './model-ids.ts'
import { MODEL_KEY, saysModel } from './model-names.ts'
import type { Id } from './pin-choices.ts'
import type { Pin } from './pins.ts'
import type { Text } from './reading.ts'
import { wordsOf } from './words.ts'

/** `limits["gpt-4o"]` says which of several, not what it is; `Agent(model=MODELS["gpt-4o"])` is given it. */
export const trustOfKey = (text: Text, id: string): Pin['trust'] | null =>
  isPlain(id) ? null : isGiven(text) ? 'sure' : 'likely'

function isGiven({ frame: { name, parent } }: Text): boolean {
  const isArgument = parent?.open === '(' || (parent?.open === '{' && parent.owner === '')
  return isArgument && MODEL_KEY.test(wordsOf(name).join('_'))
}

/** A key that is no id, and the one id that the file has under it: another key in its place asks for another model. */
export function lookedUp(texts: readonly Text[], ids: readonly Id[]): readonly Pin[] {
  const asked = texts.filter(
    // `config["model"]` says that it is one, and comes from anywhere.
    (text) => text.use === 'lookup' && modelId(text.value) === null && !saysModel(text.value) && isGiven(text),
  )
  if (asked.length === 0) return []
  const under = new Map<string, Id[]>()
  for (const one of ids) {
    const there = under.get(one.text.name)
    if (there === undefined) under.set(one.text.name, [one])
    else there.push(one)
  }
  return asked.flatMap(({ value, line, owner, frame: { name } }): Pin[] => {
    const [only, ...others] = under.get(value) ?? []
    if (only === undefined || others.some(({ id }) => id !== only.id)) return []
    const { id, written } = only
    // By its place alone: what another function is given under the same name is something else.
    const place = owner === '' ? name : `${owner}() ${name}`
    return [{ key: place, place, id, written, line, trust: 'likely', symbol: name, by: value }]
  })
}
