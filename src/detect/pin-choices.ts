// Ids that are one of several to choose from, or said beside another; and how many stand in each place.

import { bare } from './pin-constants.ts'
import { isNeverNamed } from './pin-values.ts'
import { around, callsOf, type Frame, namesOf, type Text } from './reading.ts'
import { isAskedInTurn } from './role-tables.ts'
import { wordsOf } from './words.ts'

/** `written` with its provider. */
export type Id = { readonly text: Text; readonly id: string; readonly written: string }

/** `Model("gpt-4o", "GPT-4o")`, `{ id: "gpt-4o", name: "GPT-4o" }`: what people call it, beside it. */
export function withoutEchoes(ids: readonly Id[]): readonly Id[] {
  return ids.filter(({ text, id }, at) => {
    const isSaidIn = (other: Id | undefined) =>
      other?.text.frame === text.frame && other.id !== id && bare(other.id) === bare(id)
    const isEcho =
      (isSaidIn(ids[at - 1]) && !isForPeople(ids[at - 1])) || (isSaidIn(ids[at + 1]) && isForPeople(ids[at]))
    const isBeside = text.frame.open === '{' && /^(?:name|label|title)$/i.test(text.name)
    return !(isEcho && ((text.frame.open === '(' && text.name === '') || isBeside))
  })
}

/** `GPT-4o` where the file has `gpt-4o`, too: these are never asked for in capitals, but for what somebody deployed as he liked. */
export function withoutDisplayNames(ids: readonly Id[]): readonly Id[] {
  const written = new Set(ids.map(({ id }) => id))
  return ids.filter(({ id, text }) => !(SHOWN.test(id) && written.has(id.toLowerCase()) && !isDeployed(text)))
}
const isDeployed = (text: Text) => /deployment/i.test([...namesOf(text), ...callsOf(text)].join(' '))
const SHOWN = /^(?:GPT|Claude|Gemini)-/

/** `INSERT INTO models (id, name) VALUES ('a', '…'), ('b', '…'), …`: what there is, or what is said of each. */
export function withoutRows(ids: readonly Id[]): readonly Id[] {
  const rows = new Map<string, Set<Frame>>()
  for (const { text } of ids)
    if (isRow(text.frame)) rows.set(text.frame.name, (rows.get(text.frame.name) ?? new Set()).add(text.frame))
  return ids.filter(({ text: { frame } }) => !isRow(frame) || (rows.get(frame.name)?.size ?? 0) < MIN_ROWS)
}
const MIN_ROWS = 3
export const isRow = ({ open, callee, name, keys, parent }: Frame) =>
  open === '(' &&
  callee === '' &&
  keys.size > 1 &&
  parent?.parent === null &&
  wordsOf(name).some((word) => /^(?:models?|llms?)$/.test(word))

const isForPeople = (one: Id | undefined) => one !== undefined && one.id !== one.id.toLowerCase()

/** Three ids in the brackets of one value are a choice, unless one is asked after the other. */
export function withoutChoices(ids: readonly Id[], tables: ReadonlySet<Frame>): readonly Id[] {
  const inGroup = new Map<number, number>()
  const isElement = ({ frame }: Text) => frame.open === '[' || frame.open === '('
  for (const { text } of ids) if (isElement(text)) inGroup.set(text.group, (inGroup.get(text.group) ?? 0) + 1)
  // `model === "openai/gpt-5" ? "gpt-5" : model`: the same model, called otherwise.
  const nameOf = ({ text, id }: Id) => `${text.group}\0${id.slice(id.lastIndexOf('/') + 1)}`
  const tested = new Set(ids.filter(({ text }) => text.use === 'condition').map(nameOf))
  const asked = ids.filter((one) => !tested.has(nameOf(one)))
  const isChoice = ({ text }: Id) => isElement(text) && (inGroup.get(text.group) ?? 0) >= 3
  return asked.filter((one) => !isChoice(one) || isAskedInTurn(one.text) || tables.has(one.text.frame))
}

/** Different ids in each frame: five agents that ask one model are no list of models. What is shown to people is no id. */
export function countIds(ids: readonly { readonly text: Text; readonly id: string }[]): void {
  const within = new Map<Frame, Set<string>>()
  for (const { text, id } of ids)
    if (!isNeverNamed(text))
      for (const frame of around(text.frame)) within.set(frame, (within.get(frame) ?? new Set()).add(id))
  for (const [frame, different] of within) frame.ids = different.size
}
