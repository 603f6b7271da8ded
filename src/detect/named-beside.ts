// Names that stand beside a value and not before it.

import { saysModel } from './model-names.ts'
import type { Text } from './reading.ts'

/** `{ name: "CHAT_MODEL", value: "…" }`, as containers are given their environment: the name of the value. */
export function namedBeside({ name, frame }: Text): string | undefined {
  if (!/^value$/i.test(name)) return undefined
  const named = frame.entries.find((entry) => /^(?:name|key)$/i.test(entry.name))?.text ?? ''
  return /^"([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)"$/.exec(named)?.[1]
}

/** `option("--chat-model", default="…")`, `SetDefault("llm.model", "…")`, `field :model, "…"`: the name of the default. */
export function namedFirst({ name, frame, value }: Text): string | undefined {
  if (name === '' && frame.first !== value && GIVES_DEFAULT.test(frame.callee) && saysModel(frame.first))
    return frame.first
  const isDefault = frame.open === '(' && /^default(?:_?value)?$/i.test(name) && /^[\w-]+$/.test(frame.first)
  return isDefault ? frame.first.replace(/^-+/, '') : undefined
}

const GIVES_DEFAULT =
  /(?:^|\.)(?:set_?default|field|attribute|setting|define|fetch|get|config|env|get_?\w*(?:env|default|value|string|setting|option|config))$/i

/** `"chatModelName": { "value": "…" }`, as parameters of infrastructure are given: the name of the value. */
export function namedAround({ name, frame }: Text): string | undefined {
  return VALUE.test(name) && frame.open === '{' && saysModel(frame.name) ? frame.name : undefined
}
const VALUE = /^(?:value|default|default_?value)$/i
