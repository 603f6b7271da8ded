// What an entry of a map is called where a language has no `key: value`, and whom an arm gives something for.

import type { Frame } from '../reading.ts'
import type { Token } from './tokens.ts'
import type { Level, Walk } from './walk.ts'

/**
 * The key of a pair, in the maps of languages whose pairs are no `key: value`: `Map.of("openai", "id")`, `Map.entry(OPENAI, "id")`,
 * `HashMap::from([("openai", "id")])`, Kotlin's `"openai" to "id"`, Scala's `"openai" -> "id"`, C#'s `{ Provider.OpenAI, "id" }`.
 */
export function pairedWith({ tokens, at, reader }: Walk, { frame }: Level): string {
  const [key, between] = [tokens[at - 2], tokens[at - 1]]
  if (between === undefined || !BETWEEN.has(between.text)) return ''
  const { id } = reader.language
  if (ARM[id] === between.text && key !== undefined) return isArm(tokens[at], key, frame) ? key.text : ''
  const infix = (id === 'kotlin' && between.text === 'to') || (id === 'scala' && between.text === '->')
  if (key === undefined || !(infix || (between.text === ',' && isPair(frame, id)))) return ''
  return key.kind !== 'operator' && /^[\w.-]{1,40}$/.test(key.text) ? key.text : ''
}

/** `Provider::OpenAI => "id"`, `OPENAI -> "id"`: what is given for whom. */
const ARM: { readonly [language: string]: string } = { rust: '=>', scala: '=>', kotlin: '->', java: '->' }
/** Only what may be an id is named so: a text may be given for an error. */
const isArm = (text: Token | undefined, key: Token, { open }: Frame) =>
  open === '{' &&
  (key.kind === 'string' || (key.kind === 'name' && /^[A-Z]/.test(key.text))) &&
  /^[\w.:/@-]{2,80}$/.test(text?.text ?? '')

const BETWEEN: ReadonlySet<string> = new Set([',', 'to', '->', '=>'])

function isPair({ open, callee, parent }: Frame, language: string): boolean {
  if (open === '(' && callee !== '') return PAIRS.test(callee)
  if (language === 'rust') return open === '(' && parent?.open === '[' && MAPS.test(parent.parent?.callee ?? '')
  return language === 'csharp' && open === '{' && callee === '' && parent?.open === '{'
}
const PAIRS = /(?:^|\.)(?:Map\.(?:of|entry)|ImmutableMap\.of|entry|jsonb?_build_object)$/i
const MAPS = /(?:Map|map)::from(?:_iter)?$/
