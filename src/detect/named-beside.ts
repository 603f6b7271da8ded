// Names that stand beside a value and not before it.

import { MODEL_KEY, saysModel } from './model-names.ts'
import type { Text } from './reading.ts'
import { wordsOf } from './words.ts'

/**
 * `{ name: "CHAT_MODEL", value: "…" }`, as containers are given their environment, and `{ identifier: "model", default: "…" }`, as
 * settings are described: the name of the value.
 */
export function namedBeside({ name, frame }: Text): string | undefined {
  if (!GIVEN.test(name)) return undefined
  const named = frame.entries.slice(0, MAX_ENTRIES).find((entry) => NAMES.test(entry.name))?.text ?? ''
  const said = /^["']([\w.-]{1,60})["']$/.exec(named)?.[1] ?? ''
  return (/^value$/i.test(name) && /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/.test(said)) || isModels(said) ? said : undefined
}
const GIVEN = /^(?:value(?:_\w+)?|default|default_?value)$/i
const NAMES = /^(?:name|key|identifier|id|field|dest|setting)(?:_(?:name|key|setting))?$/i
const MAX_ENTRIES = 60
/** `model`, `chat_model`, `llm.model`: nothing but a model. */
const isModels = (name: string) => MODEL_KEY.test(wordsOf(name).join('_')) && !/\d/.test(name)

/** `option("--chat-model", default="…")`, `SetDefault("llm.model", "…")`, `field :model, "…"`: the name of the default. */
export function namedFirst({ name, frame, value }: Text): string | undefined {
  if (name === '' && frame.first !== value && GIVES_DEFAULT.test(frame.callee) && saysModel(frame.first))
    return frame.first
  const isDefault = frame.open === '(' && /^default(?:_?value)?$/i.test(name) && /^[\w-]+$/.test(frame.first)
  return isDefault ? frame.first.replace(/^-+/, '') : undefined
}

const GIVES_DEFAULT =
  /(?:^|\.)(?:set_?default|put|add|append|set|with|add_?property|set_?property|form_?field|add_?(?:\w{1,12}_?)?(?:body|part|field|param(?:eter)?)|field|attribute|setting|define|fetch|get|config|env|get_?\w*(?:env|default|value|string|setting|option|config))$/i

/** `"chatModelName": { "value": "…" }`, as parameters of infrastructure are given: the name of the value. */
export function namedAround({ name, frame }: Text): string | undefined {
  return VALUE.test(name) && frame.open === '{' && saysModel(frame.name) ? frame.name : undefined
}
const VALUE = /^(?:value|default|default_?value)$/i

/** `@Value("${llm.chat-model:id}")`: the name of the placeholder whose default it is; not where tokens are counted. */
export function namedInside({ name, value }: Pick<Text, 'name' | 'value'>): string | undefined {
  const said = name === '' ? /^\$\{([\w.-]{1,80}):[^{}]/.exec(value)?.[1] : undefined
  return said === undefined || /tokeni[sz]er/i.test(said) ? undefined : said
}
