// The names around a place in the tokens: what is assigned, what is called, whose body it is, how a text is used.

import type { Frame, Use } from '../reading.ts'
import type { Token } from './tokens.ts'
import type { Level, Walk } from './walk.ts'

const KEYWORD =
  /^(if|for|while|switch|return|and|or|not|in|is|elif|else|catch|with|await|yield|case|when|match|new|throw|raise|typeof|assert|del|except|foreach|using|lock|unless|until|do|then|async|let|const|var|val|def|function|func|fun|fn|export|default|public|private|protected|static|readonly|final|pub|mut|as|from|import)$/
const COMPARES = new Set(['==', '===', '!=', '!==', '=~'])

export function targetName(walk: Walk, level: Level): string {
  const at = walk.at - 1
  const token = walk.tokens[at]
  if (token === undefined || at < level.start) return ''
  if (walk.tokens[at - 1]?.text === 'case') return ''
  const bare = (text: string) => text.replace(/^[@$:]+|[?!]$/g, '')
  if (token.kind === 'string') return token.text.length <= 80 ? token.text : ''
  if (token.kind === 'name') return bare(typed(walk, at) ?? token.text)
  if (token.text === '?') return bare(walk.tokens[at - 1]?.text ?? '')
  const key = walk.tokens[at - 1]
  if (token.text === ']' && key?.kind === 'string') return key.text.slice(0, 80)
  // `[Task.PLANNER]: …`
  if (token.text === ']' && key?.kind === 'name' && walk.lastClosed?.open === '[') return key.text
  return ''
}

/** What an assigned name is a member of: `params` of `params.tools =` and of `params["tools"] =`; '' for none. */
export function holderBefore({ tokens, at }: Walk): string {
  const holder = tokens[at - 1]?.text === ']' ? at - 4 : at - 3
  const [one, separator] = [tokens[holder], tokens[holder + 1]]
  return one?.kind === 'name' && MEMBER.test(separator?.text ?? '') ? one.text : ''
}
const MEMBER = /^(?:\.|\?\.|->|\[)$/

/** The dotted path that ends before a bracket: `client.chat.create`. */
export function calleeBefore(walk: Walk, bracket = walk.at): string {
  const parts: string[] = []
  let lines = 0
  for (let at = bracket - 1; at >= 0 && parts.length < 13; at--) {
    const token = walk.tokens[at]
    // A path may go on before a line that starts with its separator.
    if (token?.kind === 'newline' && SEPARATOR.test(parts[0] ?? '') && ++lines <= MAX_LINES) continue
    const separator = token?.kind === 'operator' && /^(\.|\?\.|::|->|!)$/.test(token.text)
    const expected = parts.length === 0 || /^(\.|\?\.|::|->)$/.test(parts[0] ?? '')
    if (token?.kind === 'name' && expected) parts.unshift(token.text)
    else if (separator && (token?.text === '!' ? parts.length === 0 : !expected)) {
      if (token?.text !== '!') parts.unshift(token?.text ?? '.')
    } else break
  }
  const path = parts.join('')
  // After a separator a keyword is a method: `.default(…)`, `->using(…)`.
  return KEYWORD.test(path) ? '' : path.replace(/^(\.|\?\.|::|->)/, '').replace(/[@$]/g, '')
}

/** The calls that a call of a chain is made on, from the first: `builder apiKey` in `builder().apiKey(k).temperature(0)`. */
export function chainBefore({ tokens, at: open, lastClosed }: Walk): string {
  let at = open - 1
  if (tokens[at]?.text === '!') at--
  if (tokens[at]?.kind !== 'name') return ''
  while (tokens[at]?.kind === 'name') {
    if (!SEPARATOR.test(tokens[at - 1]?.text ?? '')) return ''
    at -= 2
    while (tokens[at]?.kind === 'newline' || tokens[at]?.text === '?') at--
  }
  if (tokens[at]?.text !== ')' || lastClosed === null) return ''
  return lastClosed.chain.length < MAX_CHAIN ? `${lastClosed.chain} ${lastClosed.callee}`.trim() : lastClosed.chain
}
const SEPARATOR = /^(?:\.|::|->|\?\.)$/
const MAX_CHAIN = 160
const MAX_LINES = 12

/** Whether the brace after a token opens statements, not a value: `if (x) {`, `} else {`, `(q) => {`, Go's `for _, m := range all {`. */
export function isBlock({ tokens, reader, lastClosed }: Walk, { start, valueStart }: Level, brace: number): boolean {
  const { id, indented } = reader.language
  const before = tokens[brace - 1]
  if (indented || before === undefined) return false
  // Dart's arrow gives a value.
  if (before.text === '=>') return id !== 'dart'
  if (before.kind === 'name' && BLOCK.test(before.text)) return true
  let first = start
  while (tokens[first]?.kind === 'newline' && first - start < MAX_LINES) first++
  const statement = tokens[first]
  if (statement?.kind !== 'name' || !CONTROLS.test(statement.text)) return false
  // `if (x) return new Options() { … }` gives a value, and so does `if (x) return { … }`.
  if (!BARE.test(id)) return before.text === ')' && lastClosed?.callee === ''
  return valueStart < 0 || tokens[brace - 2]?.text === 'range'
}
const BLOCK = /^(?:try|do|else|finally|loop|unsafe)$/
const CONTROLS = /^(?:if|for|foreach|while|switch|catch|using|lock|synchronized|guard|unless|else|elseif|select)$/
/** Conditions stand without brackets. */
const BARE = /^(?:go|rust|swift)$/

/** Column at which the line of the current token starts. */
export function firstColumn(walk: Walk): number {
  let at = walk.at
  while (at > 0 && walk.tokens[at - 1]?.kind !== 'newline') at--
  return walk.tokens[at]?.column ?? 0
}

/** Where a type follows the name: `var model string =`, `const Small spec.Model =`, `param model string =`. */
function typed(walk: Walk, at: number): string | null {
  const isQualified = walk.tokens[at - 1]?.text === '.' && walk.tokens[at - 2]?.kind === 'name'
  const before = walk.tokens[at - (isQualified ? 3 : 1)]
  if (!/^(?:go|bicep)$/.test(walk.reader.language.id) || before?.kind !== 'name') return null
  return /^(?:const|var|param|output|type|func|return)$/.test(before.text) ? null : before.text
}

/** TypeScript's `plan(task: string): Promise<string> {`: the method whose result the type before a body is; '' for none. */
export function typedMethod({ tokens, reader, ...walk }: Walk, body: number): string {
  if (reader.language.id !== 'javascript') return ''
  let at = body - 1
  while (at > body - MAX_TYPE && (tokens[at]?.kind === 'name' || /^[<>|[\].,]$/.test(tokens[at]?.text ?? ''))) at--
  if (tokens[at]?.text !== ':' || tokens[at - 1]?.text !== ')') return ''
  let depth = 0
  for (at--; at > body - MAX_METHOD; at--) {
    const { text = '', kind } = tokens[at] ?? {}
    if (kind === 'operator' && text === ')') depth++
    else if (kind === 'operator' && text === '(' && --depth === 0) return calleeBefore({ tokens, reader, ...walk }, at)
  }
  return ''
}
const MAX_TYPE = 24
const MAX_METHOD = 400

/** Function or class around the current place, and the one around that; '' for none. */
export function ownersOf(walk: Walk, level: Level): { readonly owner: string; readonly outer: string } {
  const owners = walk.reader.language.indented
    ? walk.owners.map((one) => one.name).reverse()
    : owningFrames(level.frame)
  return { owner: owners[0] ?? '', outer: owners[1] ?? '' }
}

function owningFrames(innermost: Frame): readonly string[] {
  const owners: string[] = []
  for (let frame: Frame | null = innermost, depth = 0; frame !== null && depth < 12; frame = frame.parent, depth++)
    if (frame.owner !== '') owners.push(frame.owner)
  return owners
}

/** Decorators on the lines above a `def`, and what stands in the parentheses after a class. */
export function marksOf({ tokens, at: name }: Walk): readonly string[] {
  const marks: string[] = []
  if (tokens[name - 1]?.text === 'class' && tokens[name + 1]?.text === '(')
    for (let at = name + 2; at < name + MAX_MARK && tokens[at]?.text !== ')'; at++) marks.push(pathAt(tokens, at))
  // Ruby: `class Find < RubyLLM::Tool`.
  if (tokens[name - 1]?.text === 'class' && tokens[name + 1]?.text === '<') marks.push(pathAt(tokens, name + 2))
  let at = name - 2
  if (tokens[at]?.text === 'async') at--
  while (marks.length < MAX_MARK && tokens[at]?.kind === 'newline') {
    let start = at - 1
    while (start > at - MAX_MARK && start > 0 && tokens[start - 1]?.kind !== 'newline') start--
    if (!tokens[start]?.text.startsWith('@')) break
    marks.push(pathAt(tokens, start))
    at = start - 1
  }
  return marks.filter((mark) => mark !== '')
}
const MAX_MARK = 40

function pathAt(tokens: Walk['tokens'], from: number): string {
  let path = ''
  for (let at = from; tokens[at]?.kind === 'name'; at += 2) {
    path += tokens[at]?.text ?? ''
    if (!/^(?:\.|::)$/.test(tokens[at + 1]?.text ?? '')) break
    path += '.'
  }
  return path.replace(/[@$]/g, '')
}

const isIndexed = (before: Token | undefined) =>
  before !== undefined && (/^[)\]]$/.test(before.text) || (before.kind === 'name' && !KEYWORD.test(before.text)))

const TESTS =
  /(^|\.)(starts_?with|includes|contains|equals|ends_?with|HasPrefix|HasSuffix|Contains|indexOf|match|test|has|(?:start|end)_with\?|include\?|str_(?:starts_with|ends_with|contains)|strpos|stripos|in_array)$/i

/** The call that a text, or a list of such, is given to: `startswith(("a", "b"))`. */
const testedBy = ({ open, callee, parent }: Frame) =>
  callee === '' && (open === '(' || open === '[') && parent?.open === '(' ? parent.callee : callee

/** Kotlin's `"openai" to "…"`, Scala's `"openai" -> "…"` */
const isKeyOfPair = ({ tokens, at, reader }: Walk, { frame }: Level) =>
  (reader.language.id === 'kotlin' && tokens[at + 1]?.text === 'to' && tokens[at + 1]?.kind === 'name') ||
  (reader.language.id === 'scala' && tokens[at + 1]?.text === '->' && frame.open === '(')

const isAfterClosure = ({ tokens, at }: Walk) => tokens[at - 2]?.kind === 'name' && tokens[at - 3]?.text === '|'

/** `from "…"`, `import "…"`, `import("…")`: a module of JavaScript or TypeScript. */
function isImported({ tokens, at, reader }: Walk): boolean {
  if (reader.language.id !== 'javascript') return false
  const isCalled = tokens[at - 1]?.text === '('
  const word = tokens[at - (isCalled ? 2 : 1)]
  return word?.kind === 'name' && (word.text === 'import' || (word.text === 'from' && !isCalled))
}

export function useOf(walk: Walk, level: Level): Use {
  const [before, after] = [walk.tokens[walk.at - 1], walk.tokens[walk.at + 1]]
  if (before && (COMPARES.has(before.text) || /^(case|in|when|is)$/.test(before.text))) return 'condition'
  if (after && COMPARES.has(after.text)) return 'condition'
  if (after?.text === 'in' && walk.reader.language.python) return 'condition'
  if (TESTS.test(testedBy(level.frame))) return 'condition'
  // `model: "a" | "b"`: a type says what may be there; `|_| "a"` gives one.
  if ((before?.text === '|' && !isAfterClosure(walk)) || after?.text === '|') return 'condition'
  // `model?: "a"` is a type, too.
  if (walk.reader.language.id === 'javascript' && before?.text === ':' && walk.tokens[walk.at - 2]?.text === '?')
    return 'condition'
  if (walk.reader.language.id === 'hcl' && level.valueStart < 0) return 'key'
  const keyed = after?.text === ':' || (after?.text === '=>' && walk.reader.language.arrowKeys)
  if (isKeyOfPair(walk, level)) return 'key'
  if (keyed && level.valueStart < 0 && !level.ternary) return before?.text === 'case' ? 'condition' : 'key'
  const alone = (before === undefined || before.kind === 'newline') && (after === undefined || after.kind === 'newline')
  if (walk.reader.language.python && alone && level.frame.parent === null && level.name === '') return 'docstring'
  if (isImported(walk)) return 'key'
  if (before && /^(\?\?|\|\||or)$/.test(before.text)) return 'default'
  if (before?.text === '[' && after?.text === ']' && isIndexed(walk.tokens[walk.at - 2])) return 'lookup'
  return 'value'
}
