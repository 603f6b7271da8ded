// Versions that stand beside the name of a model.

import { modelId } from './model-ids.ts'
import { saysModel } from './model-names.ts'
import { writtenIn } from './pin-values.ts'
import type { Pin } from './pins.ts'
import type { Reading, Text } from './reading.ts'
import { wordsOf } from './words.ts'

/** `model_version: "2024-08-06"`, and `version` beside the name of a model. */
export function versions(reading: Reading): readonly Pin[] {
  return reading.texts.flatMap((text, at): Pin[] => {
    const value = writtenIn(text)
    if (value === null || !VERSION.test(value) || text.use !== 'value') return []
    const { frame, name, line } = text
    if (isAfterModel(text, reading.texts[at - 1]))
      return [{ key: 'version', id: value, line, trust: 'sure', symbol: frame.name, version: true }]
    // `chatModelVersion: { value: "0613" }`, `{ value: "${CHATGPT_VERSION=0613}" }`
    const inner = /^(?:value|default|default_?value)$/i.test(name)
    const variable = /^\$\{(\w+)/.exec(text.value)?.[1] ?? ''
    const key = inner ? frame.name : name
    const words = [...wordsOf(key), ...wordsOf(variable)]
    if (!words.includes('version') || words.includes('api') || frame.keys.has('Statement')) return []
    const alone = words.length === 1
    const ofModel = words.some((word) => /^(?:model|gpt|chatgpt|embedding|embed|emb|llm)$/.test(word))
    const ofDeployment = ofModel && words.some((word) => /^(?:model|deployment)$/.test(word))
    const beside = alone && (saysModel(frame.name) || saysModel(frame.callee))
    if (/^\d{1,2}$/.test(value) && !ofDeployment && !(beside && frame.keys.has('name'))) return []
    const near = alone && frame.ids > 0 && frame.open !== '' && frame.ids < 3
    return ofModel || beside || near ? [{ key, id: value, line, trust: 'sure', symbol: key, version: true }] : []
  })
}

/** `AddDeployment("chat", "gpt-4o-mini", "2")`, `AddDeployment(name, model, "2024-07-18")`: a deployment's last argument. */
const isAfterModel = ({ name, frame, value }: Text, before: Text | undefined) =>
  name === '' &&
  /deployment$/i.test(frame.callee) &&
  (DATE.test(value) || (before?.frame === frame && modelId(before.value) !== null))
const DATE = /^\d{4}-\d\d-\d\d$/

const VERSION =
  /^\d{1,4}(?:-preview)?$|^\d{4}-\d\d-\d\d(?:-preview)?$|^turbo-\d{4}-\d\d-\d\d$|^\d{8}$|^[a-z]+-preview$/i
