// What is written as the value of a pin.

import type { Frame, Text } from './reading.ts'
import { wordsOf } from './words.ts'

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

/** Also with Claude's long context behind it: `sonnet[1m]`. */
export const ID_SHAPED = /^(?=.*[a-zA-Z])[\w.:/@-]{3,100}(?:\[1m\])?$/

/** Names of texts about models for people, and of what says something else of them. */
const NEVER =
  /^(label|title|description|placeholder|help|message|summary|example|examples|text|content|note|comment|class|family|tokenizer|encoding|alt|href|url|icon|display_?name|nick_?name|org|uses)$/i
/** `token-model: gpt-4o`: how tokens are counted. */
const COUNTED_BY = /(?:^|_)token(?:s|i[sz]er)?_model(?:_(?:name|id))?$/
/** What an id is held against: `{ match: "gpt-4", vision: true }`. */
const HELD_AGAINST = /^(?:match|matches|pattern|regex|prefix|starts_?with)$/i

/** `MODEL_CAPACITY="gpt-4o:150"`: how much of it. */
const AMOUNT = /(?:^|[a-z_-])(?:capacity|quota)$/i

export const isNeverNamed = ({ name, frame }: Pick<Text, 'name' | 'frame'>) =>
  NEVER.test(name) ||
  /[a-z_-]placeholder$/i.test(name) ||
  AMOUNT.test(name) ||
  HELD_AGAINST.test(name) ||
  COUNTED_BY.test(wordsOf(name).join('_')) ||
  (name === '' && (frame.open === '[' || frame.open === '{') && NEVER.test(frame.name)) ||
  isShown(frame)

/** `@Example(code = "…")`, `examples: [{ … }]`: how it is done, for whoever reads of it. */
function isShown(innermost: Frame): boolean {
  for (
    let frame: Frame | null = innermost, depth = 0;
    frame !== null && depth < MAX_DEPTH;
    frame = frame.parent, depth++
  )
    if (frame.owner === '' && isExample(frame)) return true
  return false
}
const MAX_DEPTH = 12
const isExample = ({ open, name, callee }: Frame) =>
  open === '(' ? /(?:^|\.)Examples?$/.test(callee) : /^examples?$/i.test(name)
