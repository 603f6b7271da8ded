// Model pins of a file: whole values that are a model id and stand under a name that says model, or go into a call that
// takes one. Conditions on a model, catalogues, price tables and enumerations of models pin nothing.

import { around, callsOf, type Frame, namesOf, type Reading, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

export type Pin = {
  /** What it is paired by between two versions. */
  readonly key: string
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
}

const PREFIX =
  /^(?:~?(?:openai|anthropic|gemini|google|google-gla|google-vertex|google_genai|vertex|vertex_ai|azure|azure_openai|azure_ai|bedrock|bedrock_converse|mistral|mistralai|groq|openrouter|xai|x-ai|deepseek|ollama|ollama_chat|vllm|litellm|litellm_proxy|cohere|fireworks|fireworks_ai|together|together_ai|togetherai|perplexity|meta-llama|meta|qwen|moonshotai|moonshot|z-ai|zai|nvidia|github|github_copilot|databricks|cerebras|sambanova|replicate|huggingface|models|publishers|chat|messages|responses|completion|text-completion-openai|minimax|amazon|microsoft|cloudflare|workers-ai|@cf)[/:])+/i
const FAMILY =
  /^(?:(?:us|eu|apac|jp|au|global|us-gov)\.)?(?:(?:anthropic|amazon|meta|mistral|cohere|deepseek|ai21)\.)?(?:gpt-?\d|gpt-(?:oss|image|audio|realtime|neo)|chatgpt-|o[1345](?:-(?:mini|pro|preview|high|low|deep)[\w-]*|-\d{4}-\d\d-\d\d)?$|claude-|claude\d|gemini-|gemma-?\d|imagen-|veo-\d|(?:open-|devstral|ministral|magistral|codestral|pixtral|voxtral)|mistral-|mistral$|mixtral|deepseek-|deepseek$|grok-|llama-?\d|llama\d|code-?llama|command-(?:r|a|light|nightly)|command$|qwen|qwq|phi-?\d|kimi-|moonshot-|glm-\d|text-embedding-|embedding-\d|embed-|text-(?:davinci|bison|unicorn|curie)|davinci-|babbage-|voyage-|nova-(?:micro|lite|pro|premier|sonic)|titan-|jamba-|sonar|whisper-|tts-\d|dall-e|minimax-|abab\d|ernie-|hunyuan|doubao-|yi-(?:large|medium|34b|lightning)|nomic-embed|mxbai|bge-|jina-embed|text-multilingual|textembedding-|multilingual-e5|all-minilm|solar-|gte-|e5-|tinyllama|flux|sdxl|fast-sdxl|stable-diffusion|zephyr-|vicuna-|falcon-|starcoder|granite-|smollm|internlm|baichuan|chatglm|paraphrase-|dbrx|wizardlm|hermes-\d|nemotron|ft:)[\w.:@/?=-]*$/i
/** Files, and programs that are named after a model. */
const NO_MODEL =
  /\.(?:py|ts|js|json|ya?ml|md|txt|svg|png|html?)$|^(?:claude-(?:code|desktop|agent|cli|dev|plugin|hooks?|review|bot|mem)|gemini-(?:cli|code|assist)|gpt-(?:engineer|researcher|pilot|crawler)|deepseek-(?:tui|cli)|grok-cli|qwen-code|kimi-(?:cli|code))(?:[-@/]|$)/i
const MODEL_WORDS =
  /^(model|models?id|modelname|modelids|engine|deployment|llm|llms|embedding|embeddings|embedder|llmmodel|chatmodel|aimodel)$/
const MODEL_NAME = /^(?:model|engine|deployment)$/
const CATALOGUE =
  /(^|_)(models|supported|available|visible|recommended|suggested|builtin|known_models|catalog|catalogue|pricing|prices?|costs?|rates|limits|windows?|context_?(?:length|window|size)s?|max_?tokens|aliases|capabilities|encodings?|enum|options|choices|presets|deprecated|allowed|known|presets|encoding)($|_)/
const DESCRIBES =
  /^(label|description|price|pricing|cost|input_?(?:cost|price|per)\w*|output_?(?:cost|price|per)\w*|context_?(?:window|length|size|limit)|max_?(?:context|input|output)_?tokens|provider_?label|capabilities|vision|display_?name|deprecated|supports\w*|released?|tier)$/i
const ID_KEY = /^(?:model_?id|id|value|slug)$/i
const NAME_KEY = /^(?:model_?name|name|label|display_?name|title)$/i
const ABOUT_MODEL =
  /^(name|version|id|default|primary|fallback|small|large|fast|smart|main|chat|slug|value|override|string|env|type|key)$/
const NEVER =
  /^(label|title|description|placeholder|help|message|summary|example|examples|text|content|note|comment|class|family|tokenizer|encoding|alt|href|url|icon|display_?name)$/i
const CALLS =
  /(^|\.|::)(openai|anthropic|google|mistral|groq|xai|vertex|azure|bedrock|openrouter|deepseek|cohere|ollama|perplexity|fireworks|togetherai|Chat\w+|Azure\w+|ChatOpenAI|ChatAnthropic|GenerativeModel|getGenerativeModel|get_model|generative_model|init_chat_model|initChatModel|chatModel|languageModel|chat|textEmbeddingModel|embedding|LLM|LM|Llm|OpenAIModel|AnthropicModel|GeminiModel|OpenAIChatModel|\w*Model|\w*Embeddings?|\w*ChatClient|GetChatClient|model|modelName|withModel|with_model|set_model|Model|ModelName)$/
/** Factories that name the provider and take the id. */
const ASKED =
  /(^|\.)(openai|anthropic|google|vertex|mistral|groq|xai|azure|bedrock|openrouter|deepseek|cohere|ollama|perplexity|fireworks|togetherai|languageModel|chatModel|textEmbeddingModel|get_model|getGenerativeModel|generative_model|init_chat_model|initChatModel)$/
const ENVIRONMENT =
  /(^|\.)(getenv|environ\.get|env\.get|get|getOrDefault|env|ENV\.fetch|fetch|config|GetEnv\w*|getEnv\w*|get_env\w*|LookupEnv|envOr|unwrap_or\w*|Field|field|Option|option|add_argument|default|Value|var_os|str|String|cast|Input|Parameter|Annotated|parameter|TextField|CharField|mapped_column|Column|_get_env|first|or|z\.string|optional|Form|Query)$/
const MAX_ID = 120

/** A model id without its provider, or null when a text is none. */
export function modelId(value: string): string | null {
  if (value.length < 2 || value.length > MAX_ID || /[\s{}<>()"'`,;]/.test(value)) return null
  const bare = value.replace(PREFIX, '')
  const id = bare.includes('/') && !FAMILY.test(bare) ? bare.slice(bare.lastIndexOf('/') + 1) : bare
  if (!FAMILY.test(id) || NO_MODEL.test(id)) return null
  return bare
}

/** Ids without a digit or dash are words of a language, too: they need a name that says model. */
const isPlain = (id: string) =>
  /^(?:o\d|gpt-?4|command|mistral|deepseek|sonar|embed-\w+|qwen|open-\w+|solar-\w+|yi-\w+|claude-code\w*|titan-\w+|whisper-\w+|gemini-cli\w*|deepseek-chat)$/i.test(
    id,
  )

export function findPins(reading: Reading): readonly Pin[] {
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
    ...versions(reading),
    ...constants(reading),
    ...reading.texts.flatMap(argumentPins),
    ...reading.texts.flatMap(unknownPin),
  ]
  return all.length > MAX_PINS ? [] : all
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

/** What describes a model each time that it is called, four times or more in a file: `LLModel(id = "…", capabilities = …)`. */
function buildersOf(texts: readonly Text[]): ReadonlySet<string> {
  const calls = new Map<string, Set<Frame>>()
  for (const { frame, name } of texts)
    if (frame.open === '(' && /^(?:id|name|slug)?$/.test(name) && /^[A-Z]|\.[A-Z]/.test(frame.callee))
      calls.set(frame.callee, (calls.get(frame.callee) ?? new Set()).add(frame))
  return new Set([...calls].flatMap(([callee, frames]) => (frames.size >= 4 ? [callee] : [])))
}

/** `${VAR:-id}` and `${VAR-id}` give their default. */
function writtenIn({ value }: Text): string | null {
  if (value.length > 200) return null
  const fallback = /^\$\{[\w.]+(?::?-|:?=|:|,\s*)["']?([^}"']+)["']?\}$/.exec(value)?.[1]
  return (fallback ?? value).trim()
}

/** `model: "acme-7b-chat"`: shaped like an id, under a name that is nothing but a model's. */
function unknownPin(text: Text): readonly Pin[] {
  const { value, name, use, line, frame } = text
  if (use !== 'value' && use !== 'default') return []
  if (!MODEL_KEY.test(wordsOf(name).join('_')) || !ID_SHAPED.test(value) || modelId(value) !== null) return []
  if (frame.tested || isCatalogue(text)) return []
  const trust = FAMILY_INSIDE.test(value) ? 'sure' : 'unknown'
  return [{ key: name, id: value.replace(PREFIX, ''), line, trust, symbol: name }]
}
/** Local models are often called by who made the file of them: `mlabonne_gemma-3-27b-it`. */
const FAMILY_INSIDE = /[_-](?:gemma|llama|qwen|qwq|mistral|mixtral|deepseek|phi|gpt|claude|gemini)[-_]?\d/i
const MODEL_KEY = /(?:^|_)(?:model|model_id|model_name|deployment|deployment_name|engine|llm|llm_model)$/
const ID_SHAPED = /^(?=.*[a-zA-Z])[\w.:/@-]{3,100}$/

/** `--model id` in a command or in a block of arguments; short names of a family count, too. */
function argumentPins({ value, line, name, use }: Text): readonly Pin[] {
  if (!value.includes('--model') || use === 'docstring' || NEVER.test(name)) return []
  return [...value.matchAll(ARGUMENT)].slice(0, MAX_PINS + 1).flatMap(({ 1: id = '', index }): Pin[] => {
    if (modelId(id) === null && !SHORT.test(id)) return []
    const at = line + (value.slice(0, index).match(/\n/g)?.length ?? 0)
    return [{ key: '--model', id: id.replace(PREFIX, ''), line: at, trust: 'sure', symbol: name }]
  })
}
const ARGUMENT = /(?<![\w-])--model(?:-(?:name|id))?[ =]+["']?([\w.:/@-]{2,80})/g
const SHORT = /^(?:sonnet|opus|haiku|opusplan|fable)$/i

function pinOf(text: Text, { id, written }: { readonly id: string; readonly written: string }): readonly Pin[] {
  if (text.use === 'condition' || text.use === 'key' || text.use === 'docstring' || NEVER.test(text.name)) return []
  if (text.frame.tested || isCatalogue(text)) return []
  const trust = trustOf(text, id)
  if (trust === null) return []
  const name = namesOf(text)[0] ?? callsOf(text)[0] ?? ''
  return [{ key: name, id, written, line: text.line, trust, symbol: name }]
}

function trustOf(text: Text, id: string): Pin['trust'] | null {
  const [names, calls] = [namesOf(text), callsOf(text)]
  if (names.slice(0, 2).some(saysModel) || saysModelInside(names)) return 'sure'
  const [call = ''] = calls
  if (CALLS.test(call) || (ENVIRONMENT.test(call) && (names.some(saysModel) || environmentSaysModel(text))))
    return 'sure'
  if (saysModel(text.owner) && text.name === '' && call === '') return 'sure'
  if (/^(?:name|id)$/i.test(text.name) && [...text.frame.keys].some((key) => OF_A_CALL.test(key))) return 'sure'
  return isPlain(id) ? null : 'likely'
}

/** Beside them a name is that of a model: `{ provider: openai, name: "…", base_url: "…" }`. */
const OF_A_CALL = /^(?:provider|base_?url|api_?key|temperature|max_?tokens|model_?params)$/i

const saysModel = (name: string) => {
  const words = wordsOf(name)
  return (
    words.some((word) => MODEL_WORDS.test(word)) &&
    !/^(tokens?|temperature|cost|price|label|path|provider|class|file|limit|type)$/.test(words.at(-1) ?? '')
  )
}
/** `model: { name: … }`, `models: { default: … }`. */
const saysModelInside = ([own = '', ...outer]: readonly string[]) =>
  ABOUT_MODEL.test(wordsOf(own).at(-1) ?? '') &&
  outer.slice(0, 2).some((name) => wordsOf(name).some((word) => /^(models?|llms?|deployments?|engine)$/.test(word)))

const environmentSaysModel = (text: Text) => {
  const call = text.frame
  return call.keys.size === 0 && call.elements <= 3 && /env/i.test(call.callee)
}

/** One of several ids that are listed, priced or described side by side. */
function isCatalogue(text: Text): boolean {
  const { frame, name } = text
  const isEntry = frame.open !== '' && frame.owner === ''
  const keys = isEntry ? [...frame.keys] : []
  if (keys.filter((key) => DESCRIBES.test(key)).length >= 2) return true
  if (keys.some((key) => ID_KEY.test(key)) && keys.some((key) => NAME_KEY.test(key)) && idsAround(frame) >= 3)
    return true
  const says = wordsOf(name)
  const model =
    frame.open !== '' &&
    (MODEL_NAME.test(says.at(-1) ?? '') ||
      (says.includes('model') && !keys.some((key) => DESCRIBES.test(key))) ||
      // `model: { name: "…", version: "…" }`
      (/^(?:name|id)$/i.test(name) && /^(?:model|deployment|engine)$/i.test(frame.name)))
  if (name === '' && frame.open !== '(' && frame.elements >= 2 && frame.ids >= 3) return true
  const outer = namesOf(text).slice(name === '' ? 0 : 1)
  const listed = outer.some((one) => CATALOGUE.test(wordsOf(one).join('_')))
  if (listed && !model && !isPurpose(text) && (frame.ids >= 2 || isListed(text))) return true
  return !model && !isChoice(text, outer) && isRepeated(text)
}

/** `MODELS = { small: "…", large: "…" }`: each is used for what its name says. */
const isPurpose = ({ name, frame }: Text) =>
  frame.open === '{' &&
  frame.ids < 4 &&
  /^(?:default|primary|fallback|small|large|fast|smart|main|cheap|judge)$/i.test(name)

const idsAround = (frame: Frame) => around(frame).at(-1)?.ids ?? 0

/** An object among others of its kind: `[{ name: "a" }, { name: "b" }]`. */
const isListed = ({ frame }: Text) => frame.open === '{' && frame.parent?.open === '[' && frame.parent.ids >= 2

/** `openai("id")` is asked, however many of them stand there; a value under a name that says model is set. */
function isChoice(text: Text, outer: readonly string[]): boolean {
  const { frame, name } = text
  if (frame.open === '(' && name === '' && ASKED.test(frame.callee)) return true
  const words = wordsOf(name)
  return words.includes('model') || (/^(default|value)$/.test(words.at(-1) ?? '') && saysModel(outer[0] ?? ''))
}

/** Four ids or more in one object or list, or in a body that is about models. */
function isRepeated({ frame }: Text): boolean {
  if (frame.owner !== '' && /model|llm/i.test(frame.owner) && frame.ids >= 4) return true
  return around(frame)
    .slice(0, 3)
    .some((one) => one.open !== '' && one.owner === '' && one.ids >= 4)
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
    const ofModel = words.some((word) => /^(?:model|gpt|chatgpt|openai|embedding|emb|llm)$/.test(word))
    if (/^\d{1,2}$/.test(value) && !words.includes('model')) return []
    const beside = alone && (saysModel(frame.name) || saysModel(frame.callee))
    const near = alone && frame.ids > 0 && frame.open !== '' && frame.ids < 3
    return ofModel || beside || near ? [{ key, id: value, line, trust: 'sure', symbol: key, version: true }] : []
  })
}
const VERSION =
  /^\d{1,4}(?:-preview)?$|^\d{4}-\d\d-\d\d(?:-preview)?$|^turbo-\d{4}-\d\d-\d\d$|^\d{8}$|^[a-z]+-preview$/i

const SHAPED =
  /^(?:GPT|CLAUDE|GEMINI|MISTRAL|LLAMA|GROK|DEEPSEEK|O[134](?:_|$)|COMMAND_|QWEN|GEMMA)[A-Z\d_]*$|^(?:Gpt|GPT|Claude|Gemini|Mistral|Llama|Grok|DeepSeek|Qwen)[A-Za-z_]*\d\w*$/

/** A member of an enumeration under a name that says model: `Llm.GEMINI_3_PRO`. */
function constants(reading: Reading): readonly Pin[] {
  return reading.references.flatMap(({ path, name, line, frame }): Pin[] => {
    const last = path.split(/\.|::|->/).at(-1) ?? ''
    if (
      !SHAPED.test(last.replace(/^(?:CHAT_|Chat)?(?:MODEL|Model)_?/, '')) ||
      !(
        saysModel(name) ||
        /^(?:\w+\.)*\w*(?:models?|llms?)(?:name|id)?s?\./i.test(path) ||
        saysModel(path.split('.')[0] ?? '')
      )
    )
      return []
    if (/(?:_|^)(?:LIST|LISTS|MODELS|MAP|SET)$|(?:List|Models|Map)$/.test(last)) return []
    return frameIsList(frame) ? [] : [{ key: name, id: path, line, trust: 'sure', symbol: name }]
  })
}
const frameIsList = (frame: Frame) => frame.open === '['

export type PinChange = {
  readonly from?: string
  readonly to?: string
  /** `to` with its provider prefix. */
  readonly written?: string
  readonly line: number
  readonly symbol?: string
}

/** Pins that differ between two versions of a file: by name in order of appearance, then what is left by order. */
export function changedPins(base: readonly Pin[], head: readonly Pin[]): readonly PinChange[] {
  const changes: PinChange[] = [...changedProviders(base, head)]
  const pool: Pool = { gone: [], come: [] }
  for (const key of new Set([...base, ...head].map((pin) => pin.key))) {
    const named = (side: readonly Pin[]) => side.filter((pin) => pin.key === key)
    const [was, is] = [named(base), named(head)]
    if (was.length === is.length && was.every((pin) => pin.version)) {
      changes.push(...inPlace(was, is))
      continue
    }
    changes.push(...paired({ gone: without(was, is), come: without(is, was) }, pool))
  }
  // A name that is new or gone with the id of another that is gone or new: it is called otherwise.
  const [gone, come] = [without(pool.gone, pool.come), without(pool.come, pool.gone)]
  const [old, now] = [gone[0], come[0]]
  if (gone.length === 1 && come.length === 1 && old && now && old.trust === now.trust && old.trust !== 'unknown')
    return unique([...changes, { from: old.id, ...arrival(now) }])
  const pinned = (side: readonly Pin[], id: string) => side.some((pin) => pin.id === id)
  return unique([
    ...changes,
    ...come.filter((pin) => pin.trust === 'sure' && !pinned(base, pin.id)).map(arrival),
    ...gone.filter((pin) => pin.trust === 'sure' && !pinned(head, pin.id)).map(departure),
  ])
}

/** Versions belong to the models beside them: the first stays the first, unless they only changed places. */
function inPlace(was: readonly Pin[], is: readonly Pin[]): readonly PinChange[] {
  if (without(was, is).length === 0) return []
  return is.flatMap((now, at) =>
    was[at] === undefined || was[at].id === now.id ? [] : [{ from: was[at].id, ...arrival(now) }],
  )
}

type Pool = { readonly gone: Pin[]; readonly come: Pin[] }

/** Of one name: the first that is gone became the first that came, and so on; what has no partner goes into the pool. */
function paired({ gone, come }: Pool, pool: Pool): readonly PinChange[] {
  const changes: PinChange[] = []
  for (const now of come) {
    const at = gone.findIndex((old) => mayReplace(old, now))
    const [old] = at < 0 ? [] : gone.splice(at, 1)
    if (old === undefined) pool.come.push(now)
    else changes.push({ from: old.id, ...arrival(now) })
  }
  pool.gone.push(...gone)
  return changes
}

const mayReplace = (old: Pin, now: Pin) =>
  old.trust === 'sure' || now.trust === 'sure' || (old.trust === 'likely' && now.trust === 'likely')

const arrival = ({ id, line, symbol, written }: Pin): PinChange => ({
  to: id,
  line,
  symbol,
  ...(written === undefined ? {} : { written }),
})
const departure = ({ id, line, symbol }: Pin): PinChange => ({ from: id, line, symbol })

function unique(changes: readonly PinChange[]): readonly PinChange[] {
  const seen = new Set<string>()
  return changes.filter((change) => {
    const key = `${change.from}\0${change.to}`
    const known = seen.has(key)
    seen.add(key)
    return !known
  })
}

/** The same id under the same name from another provider: asked elsewhere, at another price. Then the ids are as written. */
function changedProviders(base: readonly Pin[], head: readonly Pin[]): readonly PinChange[] {
  const providers = (side: readonly Pin[], { key, id }: Pin) =>
    side.flatMap((pin) => (pin.key === key && pin.id === id ? [providerOf(pin)] : []))
  return head.flatMap((now): PinChange[] => {
    const before = providers(base, now)
    if (before.length === 0 || before.includes(providerOf(now))) return []
    const old = base.find(
      (pin) => pin.key === now.key && pin.id === now.id && !providers(head, now).includes(providerOf(pin)),
    )
    if (old?.written === undefined || now.written === undefined) return []
    return [{ ...arrival(now), from: old.written, to: now.written }]
  })
}

const providerOf = ({ id, written = id }: Pin) =>
  written.endsWith(id)
    ? written
        .slice(0, written.length - id.length)
        .toLowerCase()
        .replace(/[:/]+/g, '/')
    : ''

/** What of `all` has no partner with the same id in `others`. */
function without(all: readonly Pin[], others: readonly Pin[]): Pin[] {
  const left = [...others]
  return all.filter((pin) => {
    const at = left.findIndex((other) => other.id === pin.id)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
