// From tokens to texts under names. No grammar of any language: brackets, separators and assignments are enough to know
// which name a text stands under, and a wrong guess costs a missed name, never a failure.

import { addKey, type Frame, newFrame, type Reading, type Text } from '../reading.ts'
import {
  beforeBody,
  isBodyOf,
  isImplied,
  isInType,
  isMemberTest,
  isResult,
  isSubject,
  labelsBefore,
  loopVariable,
  ownName,
  propertyBefore,
} from './around.ts'
import { withColons } from './baml.ts'
import { defaultOf } from './default-of.ts'
import { withAssignments } from './elixir.ts'
import { entryOf, setterName } from './entries.ts'
import { holesOf } from './holes.ts'
import type { Language } from './languages.ts'
import { lex } from './lex.ts'
import {
  calleeBefore,
  chainBefore,
  firstColumn,
  holderBefore,
  isBlock,
  marksOf,
  ownersOf,
  targetName,
  typedMethod,
  useOf,
} from './names.ts'
import { pairedWith } from './pairs.ts'
import { flag, isFlag, isPut, isTake, put, take } from './puts.ts'
import { withoutMain } from './python.ts'
import { withParentheses } from './ruby.ts'
import { withoutTests } from './rust.ts'
import { withColumns } from './sql.ts'
import { MAX_CODE_CHARS, type Token } from './tokens.ts'
import type { Level, Reader, Walk } from './walk.ts'

const DECLARES =
  /^(def|defp|defmodule|function|func|extension|protocol|actor|fun|fn|class|interface|object|struct|module|trait|impl|record|namespace|enum)$/
const ASSIGNS = new Set(['=', ':=', '+=', '||=', '??=', '.=', '<<'])
const GOES_ON = /^([-+*%&|?:=,.(<>[{]|=>|->|\|\||&&|\?\?|\?\.|\.\.\.|:=|\+=|==|===|\|\|=|\?\?=|\\|<<)$/
const DATA = new Set(['json', 'toml', 'hcl', 'bicep'])
const GOES_ON_NEXT = /^([-+%?:&|=.)\]]|\|\||&&|\?\?|\?\.|->|=>)$/

export function readCode(text: string, language: Language): Reading {
  if (text.length > MAX_CODE_CHARS) return { texts: [], references: [], frames: [], note: 'it is larger than 1 MB' }
  if (isMinified(text)) return { texts: [], references: [], frames: [], note: 'it is minified' }
  const reader = newReader(language)
  readTokens(reader, prepared(lex(text, language), language), newFrame('', null))
  const read = { texts: reader.texts, references: reader.references, frames: reader.frames }
  return DATA.has(language.id) ? { ...read, isData: true } : read
}

/** What a language allows to be left out is put in; what is compiled for tests alone is left out. */
function prepared(tokens: readonly Token[], { id }: Language): readonly Token[] {
  if (id === 'sql') return withColumns(tokens)
  if (id === 'ruby') return withParentheses(tokens)
  if (id === 'python') return withoutMain(tokens)
  if (id === 'elixir') return withAssignments(tokens)
  if (id === 'baml') return withColons(tokens)
  return id === 'rust' ? withoutTests(tokens) : tokens
}

const newReader = (language: Language): Reader => ({ language, texts: [], references: [], frames: [], groups: 0 })

function isMinified(text: string): boolean {
  if (text.length < 20_000) return false
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return text.length / lines > 600
}

function readTokens(reader: Reader, tokens: readonly Token[], top: Frame, group?: number): void {
  reader.frames.push(top)
  const walk: Walk = { reader, tokens, levels: [], owners: [], at: 0, ended: false, lastClosed: null }
  open(walk, top)
  const level = walk.levels[0]
  if (level && group !== undefined) Object.assign(level, { group, name: top.name })
  for (; walk.at < tokens.length; walk.at++) {
    const token = tokens[walk.at]
    if (token === undefined) break
    step(walk, token)
  }
  while (walk.levels.length > 0) close(walk)
}

function open(walk: Walk, frame: Frame): void {
  walk.levels.push({
    frame,
    name: '',
    nameLine: 0,
    of: '',
    start: walk.at + (frame.parent === null ? 0 : 1),
    first: walk.at + 1,
    line: walk.tokens[walk.at]?.line ?? 0,
    valueStart: -1,
    ternary: false,
    annotated: false,
    adds: false,
    group: ++walk.reader.groups,
    pending: '',
  })
}

function close(walk: Walk): void {
  endEntry(walk)
  const level = walk.levels.pop()
  if (level === undefined) return
  walk.lastClosed = level.frame
  const { frame } = level
  if (frame.open !== '(' || frame.callee === '') return
  const { line, first } = level
  const set = setterName(frame.callee)
  if (set !== undefined)
    frame.setter = entryOf({ frame, name: set, line, tokens: walk.tokens, from: first, to: walk.at })
  else if (isPut(frame.callee)) frame.setter = put(walk, level)
  else if (isTake(frame.callee)) frame.setter = take(walk, level)
  else if (walk.reader.language.id === 'go' && isFlag(frame.callee)) frame.setter = flag(walk, level)
}

function endEntry(walk: Walk): void {
  const level = walk.levels.at(-1)
  if (level === undefined) return
  if (level.name === '' && level.frame.open === '{') shorthand(walk, level)
  if (level.name !== '' && level.valueStart >= 0) {
    const { name, of, nameLine: line, frame, valueStart: from } = level
    level.frame.entries.push(entryOf({ name, of, line, frame, tokens: walk.tokens, from, to: walk.at }))
  }
  Object.assign(level, {
    name: '',
    of: '',
    valueStart: -1,
    ternary: false,
    annotated: false,
    adds: false,
    start: walk.at + 1,
    group: ++walk.reader.groups,
  })
}

/** `{ model, temperature }` has the keys without their values. */
function shorthand(walk: Walk, level: Level): void {
  const [before, last] = [walk.tokens[walk.at - 2], walk.tokens[walk.at - 1]]
  if (last?.kind === 'name' && before !== undefined && /^[{,\n]$/.test(before.text)) addKey(level.frame, last.text)
}

function step(walk: Walk, token: Token): void {
  const level = walk.levels.at(-1)
  if (level === undefined) return
  if (token.kind === 'newline') newline(walk, level)
  else if (token.kind === 'string') text(walk, level, token)
  else if (token.kind === 'name') name(walk, level, token)
  else if (token.kind === 'operator') operate(walk, level, token.text)
}

function operate(walk: Walk, level: Level, operator: string): void {
  if (operator === '(' || operator === '[' || operator === '{') bracket(walk, level, operator)
  else if (operator === ')' || operator === ']' || operator === '}') {
    const property = operator === '}' ? propertyBefore(walk, level) : ''
    if (walk.levels.length > 1) close(walk)
    const tested = walk.tokens[walk.at + 2]?.text ?? ''
    if (operator === ']' && walk.lastClosed && /^(includes|contains|indexOf|has|some|include\?)$/.test(tested))
      walk.lastClosed.tested = true
    const outer = walk.levels.at(-1)
    if (property !== '' && outer) Object.assign(outer, { name: property, annotated: true })
    else if (operator === '}' && outer && outer.valueStart < 0 && outer.frame.open !== '(') endEntry(walk)
  } else if (operator === ',' || operator === ';') {
    if (operator === ',' && isInType(walk, level)) return
    endEntry(walk)
    if (operator === ';') level.pending = ''
  } else if (operator === '?') level.ternary = level.valueStart >= 0 || walk.tokens[walk.at + 1]?.text !== ':'
  else if (operator === ':') named(walk, level, false)
  else if (operator === '=>' && isBodyOf(walk, level)) giveBody(walk, level)
  else if (operator === '=>' && walk.reader.language.arrowKeys) named(walk, level, false)
  else if (ASSIGNS.has(operator)) {
    named(walk, level, true)
    level.adds = operator !== '=' && operator !== ':='
  }
}

function giveBody(walk: Walk, level: Level): void {
  level.name = walk.lastClosed?.callee ?? ''
  level.nameLine = walk.tokens[walk.at]?.line ?? 0
  level.valueStart = walk.at + 1
}

/** Of several line ends in a row the first decides, so that a file of nothing else costs no more than its length. */
function newline(walk: Walk, level: Level): void {
  if (walk.tokens[walk.at - 1]?.kind !== 'newline') walk.ended = endsStatement(walk, level)
  else if (walk.ended) level.start = walk.at + 1
}

/** Whether a statement ends with this line; it is ended then. */
function endsStatement(walk: Walk, level: Level): boolean {
  const { language } = walk.reader
  if (language.indented && !language.python) leaveOwners(walk)
  if (!language.lineStatements || level.frame.open === '(' || level.frame.open === '[') return false
  if (language.python && level.frame.parent !== null) return false
  let before = walk.at - 1
  while (walk.tokens[before]?.kind === 'newline') before--
  const previous = walk.tokens[before]
  if (previous?.kind === 'operator' && (language.python ? previous.text === '\\' : GOES_ON.test(previous.text)))
    return false
  let after = walk.at + 1
  while (walk.tokens[after]?.kind === 'newline') after++
  const next = walk.tokens[after]
  if (!language.python && next?.kind === 'operator' && GOES_ON_NEXT.test(next.text)) return false
  if (level.frame.open === '{' && next?.text === '}') return false
  endEntry(walk)
  if (language.python) leaveOwners(walk)
  return true
}

/** The next line is not in the body of what is indented as much as itself. */
function leaveOwners({ tokens, owners, at }: Walk): void {
  let after = at + 1
  while (tokens[after]?.kind === 'newline') after++
  const next = tokens[after]
  if (next) while ((owners.at(-1)?.column ?? -1) >= next.column) owners.pop()
}

/** `name :` or `name =`: what follows stands under the name. An annotation's `:` has already named an assignment. */
function named(walk: Walk, level: Level, assigns: boolean): void {
  if (!assigns && (level.ternary || level.valueStart >= 0)) return
  if (assigns && level.valueStart >= 0 && level.frame.open !== '' && level.frame.open !== '{' && level.name !== '') {
    level.valueStart = walk.at + 1
    return
  }
  const target = assigns && level.annotated ? level.name : targetName(walk, level)
  if (target === '') return
  level.name = target
  level.of = assigns ? holderBefore(walk) : ''
  level.annotated = !assigns
  level.nameLine = walk.tokens[walk.at - 1]?.line ?? 0
  level.valueStart = walk.at + 1
  addKey(level.frame, target)
}

function bracket(walk: Walk, level: Level, operator: '(' | '[' | '{'): void {
  const before = beforeBody(walk, operator)
  const previous = walk.tokens[before - 1]
  const annotates = operator === '[' && /^(?:Annotated|Literal)$/.test(previous?.text ?? '')
  // Go's results stand in brackets of their own: `func (t Tool) Call(q string) (string, error) {`.
  const results = operator === '(' && walk.reader.language.id === 'go' && previous?.text === ')'
  const named = results ? (walk.lastClosed?.callee ?? '') : calleeBefore(walk, before)
  const callee =
    operator === '[' ? (annotates ? (previous?.text ?? '') : '') : isSubject(walk, before, named) ? '' : named
  // Kotlin's `prompt("plan") { system("…") }`.
  const lambdaOf = previous?.text === ')' ? (walk.lastClosed?.callee ?? '') : ''
  const declared = operator === '(' && DECLARES.test(walk.tokens[walk.at - 2]?.text ?? '')
  if (declared) level.pending = callee
  let owner = ''
  if (operator === '{') {
    const given = walk.reader.language.id === 'go' && isResult(walk, before)
    const follows = given || previous?.text === ')'
    const body = level.valueStart >= 0 ? '' : follows ? (walk.lastClosed?.callee ?? '') : typedMethod(walk, before)
    // Where bodies are indented, what stands in these brackets is a value: the first one in a function is no body either.
    owner = walk.reader.language.indented ? '' : level.pending || body.split('.').at(-1) || ''
    level.pending = ''
  }
  const loop = operator === '[' || operator === '(' ? loopVariable(walk) : null
  // Go's `const (` holds statements.
  const declares = operator === '(' && /^(const|var|type)$/.test(previous?.text ?? '')
  const frame = newFrame(declares ? '{' : operator, level.frame, {
    callee: declared || owner !== '' ? '' : callee,
    chain: operator === '{' ? lambdaOf : callee === '' ? '' : chainBefore(walk),
    name: loop ?? (level.name || labelsBefore(walk, operator)),
    owner,
    block: operator === '{' && owner === '' && isBlock(walk, level, before),
    line: walk.tokens[walk.at]?.line ?? 0,
    tested: loop === null && isMemberTest(walk, operator),
  })
  walk.reader.frames.push(frame)
  const { group } = level
  open(walk, frame)
  const inner = walk.levels.at(-1)
  if (inner && operator === '(' && callee === '') inner.group = group
}

/** The first argument, if it names something. */
function given({ frame }: Level, text: string): void {
  if (
    (frame.open === '(' || (frame.open === '[' && frame.callee === '')) &&
    (frame.first === '' || /^-\w$/.test(frame.first)) &&
    frame.keys.size === 0 &&
    text.length < 80
  )
    frame.first = text
}

function name(walk: Walk, level: Level, token: Token): void {
  if (level.valueStart < 0 && walk.at <= level.first + 1) given(level, token.text.replace(/^:/, ''))
  const previous = walk.tokens[walk.at - 1]
  if (previous?.kind === 'name' && DECLARES.test(previous.text)) {
    level.pending = token.text
    if (walk.reader.language.indented)
      walk.owners.push({ name: ownName(walk), column: firstColumn(walk), marks: marksOf(walk) })
    return
  }
  const after = walk.tokens[walk.at + 1]?.text ?? ''
  if (after === '.' || after === '::' || after === '(' || after === ':' || after === '=') return
  const named = level.name !== '' && level.valueStart >= 0
  const argument = level.frame.open === '(' && level.frame.callee !== ''
  if (!named && !argument) return
  const path = previous?.text === '.' || previous?.text === '::' ? calleeBefore(walk, walk.at + 1) : token.text
  const implied = isImplied(walk) ? { implied: true as const } : {}
  // A member of something, or a constant by its looks.
  if (!/[.:]/.test(path) && !CONSTANT.test(path) && !implied.implied) return
  const name = named ? level.name : (level.frame.callee.split(/\.|::|->/).at(-1) ?? '')
  walk.reader.references.push({ path, name, line: token.line, frame: level.frame, ...implied })
}

/** `DEFAULT_MODEL`, `gemini15Flash`, `defaultModel`. */
const CONSTANT =
  /^[A-Z][A-Z\d_]{4,}$|^(?:gpt|claude|gemini|llama)_?\d\w*$|^[a-z]\w{2,40}(?:Model|_model)(?:_?(?:Name|Id|name|id))?$/

const NO_MARKS: readonly string[] = []

function text(walk: Walk, level: Level, token: Extract<Token, { kind: 'string' }>): void {
  const owners = ownersOf(walk, level)
  const joins = walk.reader.language.python && walk.tokens[walk.at - 1]?.kind === 'string'
  const last = walk.reader.texts.at(-1)
  const marks = walk.owners.at(-1)?.marks ?? NO_MARKS
  const group = groupOf(walk)
  const use = joins && last?.group === group ? last.use : useOf(walk, level)
  // `Literal["a", "b"]`: what may be there.
  if (level.frame.callee === 'Literal') return
  const value: Text = {
    value: token.text,
    line: token.line,
    name: level.name || pairedWith(walk, level),
    frame: level.frame,
    use,
    group,
    ...owners,
    ...holesOf(walk),
    ...defaultOf(walk, use),
  }
  const whole = level.adds ? { ...value, adds: true } : value
  walk.reader.texts.push(marks.length > 0 ? { ...whole, marks } : whole)
  if (level.name === '') {
    level.frame.elements++
    given(level, token.text)
  }
  for (const inner of token.inner) {
    if (inner.some((one) => one.kind === 'string'))
      readTokens(walk.reader, inner, newFrame('(', level.frame, { name: level.name }), groupOf(walk))
  }
}

/** Lists of lines and bare parentheses belong to the value that they are in. */
function groupOf(walk: Walk): number {
  for (let at = walk.levels.length - 1; at >= 0; at--) {
    const level = walk.levels[at]
    if (level === undefined) break
    const transparent =
      level.name === '' && (level.frame.open === '[' || (level.frame.open === '(' && isWrapper(level.frame.callee)))
    if (!transparent || at === 0) return level.group
  }
  return 0
}

const isWrapper = (callee: string) =>
  callee === '' ||
  /(^|\.)(dedent|cleandoc|join|strip|trim|trimIndent|trimMargin|format|stripIndent|fromArray|raw)$/.test(callee)
