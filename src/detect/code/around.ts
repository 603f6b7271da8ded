// What the tokens around a place make of it, by the habits of each language. Nothing is entered here.

import type { Level, Walk } from './walk.ts'

/** C#'s `static string DefaultModel(Provider p) => …`: what it gives is called as it is. */
export const isBodyOf = ({ tokens, at, reader, lastClosed }: Walk, { frame, name }: Level) =>
  reader.language.id === 'csharp' &&
  name === '' &&
  frame.owner !== '' &&
  tokens[at - 1]?.text === ')' &&
  !!lastClosed?.callee

/** C#'s `public string Model { get; set; } = "…"`: what the value behind the accessors is called. */
export function propertyBefore({ tokens, at, reader }: Walk, { first }: Level): string {
  if (reader.language.id !== 'csharp' || tokens[at + 1]?.text !== '=' || at - first > MAX_ACCESSOR_TOKENS) return ''
  if (!tokens.slice(first, at).every(({ kind, text }) => kind === 'newline' || ACCESSOR.test(text))) return ''
  let before = first - 2
  while (tokens[before]?.kind === 'newline') before--
  const name = tokens[before]
  return name?.kind === 'name' ? name.text : ''
}
const ACCESSOR = /^(?:get|set|init|private|protected|internal|;)$/
const MAX_ACCESSOR_TOKENS = 16

/** The comma of `const MODELS: Record<string, string> = …`, `= new Dictionary<string, string> {` belongs to a type. */
export function isInType({ tokens, at }: Walk, { annotated, valueStart }: Level): boolean {
  const isMade = tokens[valueStart]?.text === 'new'
  if (!(annotated || isMade) || valueStart < 0 || at - valueStart > MAX_TYPE_TOKENS) return false
  const [first, second] = [tokens[valueStart + (isMade ? 1 : 0)], tokens[valueStart + (isMade ? 2 : 1)]]
  if (first?.kind !== 'name' || !/^[A-Z]/.test(first.text) || second?.text !== '<') return false
  let depth = 0
  for (let i = valueStart; i < at; i++) {
    if (tokens[i]?.text === '<') depth++
    else if (tokens[i]?.text === '>') depth--
  }
  return depth > 0
}
const MAX_TYPE_TOKENS = 60

/** Where lines end no statement, a body may start on the next one. */
export function beforeBody({ tokens, at, reader }: Walk, operator: string): number {
  let before = at
  if (operator === '{' && !reader.language.lineStatements) while (tokens[before - 1]?.kind === 'newline') before--
  return before
}

/** Rust's `match self.kind {`, Go's `switch p {`, Swift's `if ready {`, Java's `throws A, B {`: no call. */
export function isSubject({ tokens, at }: Walk, body: number, path: string): boolean {
  if (tokens[at]?.text !== '{' || path === '') return false
  let before = body - 1
  const least = body - MAX_SUBJECT_TOKENS
  while (
    before > least &&
    (tokens[before]?.kind === 'name' || /^(?:\.|::|->|\?\.|&|\*|,)$/.test(tokens[before]?.text ?? ''))
  )
    if (LOOKS_AT.test(tokens[before--]?.text ?? '')) return true
  if (tokens[before]?.text !== '=') return false
  // Rust's `if let Some(text) = chat.system_prompt {`
  while (before > least && /^[\w():,&=]+$/.test(tokens[before]?.text ?? '') && tokens[before]?.text !== 'let') before--
  return tokens[before]?.text === 'let' && LOOKS_AT.test(tokens[before - 1]?.text ?? '')
}
const LOOKS_AT = /^(?:match|switch|if|while|in|range|guard|select|throws)$/
const MAX_SUBJECT_TOKENS = 14

/** Go names what a function gives before its body: `func (t Tool) Schema() *jsonschema.Schema {`, `func lines() []string {`. */
export function isResult({ tokens }: Walk, body: number): boolean {
  let at = body - 1
  if (tokens[at]?.kind !== 'name') return false
  const least = body - MAX_RESULT_TOKENS
  while (at > least && (tokens[at]?.kind === 'name' || /^[.*[\]]$/.test(tokens[at]?.text ?? ''))) at--
  return tokens[at]?.text === ')'
}
const MAX_RESULT_TOKENS = 8

/** `variable "chat_model" {`, `resource "azurerm_cognitive_deployment" "chat" {`: what the block is called. */
export function labelsBefore({ tokens, at, reader }: Walk, operator: string): string {
  const [first, last] = [tokens[at - 2], tokens[at - 1]]
  if (operator !== '{' || reader.language.id !== 'hcl' || last?.kind !== 'string') return ''
  return first?.kind === 'string' ? `${first.text}.${last.text}` : last.text
}

/** `for model in [`, `for (const model of [`: what each is called in its turn. */
export function loopVariable({ tokens, at }: Walk): string | null {
  if (!/^(in|of)$/.test(tokens[at - 1]?.text ?? '')) return null
  const variable = tokens[at - 2]
  const isLoop = [3, 4].some((back) => tokens[at - back]?.text === 'for')
  return variable?.kind === 'name' && isLoop ? variable.text : null
}

/** `in [`, `in (`, Python's `in {`: looked up, not set. `List.of(` is a call. */
export const isMemberTest = ({ tokens, at, reader }: Walk, operator: string) =>
  /^(in|of)$/.test(tokens[at - 1]?.text ?? '') &&
  tokens[at - 2]?.text !== '.' &&
  (operator !== '{' || reader.language.python === true)

/** Swift's `.gpt4_o`, which is a member of nothing that is written there. */
export function isImplied({ tokens, at, reader }: Walk): boolean {
  if (reader.language.id !== 'swift' || tokens[at - 1]?.text !== '.') return false
  const before = tokens[at - 2]?.kind === 'newline' ? tokens[at - 3] : tokens[at - 2]
  return /^[:=(,?]$/.test(before?.text ?? '')
}

/** `def self.prompt` is called `prompt`. */
export const ownName = ({ tokens, at }: Walk) =>
  (tokens[at]?.text === 'self' && tokens[at + 1]?.text === '.' ? tokens[at + 2] : tokens[at])?.text ?? ''
