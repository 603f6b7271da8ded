// Members of enumerations and constants that name a model, and constants whose names choose none.

import { isConstantName } from './model-ids.ts'
import { saysModel } from './model-names.ts'
import type { Pin } from './pins.ts'
import { around, type Frame, type Reading, type Reference } from './reading.ts'
import { wordsOf } from './words.ts'

/** `GPT_4O_MINI = "…"`: the name of a constant says which model it is, so that it chooses none. */
export const isAlias = (name: string, id = '') => ALIAS.test(name) || isNumbered(name, id)
/** `class Claude3Haiku { name() { return "claude-3-haiku-20240307" } }` */
export const isNumbered = (name: string, id: string) =>
  (NUMBERED.test(name) && [id, id.slice(id.indexOf('.') + 1)].some((one) => bare(one).startsWith(ownWords(name)))) ||
  // `NOMIC_EMBED_TEXT = "nomic-embed-text"`
  (name.length > MIN_NAME && bare(name) === bare(id.slice(id.lastIndexOf('/') + 1)))
const MIN_NAME = 7
/**
 * `Voyage3EmbeddingGenerator`, `ModelDeepSeekR1_120` without what says that it is a model, and which build of it. An instance
 * (`gpt4oModel = openai("gpt-4o")`) is asked.
 */
const ownWords = (name: string) =>
  bare((/^[A-Z]/.test(name) ? name.replace(KIND, '') : name).replace(/_\d{3,}$/, '')).replace(CALLED_MODEL, '')
const KIND = /(?:Chat|Text|Embeddings?|Language|Llm|LLM|Model|Generator|Generation|Provider|Client){1,4}$/
/** Go's `ModelDeepSeekR1`, `CreateImageModelDallE3` */
const CALLED_MODEL = /^(?:create)?(?:chat|text|image|speech|audio|embedding|small|large|big)?model(?=[a-z]{2,20}\d)/
const NUMBERED = /^(?=.*\d)[A-Za-z]\w{7,}$/
export const bare = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '')
const ALIAS =
  /^(?=[A-Z\do_]+$).*(?:(?:GPT|LLAMA|CLAUDE|GEMINI|MISTRAL|QWEN|PHI|GROK)_?[Vo]?\d|HAIKU|SONNET|OPUS|MIXTRAL|GEMMA|_O[134](?:_|$))/

const SHAPED =
  /^(?:(?:ANTHROPIC|AMAZON|META|COHERE|OPENAI|GOOGLE|MISTRALAI)_)?(?:GPT|CLAUDE|TITAN|NOVA|GEMINI|MISTRAL|LLAMA|GROK|DEEPSEEK|O[134](?:_|$)|COMMAND_|QWEN|GEMMA|TEXT_(?:EMBED|DAVINCI)|EMBED_(?:EN|MULTI|V\d)|(?:SONNET|HAIKU|OPUS)_?\d)[A-Z\d_]*$|^(?:Gpt|GPT|Claude|Gemini|Mistral|Llama|Grok|DeepSeek|Qwen|Sonnet|Haiku|Opus)[A-Za-z_]*\d\w*$|^(?:gpt|claude|gemini|llama)_?\d[\da-zA-Z_]*$|^(?:claude|gemini|llama|mistral|gpt)_[a-z\d_]*\d$/

/** Enumerations of Spring AI and langchain4j, whatever their members are called: `MistralAiApi.ChatModel.SMALL`. */
const OF_SDK = /(?:^|\.)(?:\w{2,40}Api\.(?:Chat|Embedding)Model|Ollama(?:Chat)?Model|\w{2,40}ModelName)\.[A-Z]\w{2,40}$/

/** `model: Llm.GPT_4O.value` is the member, and so is `Model: openai.F(openai.GPT4o)`. */
function asMember(reference: Reference): Reference {
  const { path, name, line, frame, ...rest } = reference
  const isWrapped = frame.open === '(' && frame.parent !== null && WRAPS.test(frame.callee) && saysModel(frame.name)
  const member = { path: path.replace(OWN_VALUE, ''), line }
  return isWrapped && frame.parent !== null
    ? { ...rest, ...member, name: frame.name, frame: frame.parent }
    : { ...rest, ...member, name, frame }
}
const WRAPS = /(?:^|\.|::)(?:F|Opt|NewOpt|Some|Ptr|Optional\.of|Just)$/
const OWN_VALUE = /(?<=[A-Z\d]\w{0,60})(?:\.|->|::)(?:value|name|id|rawValue|key)$/

/** A member of an enumeration under a name that says model: `Llm.GEMINI_3_PRO`, Swift's `.gpt4_o`. */
export function constants(reading: Reading): readonly Pin[] {
  const all = [...reading.references.map(asMember), ...reading.frames.flatMap(written)]
  const mapped = mappingsAmong(all)
  const listed = listedIn(all)
  const [entries, offered] = [entriesOf(all), buildersIn(all)]
  return all.flatMap((reference): Pin[] => {
    const { path, name, line, frame, implied } = reference
    if (mapped.has(bodyOf(reference)) || COUNTS.test(frame.callee)) return []
    const last = (path.split(/\.|::|->/).at(-1) ?? '').replace(/^:/, '')
    const isShaped = SHAPED.test(last.replace(/^(?:CHAT_|Chat)?(?:MODEL|Model)_?/, '')) || OF_SDK.test(path)
    if (!isShaped || !isOfModel(reference)) return []
    // `ModelType.GPT` is a kind of models.
    if (/^[A-Z]+$/i.test(last) && KINDS.test(path.slice(0, -last.length))) return []
    if (/(?:_|^)(?:LIST|LISTS|MODELS|MAP|SET)$|(?:List|Models|Map)$/.test(last) || isConstantName(last)) return []
    if (/^(?=[A-Z_]+$).*(?:^|_)MODEL(?:_|$)/.test(last)) return []
    // `config.gpt_4v_model` holds whatever it was given.
    if (/^[a-z]/.test(last) && HOLDER.test(wordsOf(last).at(-1) ?? '')) return []
    if ((frame.open === '[' && !frame.keys.has(name)) || isAlias(name) || SHAPED.test(name)) return []
    if (isOffered(reference) || isEntry(reference, entries) || (offered.get(frame.callee)?.size ?? 0) >= MANY) return []
    if ((listed.get(frame) ?? 0) >= MIN_LISTED) return []
    const trust = implied || isMember(path) ? 'sure' : 'likely'
    return [{ key: name, id: path.replace(/^:/, ''), line, trust, symbol: name, constant: true }]
  })
}

const KINDS = /type|kind|provider|family|vendor|platform/i

/** `{ name: "…", description: "…", value: Models.GPT_4O }` */
const isOffered = ({ name, frame }: Reference) =>
  /^(?:value|id|key)$/i.test(name) &&
  [...frame.keys].some((key) => /^(?:label|name|title|description|text)$/i.test(key))

/** `BUILTIN = [{ name: Models.GPT_4O, … }, { name: Models.O3, … }, …]`: how many stand so in each list. */
const isNamed = ({ name, frame }: Reference) => /^(?:name|id|key)$/i.test(name) && frame.open === '{'
function entriesOf(references: readonly Reference[]): ReadonlyMap<Frame | null, number> {
  const found = new Map<Frame | null, number>()
  for (const one of references) if (isNamed(one)) found.set(one.frame.parent, (found.get(one.frame.parent) ?? 0) + 1)
  return found
}
const isEntry = (one: Reference, entries: ReadonlyMap<Frame | null, number>) =>
  isNamed(one) && (entries.get(one.frame.parent) ?? 0) >= MIN_LISTED

/** `viper.SetDefault("agents.coder.model", models.Claude4Sonnet)` */
const SETS = /(?:^|\.|::)(?:set|put|with|default|use)\w*$/i
/** `llm(Models.GPT_4O, …)`, `llm(Models.O3, …)`: the models that a call is given by place, each time that it registers one. */
function buildersIn(references: readonly Reference[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { path, name, frame } of references)
    if (
      frame.open === '(' &&
      frame.callee !== '' &&
      !SETS.test(frame.callee) &&
      frame.callee.endsWith(name) &&
      SHAPED.test(path.split(/\.|::/).at(-1) ?? '')
    )
      found.set(frame.callee, (found.get(frame.callee) ?? new Set()).add(path))
  return found
}

/** `List.of(Models.GPT_4O, Models.O3, Models.O4_MINI)`: how many stand in each. */
function listedIn(references: readonly Reference[]): ReadonlyMap<Frame, number> {
  const found = new Map<Frame, number>()
  for (const { frame } of references)
    if (frame.open === '(' && COLLECTION.test(frame.callee)) found.set(frame, (found.get(frame) ?? 0) + 1)
  return found
}
const COLLECTION = /(?:^|\.)(?:(?:List|Set)\.of|(?:mutable)?(?:list|set)Of|asList)$/i
const MIN_LISTED = 3

/** `OpenAITokenCounter(ModelType.GPT_4O)`, `matches!(model, Model::Gpt4 | Model::Gpt5)` and `names.includes(GPT_4O)` ask none. */
const COUNTS =
  /token_?counter|tokeni[sz]er|^(?:assert_)?matches!?$|(?:^|\.)(?:includes|contains|indexOf|has|equals|starts_?with|in_?array)$/i

/** `"dall-e-2" => DallE2, "dall-e-3" => DallE3, …`: a function that gives many of them says what each is called. */
function mappingsAmong(references: readonly Reference[]): ReadonlySet<Frame | undefined> {
  const given = new Map<Frame | undefined, Set<string>>()
  for (const reference of references) {
    const { path, name, frame } = reference
    if (frame.open === '(' ? !/^(?:Ok|Some)$/.test(frame.callee) : name !== '' && name !== frame.owner) continue
    const body = bodyOf(reference)
    if (SHAPED.test(path.split(/\.|::/).at(-1) ?? '')) given.set(body, (given.get(body) ?? new Set()).add(path))
  }
  return new Set([...given].flatMap(([body, paths]) => (body !== undefined && paths.size >= MANY ? [body] : [])))
}
const MANY = 4
const bodyOf = ({ frame }: Reference) => around(frame).find(({ owner }) => owner !== '')

/** `OpenAIModel::Gpt35.to_string()` is the member, written out. */
export function written({ callee, open, name, line, parent, elements }: Frame): readonly Reference[] {
  const path = callee.replace(WRITTEN_OUT, '')
  return open === '(' && path !== callee && elements === 0 && parent !== null
    ? [{ path, name, line, frame: parent }]
    : []
}
const WRITTEN_OUT =
  /(?:\.|::)(?:to_string|to_owned|into|as_str|clone|toString|ToString|get(?:Value|Name|Id|Key|ModelName|ModelId)|value)$/

const HOLDER = /^(?:model|deployment|name|id|engine|endpoint|key|url|prompt|version|client)$/

const isOfModel = ({ path, name, frame }: Reference) =>
  saysModel(name) ||
  /^(?:\w+\.)*\w*(?:models?|llms?)(?:name|id|type)?s?\./i.test(path) ||
  saysModel(path.split('.')[0] ?? '') ||
  // What is brought in by itself: `super(service, GPT_4_TURBO_2024_04_09)`.
  (frame.open === '(' && DATED.test(path)) ||
  (frame.open === '(' && ASKS_NAMED.test(frame.callee))
const DATED = /^(?:GPT|CLAUDE|GEMINI|LLAMA|MISTRAL)_[A-Z\d_]*\d[A-Z\d_]*$/
/** `openai.agent(GPT_4O)` */
export const ASKS_NAMED = /[.:](?:agent|completion_model|embedding_model|extractor|model)$/

/** Of a module or an enumeration, or in capitals; `gpt4o` may be a variable of this file: it says something when it replaces another. */
const isMember = (path: string) => /[.:>]|^[A-Z\d_]+$/.test(path)
