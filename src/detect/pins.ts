// Model pins of a file: whole values that are a model id and stand under a name that says model, or go into a call that
// takes one. Conditions on a model, catalogues, price tables and enumerations of models pin nothing.

import { isCatalogue } from './catalogue.ts'
import { firstsOfLists } from './first-of-list.ts'
import { isPlain, kindOf, modelId } from './model-ids.ts'
import { isOfDefaults, MODEL_KEY, PROVIDES, saysModel } from './model-names.ts'
import { namedAround, namedBeside, namedFirst, namedInside } from './named-beside.ts'
import { buildersOf, isAside, MAX_BESIDE } from './pin-asides.ts'
import { behindNames } from './pin-behind.ts'
import { ASKS_MODEL, asksByName, ENVIRONMENT, SETS_MODEL } from './pin-calls.ts'
import { countIds, type Id, withoutChoices, withoutDisplayNames, withoutEchoes, withoutRows } from './pin-choices.ts'
import { constants, isAlias, isNumbered } from './pin-constants.ts'
import { isListed } from './pin-listed.ts'
import { lookedUp, trustOfKey } from './pin-lookups.ts'
import { isNeverNamed, writtenIn } from './pin-values.ts'
import { versions } from './pin-versions.ts'
import { listedArguments, pinsInside } from './pins-in-texts.ts'
import { isGivenByProvider, unknownPin, weights } from './pins-unknown.ts'
import { around, callsOf, type Frame, namesOf, type Reading, type Text } from './reading.ts'
import { isAskedInTurn, isOtherName, MAX_TURNS, roleTables } from './role-tables.ts'
import { wordsOf } from './words.ts'

export type Pin = {
  /** What it is paired by between two versions. */
  readonly key: string
  /** All names that it stands under, and whose body: `ask() models main modelId`. */
  readonly place?: string
  /** As written, without a provider prefix. */
  readonly id: string
  /** The same with its provider prefix; absent where only a version or a constant stands. */
  readonly written?: string
  readonly line: number
  /**
   * `sure` stands under a name that says model; `likely` only looks like an id and counts when it replaces another;
   * `unknown` stands under such a name and is no id of a family that we know: it counts when it replaces one, or is replaced;
   * `listed` is one of what there is, behind a name of its own: it counts when another stands behind the same name.
   */
  readonly trust: 'sure' | 'likely' | 'unknown' | 'listed'
  readonly symbol: string
  /** The version of a model that is named beside it. */
  readonly version?: true
  /** A constant of another module: its name says which model it is. */
  readonly constant?: true
  /** The name that an id was found by: the same name of a renamed holder is the same model. */
  readonly by?: string
  /** Its provider is what is called: `openai("gpt-4o")`. */
  readonly provided?: true
  /** Its name says that a language model is asked: it may become another that is not known either. */
  readonly asks?: true
}

const ABOUT_MODEL =
  /^(name|version|id|default|primary|fallback|small|large|fast|smart|main|chat|slug|value|override|string|env|type|key)$/
/** `source` is the text that was read: it says which lists are asked for their first entry. */
export function findPins(reading: Reading, source = ''): readonly Pin[] {
  const ids = reading.texts.flatMap((text): Id[] => {
    const written = writtenIn(text)
    const id = written === null ? null : modelId(written)
    return written === null || id === null ? [] : [{ text, id, written }]
  })
  countIds(ids)
  const built = buildersOf(ids.map(({ text }) => text))
  const tables = roleTables(ids)
  // `model: sonnet` beside `models: { sonnet: { model: … } }`
  const defined = new Set(reading.frames.map(({ name }) => name))
  const all = [
    ...withoutChoices(withoutRows(withoutDisplayNames(withoutEchoes(ids))), tables).flatMap((one) =>
      built.has(one.text.frame.callee) ? [] : pinOf(one, tables),
    ),
    ...firstPins(ids, source),
    ...lookedUp(reading.texts, ids),
    ...versions(reading),
    ...constants(reading),
    ...reading.texts.flatMap(pinsInside),
    ...listedArguments(reading.texts),
    ...reading.texts.flatMap(unknownPin).filter(({ id }) => !defined.has(id)),
    ...reading.texts.flatMap(weights),
  ]
  return all.length > MAX_PINS ? [] : [...withMembers(all), ...behindNames(ids, all)]
}

/** `class Llm: GPT_4O = "…"; HAIKU = "…"; O3_MINI = "…"`: an enumeration says what there is, and asks none. */
function withMembers(pins: readonly Pin[]): readonly Pin[] {
  const members = new Map<string, Pin[]>()
  for (const pin of pins) {
    const { key, id, place = '' } = pin
    if (place.endsWith(`() ${key}`) && isAlias(key, id))
      members.set(place.slice(0, -key.length), [...(members.get(place.slice(0, -key.length)) ?? []), pin])
  }
  const listed = new Set([...members.values()].flatMap((ones) => (ones.length >= 3 ? ones : [])))
  return listed.size === 0 ? pins : pins.map((pin) => (listed.has(pin) ? { ...pin, trust: 'listed' } : pin))
}

/** `DEFAULT = MODELS[0]`: what stands first is the default. */
function firstPins(ids: readonly Id[], source: string): readonly Pin[] {
  const firsts = firstsOfLists(
    ids.map(({ text }) => text),
    source,
  )
  return ids.flatMap(({ text, id, written }): Pin[] => {
    const key = firsts.get(text)
    return key === undefined ? [] : [{ key, id, written, line: text.line, trust: 'sure', symbol: key }]
  })
}

/** More in one file are data. */
const MAX_PINS = 500

function pinOf({ text, id, written }: Id, tables: ReadonlySet<Frame>): readonly Pin[] {
  if (text.use === 'condition' || text.use === 'key' || text.use === 'docstring') return []
  // A title may be what is asked for; `…/models/${model || "id"}:embedContent` is an address that is put together.
  const isOfAddress = text.use === 'default' && text.name === 'url'
  if (isNeverNamed(text) && !tables.has(text.frame) && !isOfAddress) return []
  if (text.frame.tested || isCatalogue(text, tables) || isAside(text)) return []
  const isSure =
    (tables.has(text.frame) && isOfModels(text)) || (isAskedInTurn(text) && text.frame.elements <= MAX_TURNS)
  const trust = isSure ? 'sure' : trustOf(text, id)
  if (trust === null || sameWords(text.name, id)) return []
  const names = namesOf(text)
  const key =
    namedBeside(text) ??
    firstName(text, names) ??
    namedAround(text) ??
    names[0] ??
    namedInside(text) ??
    callsOf(text)[0] ??
    ''
  const symbol = names.find(saysModel) ?? key
  const all = namedFirst(text) === undefined ? labelledNames(text) : [key, ...names.slice(1), parserOf(text)]
  const place = [ownerIn(text), ...[...all].reverse()].filter((name) => name !== '').join(' ')
  const asked = isGivenByProvider(text) && !written.includes('/') ? { provided: true as const } : {}
  return [
    {
      key,
      place,
      id,
      written,
      ...asked,
      line: text.line,
      trust:
        isAlias(key, id) || isNumbered(text.outer ?? '', id) || isOfItsName(text, id) || isListed(text, names, id)
          ? 'likely'
          : trust,
      symbol,
    },
  ]
}

/** `object Gemini35FlashLite { modelKey = "gemini-3.5-flash-lite" }` */
const isOfItsName = ({ owner }: Text, id: string) => /^[A-Z]/.test(owner) && isNumbered(owner, id)

/** `MODEL = getenv("AI_MODEL_HAIKU", "id")`: where the variable is called after the model, what it is assigned to chooses. */
function firstName(text: Text, [own = '']: readonly string[]): string | undefined {
  const named = namedFirst(text)
  return named !== undefined && isAlias(named) && saysModel(own) && !isAlias(own) ? own : named
}

/** `gen_parser.add_argument("--model", default="…")`: each command has its own. */
const parserOf = ({ frame }: Text) => /^(\w+)\.add_?argument$/i.exec(frame.callee)?.[1] ?? ''

/** Its names, and what the members of lists on the way are called: `agents: [{ name: "planner", model: "…" }]`. */
function labelledNames(text: Text): readonly string[] {
  const names = [text.name]
  for (const frame of around(text.frame)) {
    if (frame.owner !== '') break
    names.push(labelOf(frame, text), frame.name)
  }
  return names.filter((name) => name !== '')
}

/** `name: "planner"` of a member of a list; not where that is the id itself. */
export const LABEL = /^(?:name|id|key|slug|agent|role)$/i
function labelOf({ open, parent, entries }: Frame, { name }: Text): string {
  if (open !== '{' || parent?.open !== '[') return ''
  const label = entries.slice(0, MAX_BESIDE).find((entry) => LABEL.test(entry.name) && entry.name !== name)?.text ?? ''
  const said = /^"([\w.-]{1,60})"$/.exec(label)?.[1] ?? ''
  return modelId(said) === null ? said : ''
}

/** A function or class, apart from keys and variables of that name. */
export const ownerIn = ({ owner, outer = '' }: Pick<Text, 'owner' | 'outer'>) =>
  owner === '' ? '' : `${MAKES.test(owner) && outer !== '' ? `${outer}.` : ''}${owner}()`
/** Every class has one: it is known by its class. */
const MAKES = /^(?:__init__|constructor|initialize|init|new|__construct)$/

/** `{ deepseek: "deepseek" }`: a name of something that is called so. */
const sameWords = (name: string, id: string) => isPlain(id) && wordsOf(name).join() === wordsOf(id).join()

/** A table of models, or what a function gives that is named after one. */
const isOfModels = (text: Text) =>
  namesOf(text)
    .slice(1, 3)
    .some((name) => wordsOf(name).some((word) => /^(?:models?|llms?)$/.test(word))) ||
  (text.frame.name === '' && (saysModel(text.owner) || isOfDefaults(text.owner)))

function trustOf(text: Text, id: string): Pin['trust'] | null {
  if (text.use === 'lookup') return trustOfKey(text, id)
  // `provider: "gemini-api"`
  if ((isPlain(id) || !/\d/.test(id)) && PROVIDES.test(text.name)) return null
  const [names, calls] = [namesOf(text), callsOf(text)]
  if (isOtherName(text, names, id)) return 'likely'
  if (names.slice(0, 2).some(saysModel) || saysModelInside(names) || saysModel(namedBeside(text) ?? '')) return 'sure'
  const [call = ''] = calls
  if (saysModel(namedInside(text) ?? '')) return 'sure'
  if ((text.name === '' || ENVIRONMENT.test(call)) && saysModel(namedFirst(text) ?? '')) return 'sure'
  if (
    ASKS_MODEL.test(call) ||
    (text.name === '' && asksByName(call)) ||
    (text.name === '' && SETS_MODEL.test(call)) ||
    (ENVIRONMENT.test(call) && (names.some(saysModel) || environmentSaysModel(text)))
  )
    return 'sure'
  if (saysModel(text.owner) && !ASKS_WHETHER.test(text.owner) && text.name === '' && call === '') return 'sure'
  if (isNameOfClass(text, names, call) && !isNumbered(text.owner, id)) return 'sure'
  // BigQuery: `CREATE MODEL … OPTIONS (endpoint = 'id')`
  if (/^options$/i.test(call) && /^endpoint$/i.test(text.name)) return 'sure'
  if (isOfCall(text) || SPEAKS.test(text.name) || isDefaultGiven(text) || isEncoder(text, id)) return 'sure'
  return isPlain(id) || OF_WORDS.test(wordsOf(text.name).join('_')) ? null : 'likely'
}

/** `isVisionModel`, `supports_model`: they give an answer, no id. */
const ASKS_WHETHER = /^(?:is|has|supports?|can|needs|uses|allows|matches|validate|check|normali[sz]e)(?=[A-Z_])/

/** `class VoyageEmbeddingModel: name = "…"`, `name: str = Field(default="…")`: which one it is unless somebody says otherwise. */
const isNameOfClass = ({ owner, frame }: Text, names: readonly string[], call: string) =>
  /^[A-Z]\w*(?:Model|Embeddings?|Embedder|Llm|LLM)$/.test(owner) &&
  /^(?:name|id|identifier)$/i.test(names.at(-1) ?? '') &&
  (call === '' || ENVIRONMENT.test(call)) &&
  [frame, frame.parent].some((one) => one === null || one.owner === owner || one.open === '')

/** `classifier(provider, config.model ?? "id")`: given to what asks it; not where it is only told. */
const isDefaultGiven = ({ frame, defaultOf = '' }: Text) =>
  frame.open === '(' &&
  frame.callee !== '' &&
  MODEL_KEY.test(wordsOf(defaultOf).join('_')) &&
  !/log|print|debug|info|warn|error|track|record|assert/i.test(frame.callee)

/** `encoder_name = "text-embedding-3-small"` */
const isEncoder = ({ name }: Text, id: string) => kindOf(id) === 'vectors' && wordsOf(name).includes('encoder')

/** `PROMPT_TEMPLATE_LLAMA3 = "llama3"` names words that suit a model. */
const OF_WORDS = /(?:^|_)(?:prompts?|templates?|tokenizer|parser|formats?)(?:_|$)/

/** `STT_SERVICE=openai/whisper-1`: nothing but a model hears, speaks or ranks. */
const SPEAKS =
  /^(?:[A-Z]+_)?(?:STT|TTS|ASR|WHISPER|TRANSCRIPTION|RERANK|RERANKER)(?:_(?:SERVICE|PROVIDER|BACKEND|DEFAULT|TYPE))?$/

/** `PromptNode("…", api_key=key)`, `{ provider: openai, name: "…" }` */
const isOfCall = ({ name, frame }: Text) =>
  (/^(?:name|id)$/i.test(name) || (name === '' && frame.open === '(')) &&
  [...frame.keys].some((key) => OF_A_CALL.test(key))

/** Beside them a name is that of a model: `{ provider: openai, name: "…", base_url: "…" }`. */
const OF_A_CALL = /^(?:provider|base_?url|api_?key|temperature|max_?tokens|model_?params)$/i

/** `model: { name: … }`, `models: { default: … }`. */
const saysModelInside = ([own = '', ...outer]: readonly string[]) =>
  ABOUT_MODEL.test(wordsOf(own).at(-1) ?? '') &&
  outer.slice(0, 2).some((name) => wordsOf(name).some((word) => /^(models?|llms?|deployments?|engine)$/.test(word)))

const environmentSaysModel = (text: Text) => {
  const call = text.frame
  return call.keys.size === 0 && call.elements <= 3 && /env/i.test(call.callee)
}
