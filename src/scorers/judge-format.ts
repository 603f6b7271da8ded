// The form of a reply as the interface of a judge is asked for it. The prompt says it in words as well.

import type { Json, JsonObject } from '../domain.ts'
import { at } from '../targets/outside.ts'
import type { JudgeQuestion, Scale } from './judge.ts'

/** Under which names the interfaces have a form of the answer. */
const FORM_NAMES = [
  'response_format',
  ...['responseMimeType', 'responseSchema', 'responseJsonSchema'],
  ...['response_mime_type', 'response_schema', 'response_json_schema'],
]
const PATHS: readonly (readonly string[])[] = [
  ...FORM_NAMES.flatMap((name) => [[name], ['generationConfig', name], ['generation_config', name]]),
  ['output_config', 'format'],
  ['outputConfig', 'textFormat'],
]

/** Undefined where the parameters of a judge say a form themselves: they are sent as written. */
export function replyFormat({
  model,
  parameters,
  scale,
}: Pick<JudgeQuestion, 'model' | 'parameters' | 'scale'>): Json | undefined {
  if (PATHS.some((path) => at(parameters, ...path) !== undefined)) return undefined
  // It refuses schemas.
  return model.startsWith('deepseek/') ? { type: 'json_object' } : schemaOf(scale)
}

function schemaOf(scale: Scale): JsonObject {
  const verdict =
    scale.kind === 'score'
      ? { score: { type: 'number' } }
      : { label: { type: 'string', enum: scale.labels.map(({ label }) => label) } }
  const properties = { reason: { type: 'string' }, ...verdict }
  const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
  return { type: 'json_schema', json_schema: { name: 'verdict', strict: true, schema } }
}
