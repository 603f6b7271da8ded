// What is written as the value of a pin.

import type { Text } from './reading.ts'

/**
 * `${VAR:-id}`, `os.getenv("VAR", "id")`, `${{ vars.X || 'id' }}` and `{{ .Values.x | default "id" }}` give their default; the address of a resource gives
 * the model that it ends in.
 */
export function writtenIn({ value }: Pick<Text, 'value'>): string | null {
  if (value.length > 200) return null
  const fallback =
    /^\$\{(?:env:)?[\w.]+(?::?-|:?=|:|,\s*)["']?([^}"']+)["']?\}$/.exec(value)?.[1] ??
    /^[\w.]+\(["']\w+["'], *["']([^"']+)["']\)$/.exec(value)?.[1] ??
    /^\$?\{\{.*?(?:\bdefault[ (]+|\|\| *)["']([^"']+)["'].*\}\}$/.exec(value)?.[1]
  return (fallback ?? value).trim().replace(RESOURCE, '')
}
/** Also where the region is put in: `${region}.anthropic.…`. */
const RESOURCE =
  /^(?:\{\}\.(?=[a-z])|arn:aws[\w-]*:bedrock:[\w:{}-]*(?:foundation-model|inference-profile)\/|(?:hf|ollama):\/\/)/

export const ID_SHAPED = /^(?=.*[a-zA-Z])[\w.:/@-]{3,100}$/

/** Names of texts about models for people, and of what says something else of them. */
const NEVER =
  /^(label|title|description|placeholder|help|message|summary|example|examples|text|content|note|comment|class|family|tokenizer|encoding|alt|href|url|icon|display_?name|uses)$/i
/** What an id is held against: `{ match: "gpt-4", vision: true }`. */
const HELD_AGAINST = /^(?:match|matches|pattern|regex|prefix|starts_?with)$/i

/** `MODEL_CAPACITY="gpt-4o:150"`: how much of it. */
const AMOUNT = /(?:^|[a-z_-])(?:capacity|quota)$/i

export const isNeverNamed = ({ name, frame }: Pick<Text, 'name' | 'frame'>) =>
  NEVER.test(name) ||
  /[a-z_-]placeholder$/i.test(name) ||
  AMOUNT.test(name) ||
  HELD_AGAINST.test(name) ||
  (name === '' && frame.open === '[' && NEVER.test(frame.name)) ||
  (frame.open === '{' && /^examples?$/i.test(frame.name))
