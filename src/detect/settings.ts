// Settings of model calls: temperature, limits, tools and the like, where they stand beside a model or messages, in the
// configuration of one, or under a name that means nothing else.

import { askingAround, isAsking, isModelish, isWrittenDown, speaksOfModels } from './asking.ts'
import { isAdding } from './code/entries.ts'
import { isFlag, isTake } from './code/puts.ts'
import { around, type Entry, type Frame, type Reading } from './reading.ts'
import { ARGUMENTS, inAnnotations, ofArguments } from './setting-arguments.ts'
import { BODY, isBody, isHolder, mayBeMeant, SENT, scopeOf } from './setting-holders.ts'
import { isSetter, type SettingName, settingOf } from './setting-names.ts'
import { effective } from './setting-texts.ts'
import { NOT_SENT, type Setting } from './setting-values.ts'
import { added, definedTools, toolsOf } from './tool-lists.ts'

/** Objects of one list that give the same limit: more of them are a catalogue of models. */
const MAX_LISTED = 3

export function findSettings(reading: Reading): readonly Setting[] {
  const asks = reading.frames.some(isAsking)
  const facts: Facts = {
    asks,
    speaks: asks || (!reading.isData && speaksOfModels(reading)),
    listed: listedIn(reading),
    isData: reading.isData ?? false,
  }
  const settings = reading.frames.flatMap((frame) => [
    ...frame.entries.flatMap((entry) => ofEntry(entry, facts)),
    ...(frame.setter === null ? [] : ofSetter(frame, frame.setter, facts)),
  ])
  return [...onceTaken(settings), ...definedTools(reading, scopeOf), ...inAnnotations(reading)]
}

/** What is taken away in several branches is told once. */
function onceTaken(settings: readonly Setting[]): readonly Setting[] {
  const taken = new Set<string>()
  return settings.filter(({ name, value }) => {
    if (value !== NOT_SENT) return true
    if (taken.has(name)) return false
    taken.add(name)
    return true
  })
}

type Facts = {
  /** A model is asked in the file. */
  readonly asks: boolean
  /** The file is about models, by the names in it. */
  readonly speaks: boolean
  readonly listed: ReadonlyMap<Frame, number>
  readonly isData: boolean
}

/** Calls, with or without settings: so that the first setting of one is a change and those of a new call are none. */
export const calls = ({ frames, isData = false }: Reading, scopes: ReadonlySet<string>): readonly Setting[] =>
  frames.flatMap((frame) => {
    // In data every object is known by its place.
    if (isData) return frame.open === '{' || frame.open === '' ? [mark(scopeOf(frame))] : []
    if (!isAsking(frame) && !isRoot(frame)) return holdsSettings(frame, scopes) ? [mark(scopeOf(frame))] : []
    // Beside the call itself, its file: what is assigned in a body belongs to no call in particular.
    return [...new Set([scopeOf(frame), BODY])].map(mark)
  })

/** An object among those that are given settings and belong to no call: one more of them is new with all that it has. */
function holdsSettings(frame: Frame, scopes: ReadonlySet<string>): boolean {
  if (frame.entries.length === 0 || isBody(frame)) return false
  const scope = scopeOf(frame)
  return scope !== BODY && scopes.has(scope) && askingAround(frame) === null
}

const mark = (scope: string): Setting => ({ scope, name: '', value: '', line: 1 })

/** How many objects without a model to ask stand in a list or table and give a limit. */
function listedIn({ frames }: Reading): ReadonlyMap<Frame, number> {
  const counts = new Map<Frame, number>()
  for (const frame of frames) {
    if (frame.open !== '{' || frame.owner !== '' || [...frame.keys].some((key) => /^model$/i.test(key))) continue
    if (![...frame.keys].some((key) => settingOf(key)?.own)) continue
    for (const one of around(frame).slice(1, 4)) {
      if (one.owner !== '' || one.open === '(' || one.open === '') break
      counts.set(one, (counts.get(one) ?? 0) + 1)
    }
  }
  return counts
}

function isListed(frame: Frame, { listed }: Facts): boolean {
  return around(frame)
    .slice(1, 4)
    .some((one) => (listed.get(one) ?? 0) > MAX_LISTED)
}
/** `AVAILABLE_PARAMETERS`, `supportedParams`: what there is. */
const isChoice = (frame: Frame) =>
  around(frame)
    .slice(0, 3)
    .some(({ name }) => /^(?:available|supported|allowed|valid|known|default_?schema)_?[A-Z]/i.test(name))
/** What catalogues tell of a model; a rate that stands there is asked for. */
const isLimit = ({ plain }: SettingName) => !/^(?:temperature|topp|topk|\w+penalty)$/.test(plain)

function ofEntry(entry: Entry, facts: Facts): readonly Setting[] {
  const { frame } = entry
  const known = settingOf(entry.name)
  if (known === null) return ofOtherName(entry, facts)
  if (
    isWrittenDown(frame) ||
    isPart(frame) ||
    isChoice(frame) ||
    (isListed(frame, facts) && isLimit(known) && !SENT.test(frame.name))
  )
    return []
  if (isBody(frame)) {
    if (facts.asks && REQUEST.test(entry.of ?? '') && (known.own || GIVES.test(known.plain)))
      return written(known, { name: entry.name, entry, scope: BODY, asked: true })
    const belongs = known.own
      ? known.certain || facts.speaks || isNamed(frame)
      : (facts.asks && isToolList(entry, known)) || (facts.speaks && isConstant(entry, known))
    if (belongs) return written(known, { name: entry.name, entry, scope: BODY })
    return [...weakly(known, entry, BODY, facts), ...toolsOf(entry, facts.speaks, BODY)]
  }
  if (facts.asks && known.own && isParameter(frame)) return written(known, { name: entry.name, entry, scope: BODY })
  const asking = askingAround(frame)
  if (
    asking === null &&
    !known.certain &&
    !(
      known.own &&
      (isAmongSettings(frame) || isGiven(frame) || (facts.isData ? isUnderModel(frame) : facts.asks && isHolder(frame)))
    )
  )
    return weakly(known, entry, scopeOf(frame), facts)
  return written(known, { name: entry.name, entry, scope: scopeOf(asking ?? frame), asked: asking !== null })
}

/** What is sent: `params.tools = tools`. */
const REQUEST = /(?:params|parameters|kwargs|args|request|req|payload|body)$/i
/** Of names that mean other things elsewhere, those that nothing but a model is given. */
const GIVES = /^(?:tools?|functions?|functioncall|reasoning|effort|think\w*)$/

function ofOtherName(entry: Entry, facts: Facts): readonly Setting[] {
  const known = besideName(entry)
  if (known !== null && !isListed(entry.frame, facts)) {
    const scope = scopeOf(askingAround(entry.frame) ?? entry.frame)
    return written(known.setting, { name: known.name, entry, scope })
  }
  if (ARGUMENTS.test(entry.name)) return ofArguments(entry)
  return isBody(entry.frame) && !facts.isData ? toolsOf(entry, facts.speaks, BODY) : []
}

/** `.temperature(0.2)` of a builder, `llms.WithTemperature(0.2)`, `model.bind_tools([search])`, `body.put("temperature", 0.2)`. */
function ofSetter(frame: Frame, entry: Entry, facts: Facts): readonly Setting[] {
  if (isAdding(frame.callee)) return facts.speaks ? added(entry) : []
  const known = settingOf(entry.name)
  if (known === null || isAsking(frame)) return []
  // React's `setTemperature(value)`
  if (frame.chain === '' && /^set[A-Z]\w*$/.test(frame.callee)) return []
  if (isFlag(frame.callee)) return known.own ? written(known, { name: entry.name, entry, scope: BODY }) : []
  if (isTake(frame.callee)) return taken(frame, entry, known, facts)
  const isPut = entry.name === frame.first
  if (isPut ? !known.own || !(facts.speaks || known.certain) : !belongsToModel(frame, entry, known, facts)) return []
  if (!known.own && frame.chain === '' && !isSetter(entry.name)) return []
  return written(known, { name: entry.name, entry, scope: isPut ? BODY : chainScope(frame), asked: !isPut })
}

/** `kwargs.pop("temperature")` as a statement of its own: what is not sent after all. */
const taken = ({ name, parent }: Frame, entry: Entry, { own }: SettingName, { speaks }: Facts): readonly Setting[] =>
  own && speaks && name === '' && parent !== null && isBody(parent)
    ? [{ scope: BODY, name: entry.name, value: NOT_SENT, line: entry.line }]
    : []

const belongsToModel = (frame: Frame, { name }: Entry, { own }: SettingName, { speaks }: Facts) =>
  isModelish(frame) ||
  (own && isSetter(name) && (frame.ids > 0 || (speaks && OF_BUILDER.test(frame.callee + frame.chain))))
/** `builder.with_temperature(0.8)`, `$client->setTemperature(0.8)` */
const OF_BUILDER = /build|with_|\bwith[A-Z]|client(?:\.|->)set/i

/** The first call of a chain about models. */
const isRoot = (frame: Frame) =>
  frame.open === '(' && frame.chain === '' && isModelish(frame) && !ABOUT_TEXT.test(frame.callee)
/** `model.startswith("o1")`, `agent_names.append(x)` */
const ABOUT_TEXT =
  /(?:^|\.|::|->)(?:starts_?with|ends_?with|includes|contains|lower|upper|split|strip|trim|match|test|has|get|format|replace|join|append|push|pop|info|debug|error|warn|warning|print|log|toString|to_?string|is_\w+|unwrap\w*|clone)$/i
/** All calls of a chain have the scope of the first. */
const chainScope = (frame: Frame) =>
  scopeOf(frame.chain === '' ? frame : { ...frame, callee: frame.chain.split(' ')[0] ?? '' })

type Found = { readonly name: string; readonly entry: Entry; readonly scope: string; readonly asked?: boolean }

function written(setting: SettingName, { name, entry, scope, asked = false }: Found): readonly Setting[] {
  const value = effective(setting, entry.text.replace(/\s+/g, ' ').trim())
  return value === null ? [] : [{ scope, name, value, line: entry.line, ...(asked ? { asked } : {}) }]
}

const weakly = (known: SettingName, entry: Entry, scope: string, facts: Facts) =>
  facts.isData || !mayBeMeant(known, entry, facts.speaks)
    ? []
    : written(known, { name: entry.name, entry, scope }).map((one) => ({ ...one, weak: true }))

const isNamed = (frame: Frame) => frame.ids > 0 || [...frame.keys].some((key) => /model|llm/i.test(key))

/** `def ask(prompt, temperature=0.7)`: what is asked for when nobody says otherwise. */
const isParameter = (frame: Frame) =>
  frame.open === '(' &&
  frame.callee === '' &&
  frame.name === '' &&
  [...frame.keys, frame.first].some((key) => /prompt|messages|model|system|llm|temperature|question|query/i.test(key))

function isAmongSettings(frame: Frame): boolean {
  const siblings = [...frame.keys].filter((key) => settingOf(key)?.own).length
  return siblings >= 2 || /generation_?config|model_?(?:settings|params|kwargs)|llm/i.test(frame.name)
}

/** `this.llm.chat(question, { maxTokens: 500 })`: what a call on a model is given. */
const isGiven = ({ open, name, callee, parent }: Frame) =>
  open === '{' && name === '' && callee === '' && parent?.open === '(' && isModelish(parent) && ASKS.test(parent.callee)
const ASKS =
  /(?:\.|::|->)(?:ask|chat|call|run|query|predict|invoke|prompt|respond|send|stream|complet|generat|extract|summari|translat|classif)\w*$/i

/** `langchain4j: open-ai: chat-model: temperature: 0.2` */
const isUnderModel = (frame: Frame) =>
  around(frame)
    .slice(0, 6)
    .some(({ name }) =>
      /^(?:llm|open-?ai|anthropic|gemini|ollama|mistral|bedrock|chat-?model)\w*$/i.test(name.replace(/[_-]/g, '')),
    )

/** `tools = [search, refund]` in a file that asks a model. */
const isToolList = ({ text, frame }: Entry, { plain }: SettingName) =>
  plain === 'tools' && text.startsWith('[') && !/dependenc|extras/.test(`${frame.name} ${[...frame.keys].join(' ')}`)

/** `DEFAULT_REASONING = "minimal"` */
const isConstant = ({ name }: Entry, { plain }: SettingName) =>
  /^(?:reasoning|effort|verbosity|thinking|seed)$/.test(plain) && /^[A-Z][A-Z\d]*_[A-Z\d_]+$/.test(name)

/**
 * `{ name: "temperature", default: 0.6 }`, `add_argument("--max-tokens", default=500)`, `- name: LLM_TEMPERATURE, value: "0.2"`: a
 * value whose name stands beside it.
 */
function besideName({ name, frame }: Entry): { readonly setting: SettingName; readonly name: string } | null {
  if (!/^(?:default(?:_?value)?|value)$/i.test(name)) return null
  const names = frame.entries.flatMap((entry) =>
    /^(?:name|key|id|variable)$/i.test(entry.name) ? [entry.text.replace(/["']/g, '')] : [],
  )
  const first = frame.open === '(' && /^-{0,2}[\w-]+$/.test(frame.first) ? [frame.first.replace(/^-+/, '')] : []
  for (const one of [...names, ...first]) {
    const setting = settingOf(one)
    if (setting?.own) return { setting, name: one }
  }
  return null
}

/** It stands in the value of another setting, which is told as a whole. */
const isPart = (frame: Frame) =>
  around(frame)
    .slice(0, 4)
    .some(
      (one) =>
        one.owner === '' &&
        one.name !== '' &&
        settingOf(one.name) !== null &&
        one.parent !== null &&
        askingAround(one.parent) !== null,
    )
