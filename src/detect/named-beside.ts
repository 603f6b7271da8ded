// Names that stand beside a value and not before it.

import { saysModel } from './model-names.ts'
import type { Text } from './reading.ts'

/** `{ name: "CHAT_MODEL", value: "…" }`, as containers are given their environment: the name of the value. */
export function namedBeside({ name, frame }: Text): string | undefined {
  if (!/^value$/i.test(name)) return undefined
  const named = frame.entries.find((entry) => /^(?:name|key)$/i.test(entry.name))?.text ?? ''
  return /^"([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)"$/.exec(named)?.[1]
}

/** `option("--chat-model", default="…")`, `field(:model, default: "…")`: the name of the default. */
export function namedFirst({ name, frame }: Text): string | undefined {
  const isDefault = frame.open === '(' && /^default(?:_?value)?$/i.test(name) && /^[\w-]+$/.test(frame.first)
  return isDefault ? frame.first.replace(/^-+/, '') : undefined
}

/** `"chatModelName": { "value": "…" }`, as parameters of infrastructure are given: the name of the value. */
export function namedAround({ name, frame }: Text): string | undefined {
  return VALUE.test(name) && frame.open === '{' && saysModel(frame.name) ? frame.name : undefined
}
const VALUE = /^(?:value|default|default_?value)$/i
