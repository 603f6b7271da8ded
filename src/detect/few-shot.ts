// Examples that a model is shown: turns of its own, and lists that a template for examples is given. They may say anything.

import { namesOf, type Reading, type Text } from './reading.ts'

/** Lists of examples, by their names. */
export function shotLists({ frames }: Reading): ReadonlySet<string> {
  return new Set(
    frames.flatMap(({ callee, entries }) =>
      FEW_SHOT.test(callee)
        ? entries.flatMap(({ name, text }) => (name === 'examples' && /^[A-Za-z_]\w{0,60}$/.test(text) ? [text] : []))
        : [],
    ),
  )
}
const FEW_SHOT = /(?:^|\.)FewShot\w*Template$/

export const isShot = (text: Text, lists: ReadonlySet<string>) =>
  text.value !== '' &&
  text.use === 'value' &&
  (isTurn(text) || (lists.size > 0 && namesOf(text).some((name) => lists.has(name))))

/** `messages = [{ role: "user", … }, { role: "assistant", content: "positive" }]` */
const isTurn = ({ name, frame }: Text) =>
  name === 'content' &&
  frame.open === '{' &&
  frame.parent?.open === '[' &&
  LISTS.test(frame.parent.name) &&
  frame.entries.some((entry) => entry.name === 'role' && entry.text === '"assistant"')
const LISTS = /^(?:messages|\w*(?:examples?|shots?))$/i
