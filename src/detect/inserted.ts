// Texts that are put into a prompt by their name: `{tone}` of a variable, `{TONES[tone]}` of a map, `{section(tone)}` of a function.

import { atItsPlace } from './formatted.ts'
import { callsOf, namesOf, type Text } from './reading.ts'
import { isMachineText, isNoSentence, wordCount } from './words.ts'

type Value = readonly Text[]

/** The prompts of a file, and what is put into them. */
export function withInserted(values: readonly Value[], found: readonly Value[]): readonly Value[] {
  const wanted = new Map<string, Set<string>>()
  for (const { inserted = [], owner, outer = '' } of found.flat())
    for (const name of inserted) {
      const owners = wanted.get(name) ?? new Set([''])
      wanted.set(name, owners.add(owner).add(outer))
    }
  if (wanted.size === 0) return found
  const prompts = new Set(found)
  return values.filter((value) => prompts.has(value) || isInserted(value, wanted))
}

/** Names, with the functions in which they are put into a prompt. */
type Wanted = ReadonlyMap<string, ReadonlySet<string>>

function isInserted(value: Value, wanted: Wanted): boolean {
  const [first] = value
  if (first === undefined || first.use !== 'value') return false
  const text = atItsPlace(first)
  const said = value.map((one) => one.value).join(' ')
  if (callsOf(text).length > 0 || wordCount(said) < MIN_WORDS || isNoSentence(said) || isMachineText(said)) return false
  const names = namesOf(text).slice(0, 2)
  const isSet = names.some((name) => wanted.get(name)?.has(text.owner))
  // What a helper returns; `default` is an arm of a `switch`.
  return isSet || (names.every((name) => name === 'default') && wanted.has(text.owner))
}
const MIN_WORDS = 3
