// Model pins of a file: whole values that are a model id and stand under a name that says model, or go into a call that
// takes one. Conditions on a model, catalogues, price tables and enumerations of models pin nothing.

import { isCatalogue, isOfDefaults } from './catalogue.ts'
import { firstsOfLists } from './first-of-list.ts'
import { isConstantName, isPlain, modelId, withoutProvider } from './model-ids.ts'
import { saysModel } from './model-names.ts'
import { namedBeside, namedFirst } from './named-beside.ts'
import { around, callsOf, type Frame, namesOf, type Reading, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

export type Pin = {
  /** What it is paired by between two versions. */
  readonly key: string
  /** All names that it stands under, and whose body: `models main modelId`. */
  readonly place?: string
  /** As written, without a provider prefix. */
  readonly id: string
  /** The same with its provider prefix; absent where only a version or a constant stands. */
  readonly written?: string
  readonly line: number
  /**
   * `sure` stands under a name that says model; `likely` only looks like an id and counts when it replaces another;
   * `unknown` stands under such a name and is no id of a family that we know: it counts when it replaces one, or is replaced.
   */
  readonly trust: 'sure' | 'likely' | 'unknown'
  readonly symbol: string
  /** The version of a model that is named beside it. */
  readonly version?: true
  /** A constant of another module: its name says which model it is. */
  readonly constant?: true
  /** The name that an id was found by: the same name of a renamed holder is the same model. */
  readonly by?: string
  /** Its name says that a language model is asked: it may become another that is not known either. */
  readonly asks?: true
}

const ABOUT_MODEL =
  /^(name|version|id|default|primary|fallback|small|large|fast|smart|main|chat|slug|value|override|string|env|type|key)$/
const NEVER =
  /^(label|title|description|placeholder|help|message|summary|example|examples|text|content|note|comment|class|family|tokenizer|encoding|alt|href|url|icon|display_?name)$/i
export const ASKS_MODEL =
  /(^|\.|::)(openai|anthropic|google|mistral|groq|xai|vertex|azure|bedrock|openrouter|deepseek|cohere|ollama|perplexity|fireworks|togetherai|Chat\w+|Azure\w+|ChatOpenAI|ChatAnthropic|GenerativeModel|getGenerativeModel|get_model|generative_model|init_chat_model|initChatModel|chatModel|languageModel|chat|textEmbeddingModel|embedding|LLM|LM|Llm|OpenAIModel|AnthropicModel|GeminiModel|OpenAIChatModel|\w*Model|\w*Embeddings?|\w*ChatClient|GetChatClient|from_pretrained|pipeline|subscribe|SentenceTransformer|CrossEncoder|a?trans(?:cribe|late)|transcriptions\.create|model|modelName|withModel|with_model|set_model|Model|ModelName)$/
const ENVIRONMENT =
  /(^|\.)(getenv|environ\.get|env\.get|get|getOrDefault|env|ENV\.fetch|fetch|config|GetEnv\w*|getEnv\w*|get_env\w*|LookupEnv|envOr|unwrap_or\w*|Field|field|Option|option|add_argument|default|Value|var_os|str|String|cast|Input|Parameter|Annotated|parameter|TextField|CharField|mapped_column|Column|_get_env|first|or|z\.string|optional|Form|Query)$/
/** `source` is the text that was read: it says which lists are asked for their first entry. */
export function findPins(reading: Reading, source = ''): readonly Pin[] {
  const ids = reading.texts.flatMap((text) => {
    const written = writtenIn(text)
    const id = written === null ? null : modelId(written)
    return written === null || id === null ? [] : [{ text, id, written }]
  })
  countIds(ids)
  const inGroup = new Map<number, number>()
  for (const { text } of ids) inGroup.set(text.group, (inGroup.get(text.group) ?? 0) + 1)
  // Three ids that make one value are a choice: a list, a union type.
  const single = ids.filter(({ text }) => (inGroup.get(text.group) ?? 0) < 3)
  const built = buildersOf(ids.map(({ text }) => text))
  const pins = single.flatMap(({ text, id, written }) =>
    built.has(text.frame.callee) ? [] : pinOf(text, { id, written }),
  )
  const all = [
    ...pins,
    ...firstPins(ids, source),
    ...versions(reading),
    ...constants(reading),
    ...reading.texts.flatMap(argumentPins),
    ...reading.texts.flatMap(unknownPin),
    ...reading.texts.flatMap(weights),
  ]
  return all.length > MAX_PINS ? [] : all
}
/** `DEFAULT = MODELS[0]`: what stands first is the default. */
function firstPins(ids: readonly { text: Text; id: string; written: string }[], source: string): readonly Pin[] {
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

/** Different ids in each frame: five agents that ask one model are no list of models. */
function countIds(ids: readonly { readonly text: Text; readonly id: string }[]): void {
  const within = new Map<Frame, Set<string>>()
  for (const { text, id } of ids)
    for (const frame of around(text.frame)) within.set(frame, (within.get(frame) ?? new Set()).add(id))
  for (const [frame, different] of within) frame.ids = different.size
}

/**
 * What describes a model each time that it is called, four times or more in a file: `LLModel(id = "…", capabilities = …)`. What is
 * given as the model of a call describes none: `model = ModelId("…")`.
 */
function buildersOf(texts: readonly Text[]): ReadonlySet<string> {
  const calls = new Map<string, Set<Frame>>()
  for (const { frame, name } of texts)
    if (
      frame.open === '(' &&
      /^(?:id|name|slug)?$/.test(name) &&
      /^[A-Z]|\.[A-Z]/.test(frame.callee) &&
      !isGiven(frame)
    )
      calls.set(frame.callee, (calls.get(frame.callee) ?? new Set()).add(frame))
  return new Set([...calls].flatMap(([callee, frames]) => (frames.size >= 4 ? [callee] : [])))
}

const isGiven = ({ name }: Frame) => MODEL_KEY.test(wordsOf(name).join('_'))

/** `${VAR:-id}` and `${VAR-id}` give their default. */
export function writtenIn({ value }: Text): string | null {
  if (value.length > 200) return null
  const fallback = /^\$\{[\w.]+(?::?-|:?=|:|,\s*)["']?([^}"']+)["']?\}$/.exec(value)?.[1]
  return (fallback ?? value).trim()
}

/** `model: "acme-7b-chat"`: shaped like an id, under a name that is nothing but a model's. */
function unknownPin(text: Text): readonly Pin[] {
  const { use, line, frame } = text
  const value = writtenIn(text) ?? ''
  // `chatDeploymentName: { value: "chat" }`
  const inner = /^(?:value|default|default_?value)$/i.test(text.name) ? frame.name : text.name
  const name = namedBeside(text) ?? inner
  if (use !== 'value' && use !== 'default') return []
  if (
    !ID_SHAPED.test(value) ||
    modelId(value) !== null ||
    !(MODEL_KEY.test(wordsOf(name).join('_')) || isDefault(text))
  )
    return []
  // `${env:CHAT_DEPLOYMENT}` names a variable.
  if (frame.tested || isCatalogue(text) || VARIABLE.test(value)) return []
  const isKnown = FAMILY_INSIDE.test(value) || (SHORT.test(value) && /^model$/i.test(name)) || isAsked(text, value)
  const trust = isKnown ? 'sure' : 'unknown'
  const asks = isDefault(text) || wordsOf(name).some((word) => ASKING_WORD.test(word))
  return [
    { key: name, id: withoutProvider(value), line, trust, symbol: name, ...(asks ? { asks: true as const } : {}) },
  ]
}
const VARIABLE = /^[A-Z][A-Z\d]*_[A-Z\d_]+$/
/** `DEFAULT_MODELS = { cursor: "auto" }` */
const isDefault = ({ name, frame }: Text) => frame.open === '{' && name !== '' && isOfDefaults(frame.name)
/** What is deployed under such a name is a model that is asked, whatever it is called. */
const ASKING_WORD = /^(?:gpt|chatgpt|chat|openai|llm|embedding|embeddings|completion|completions)$/

/** `inworld-tts-1.5-max` beside a voice, `u3-rt-pro-2` beside messages: a model with a version, in a call of one. */
const isAsked = ({ frame }: Text, value: string) =>
  VERSIONED.test(value) && frame.open === '(' && [...frame.keys].some((key) => BESIDE_MODEL.test(key))
const VERSIONED = /^(?=.*[a-z])(?=.*[-/]).*\d/i
const BESIDE_MODEL =
  /^(?:messages|prompt|temperature|max_?tokens|voice|api_?key|system(?:_?prompt)?|instructions|base_?url)$/i
/** Local models are often called by who made the file of them: `mlabonne_gemma-3-27b-it`. */
const FAMILY_INSIDE = /[_-](?:gemma|llama|qwen|qwq|mistral|mixtral|deepseek|phi|gpt|claude|gemini)[-_]?\d/i
const MODEL_KEY = /(?:^|_)(?:model|model_id|model_name|deployment|deployment_name|engine|llm|llm_model)$/
export const ID_SHAPED = /^(?=.*[a-zA-Z])[\w.:/@-]{3,100}$/

/** `Model.from_pretrained("publisher/name-v1")`: weights of whatever family. */
function weights(text: Text): readonly Pin[] {
  const { value, name, use, line, frame } = text
  if (
    use !== 'value' ||
    name !== '' ||
    !/(?:^|\.)(?:from_pretrained|SentenceTransformer|CrossEncoder)$/.test(frame.callee)
  )
    return []
  if (!PUBLISHED.test(value) || modelId(value) !== null || isForCounting(text)) return []
  const key = frame.name || frame.callee
  return [{ key, id: value, line, trust: 'sure', symbol: key }]
}
const PUBLISHED = /^[\w-]+\/(?=[\w.-]*[A-Za-z])(?=[\w.-]*\d)[\w.-]{3,80}$/

/** `--model id` in a command or in a block of arguments; short names of a family count, too. */
function argumentPins({ value, line, name, use }: Text): readonly Pin[] {
  if (!value.includes('--model') || use === 'docstring' || NEVER.test(name)) return []
  return [...value.matchAll(ARGUMENT)].slice(0, MAX_PINS + 1).flatMap(({ 1: id = '', index }): Pin[] => {
    if (modelId(id) === null && !SHORT.test(id)) return []
    const at = line + (value.slice(0, index).match(/\n/g)?.length ?? 0)
    return [{ key: '--model', id: withoutProvider(id), line: at, trust: 'sure', symbol: name }]
  })
}
const ARGUMENT = /(?<![\w-])--model(?:-(?:name|id))?[ =]+["']?([\w.:/@-]{2,80})/g
const SHORT = /^(?:sonnet|opus|haiku|opusplan|fable)$/i

/** `GPT_4O_MINI = "…"`: the name of a constant says which model it is, so that it chooses none. */
const isAlias = (name: string, id = '') => ALIAS.test(name) || (NUMBERED.test(name) && bare(id).startsWith(bare(name)))
const NUMBERED = /^(?=.*\d)[A-Za-z]\w{7,}$/
const bare = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '')
const ALIAS =
  /^(?=[A-Z\d_]+$).*(?:(?:GPT|LLAMA|CLAUDE|GEMINI|MISTRAL|QWEN|PHI|GROK)_?V?\d|HAIKU|SONNET|OPUS|MIXTRAL|GEMMA|_O[134](?:_|$))/

function pinOf(text: Text, { id, written }: { readonly id: string; readonly written: string }): readonly Pin[] {
  if (text.use === 'condition' || text.use === 'key' || text.use === 'docstring' || NEVER.test(text.name)) return []
  if (text.frame.tested || isCatalogue(text) || isForCounting(text)) return []
  const trust = trustOf(text, id)
  if (trust === null || sameWords(text.name, id)) return []
  const names = namesOf(text)
  const key = namedBeside(text) ?? namedFirst(text) ?? names[0] ?? callsOf(text)[0] ?? ''
  const symbol = names.find(saysModel) ?? key
  const named = namedFirst(text) === undefined ? names : [key, ...names.slice(1)]
  const place = [text.owner, ...[...named].reverse()].filter((name) => name !== '').join(' ')
  return [{ key, place, id, written, line: text.line, trust: isAlias(key, id) ? 'likely' : trust, symbol }]
}

/** `encoding_for_model("…")`, a default for the tokenizer: tokens are counted, nothing is asked. */
const isForCounting = (text: Text) =>
  [text.owner, text.outer ?? '', ...callsOf(text)].some((name) =>
    /tiktoken|tokeni[sz]er|encoding_?for|token_?(?:count|limit)|(?:count|num)_?(?:\w+_)?tokens/i.test(name),
  )

/** `{ deepseek: "deepseek" }`: a name of something that is called so. */
const sameWords = (name: string, id: string) => isPlain(id) && wordsOf(name).join() === wordsOf(id).join()

function trustOf(text: Text, id: string): Pin['trust'] | null {
  // Which of several is asked, not what it is.
  if (text.use === 'lookup') return isPlain(id) ? null : 'likely'
  const [names, calls] = [namesOf(text), callsOf(text)]
  if (names.slice(0, 2).some(saysModel) || saysModelInside(names) || saysModel(namedBeside(text) ?? '')) return 'sure'
  const [call = ''] = calls
  if (ENVIRONMENT.test(call) && saysModel(namedFirst(text) ?? '')) return 'sure'
  if (ASKS_MODEL.test(call) || (ENVIRONMENT.test(call) && (names.some(saysModel) || environmentSaysModel(text))))
    return 'sure'
  if (saysModel(text.owner) && text.name === '' && call === '') return 'sure'
  if (/^(?:name|id)$/i.test(text.name) && [...text.frame.keys].some((key) => OF_A_CALL.test(key))) return 'sure'
  return isPlain(id) ? null : 'likely'
}

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

/** `model_version: "2024-08-06"`, and `version` beside the name of a model. */
function versions(reading: Reading): readonly Pin[] {
  return reading.texts.flatMap((text): Pin[] => {
    const value = writtenIn(text)
    if (value === null || !VERSION.test(value) || text.use !== 'value') return []
    const { frame, name, line } = text
    // `chatModelVersion: { value: "0613" }`, `{ value: "${CHATGPT_VERSION=0613}" }`
    const inner = /^(?:value|default|default_?value)$/i.test(name)
    const variable = /^\$\{(\w+)/.exec(text.value)?.[1] ?? ''
    const key = inner ? frame.name : name
    const words = [...wordsOf(key), ...wordsOf(variable)]
    if (!words.includes('version') || words.includes('api')) return []
    const alone = words.length === 1
    const ofModel = words.some((word) => /^(?:model|gpt|chatgpt|openai|embedding|embed|emb|llm)$/.test(word))
    const ofDeployment = ofModel && words.some((word) => /^(?:model|deployment)$/.test(word))
    const beside = alone && (saysModel(frame.name) || saysModel(frame.callee))
    if (/^\d{1,2}$/.test(value) && !ofDeployment && !(beside && frame.keys.has('name'))) return []
    const near = alone && frame.ids > 0 && frame.open !== '' && frame.ids < 3
    return ofModel || beside || near ? [{ key, id: value, line, trust: 'sure', symbol: key, version: true }] : []
  })
}
const VERSION =
  /^\d{1,4}(?:-preview)?$|^\d{4}-\d\d-\d\d(?:-preview)?$|^turbo-\d{4}-\d\d-\d\d$|^\d{8}$|^[a-z]+-preview$/i

const SHAPED =
  /^(?:(?:ANTHROPIC|AMAZON|META|COHERE|OPENAI|GOOGLE|MISTRALAI)_)?(?:GPT|CLAUDE|TITAN|NOVA|GEMINI|MISTRAL|LLAMA|GROK|DEEPSEEK|O[134](?:_|$)|COMMAND_|QWEN|GEMMA|TEXT_(?:EMBED|DAVINCI)|EMBED_)[A-Z\d_]*$|^(?:Gpt|GPT|Claude|Gemini|Mistral|Llama|Grok|DeepSeek|Qwen)[A-Za-z_]*\d\w*$|^(?:gpt|claude|gemini|llama)_\d[\da-z_]*$/

/** A member of an enumeration under a name that says model: `Llm.GEMINI_3_PRO`. */
function constants(reading: Reading): readonly Pin[] {
  return reading.references.flatMap(({ path, name, line, frame }): Pin[] => {
    const last = path.split(/\.|::|->/).at(-1) ?? ''
    if (
      !SHAPED.test(last.replace(/^(?:CHAT_|Chat)?(?:MODEL|Model)_?/, '')) ||
      !(
        saysModel(name) ||
        /^(?:\w+\.)*\w*(?:models?|llms?)(?:name|id|type)?s?\./i.test(path) ||
        saysModel(path.split('.')[0] ?? '')
      )
    )
      return []
    if (/(?:_|^)(?:LIST|LISTS|MODELS|MAP|SET)$|(?:List|Models|Map)$/.test(last) || isConstantName(last)) return []
    return frameIsList(frame) || isAlias(name) || SHAPED.test(name)
      ? []
      : [{ key: name, id: path, line, trust: 'sure', symbol: name, constant: true }]
  })
}
const frameIsList = (frame: Frame) => frame.open === '['
