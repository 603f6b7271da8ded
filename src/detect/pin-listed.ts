// Ids that stand in a list of what there is, each under a name of its own: they take part in replacements alone.

import { isConnected } from './catalogue.ts'
import { MAX_BESIDE } from './pin-asides.ts'
import { bare } from './pin-constants.ts'
import { around, type Frame, type Text } from './reading.ts'
import { namesModel } from './role-tables.ts'

/**
 * What there is, under a name that says which it is: `COHERE_COMMAND_R = new TextModel({ name: "cohere.command-r-v1:0" })`,
 * `{ model_name: gpt-4o, litellm_params: { model: … } }` of a proxy. Another behind the same name is a change.
 */
export const isListed = ({ name, frame }: Text, [, ...outer]: readonly string[], id: string) =>
  (/^(?:name|id|)$/i.test(name) &&
    outer.some((one) => /^[A-Z][A-Z\d_]{5,}$/.test(one) && bare(id).startsWith(bare(one)))) ||
  isServed(frame, id) ||
  (frame.parent?.open === '[' && frame.parent.ids > MAX_ASKED && isConnected({ name, frame }))

function isServed(frame: Frame, id: string): boolean {
  const entry = around(frame)
    .slice(0, MAX_DEEP)
    .find(({ keys }) => keys.has('model_name') && keys.has('litellm_params'))
  const called = entry?.entries.slice(0, MAX_BESIDE).find(({ name }) => name === 'model_name')?.text ?? ''
  return called !== '' && namesModel(called.replace(/^["']|["']$/g, ''), id)
}

/** The entry, what is given for it, and what a program adds to that. */
const MAX_DEEP = 4

/** Of more connections in one list somebody chooses one. */
const MAX_ASKED = 4
