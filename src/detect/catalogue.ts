// Ids that are listed, priced or described side by side pin nothing.

import { modelId } from './model-ids.ts'
import { isOfDefaults, saysModel } from './model-names.ts'
import { namedBeside } from './named-beside.ts'
import { around, callsOf, type Frame, namesOf, type Text } from './reading.ts'
import { isAskedInTurn } from './role-tables.ts'
import { wordsOf } from './words.ts'

const MODEL_NAME = /^(?:model|engine|deployment|llm)$/
const CATALOGUE =
  /(^|_)(models|(?:thinking|reasoning|vision|legacy)_models|supported|available|visible|recommended|suggested|builtin|known_models|catalog|catalogue|pricing|prices?|costs?|rates|limits|windows?|context_?(?:length|window|size)s?|max_?tokens|aliases|capabilities|encodings?|enum|options|choices|presets|deprecated|allowed|known|presets|encoding|models?_dict)($|_)/
const DESCRIBES =
  /^(label|description|price|pricing|cost|input_?(?:cost|price|per)\w*|output_?(?:cost|price|per)\w*|context_?(?:window|length|size|limit)|max_?(?:context|input|output)_?tokens|token_?limit|max_?generation|multi_?modal|provider_?label|capabilities|vision|display_?name|deprecated|supports\w*|released?|tier|(?:input|output)_?modalities|inference_?types\w*|\w*lifecycle|provider_?name|customizations\w*|model_?(?:type|properties)|tags)$/i
const ID_KEY = /^(?:model_?id|id|value|slug)$/i
const NAME_KEY = /^(?:model_?name|name|label|display_?name|title)$/i
/** Factories that name the provider and take the id. */
const ASKED =
  /(^|\.)(openai|anthropic|google|vertex|mistral|groq|xai|azure|bedrock|openrouter|deepseek|cohere|ollama|perplexity|fireworks|togetherai|get_?[mM]odel|getGenerativeModel|generative_model|init_chat_model|initChatModel|\w+Model)(?:\.(?:chat|image|responses|\w+Model))?$/
/** `z.enum(["a", "b"])`: what may be given. */
const ALLOWED = /(?:^|\.)(?:enum|Enum|oneOf|one_of|isIn|IsIn|literal|Literal|allow|allowed|valid)$/
const NO_TABLES: ReadonlySet<Frame> = new Set()
/** What each model costs or is also called, whatever stands beside it. */
const PRICED = /(?:^|_)(?:prices|pricing|price_table|costs|aliases)(?:$|_)/
/** One of several ids that are listed, priced or described side by side. `tables` say which model is asked for what. */
export function isCatalogue(text: Text, tables: ReadonlySet<Frame> = NO_TABLES): boolean {
  const { frame, name } = text
  if (isDefaultModel(name) || saysModel(namedBeside(text) ?? '')) return false
  if (namesOf(text).some((one) => PRICED.test(wordsOf(one).join('_')))) return true
  if (name === '' && ALLOWED.test(callsOf(text)[0] ?? '')) return true
  if (tables.has(frame) || isAskedInTurn(text) || isGiven(text)) return false
  if (isOfferedAlone(text)) return true
  const isEntry = frame.open !== '' && frame.owner === ''
  const keys = isEntry ? [...frame.keys] : []
  if (isSetting(text) || isConnected(text)) return false
  // What is asked with a temperature is asked, whatever else is said of it.
  const described = keys.filter((key) => DESCRIBES.test(key)).length
  if (described >= (keys.includes('temperature') ? 3 : 2)) return true
  // `SingleModel(llm_model="…", token_limit=8192)` among others
  if (described > 0 && frame.open === '(' && frame.parent?.open === '[' && frame.parent.ids >= 4) return true
  if (
    keys.some((key) => ID_KEY.test(key)) &&
    keys.some((key) => NAME_KEY.test(key)) &&
    idsAround(frame) >= 3 &&
    !isUsedBy(text)
  )
    return true
  // `{ value: "…", label: "…" }` in a list: a picker. `"gpt-4o": { model: "…" }`: what is said of each.
  if (name === 'value' && keys.includes('label') && frame.parent?.open === '[') return true
  if (isShownAs(text, keys)) return true
  if (frame.open === '{' && isOfOneModel(frame.name) && idsAround(frame) >= 3) return true
  if (isCalledAfter(frame)) return true
  // What is shown to people beside an id, in a list of such.
  if (keys.some((key) => /^(?:label|display_?name)$/i.test(key)) && idsAround(frame) >= 3) return true
  if (keys.some((key) => /^context_?(?:length|window|size)$/i.test(key)) && keys.some((key) => NAME_KEY.test(key)))
    return true
  if (keys.includes(name) && isNamedTwice(frame, keys)) return true
  if (isShown(frame.parent) && idsAround(frame) >= 4) return true
  // `'model' => env('CHAT_MODEL', '…')`
  const says = wordsOf(name === '' && frame.open === '(' && frame.ids < 2 ? frame.name : name)
  const model =
    frame.open !== '' &&
    (MODEL_NAME.test(says.at(-1) ?? '') ||
      (says.includes('model') && (described === 0 || keys.includes('temperature'))) ||
      // `model: { name: "…", version: "…" }`
      (/^(?:name|id)$/i.test(name) && /^(?:model|deployment|engine)$/i.test(frame.name)))
  if (name === '' && frame.open !== '(' && frame.elements >= 2 && frame.ids >= 3) return !isOfDefaults(text.owner)
  const outer = namesOf(text).slice(name === '' ? 0 : 1)
  if (isKeyed(text) && frame.parent?.open !== '[' && outer.some(isOfDefaults)) return false
  const listed = outer.some((one) => CATALOGUE.test(wordsOf(one).join('_')))
  if (
    listed &&
    !model &&
    !isPurpose(text) &&
    (frame.ids >= 2 || isListed(text) || /^[A-Z\d_]+_MODELS$/.test(frame.name))
  )
    return true
  return !model && !isChoice(text, outer) && isRepeated(text)
}

/**
 * What there is: `replicate_models = ["…"]`, `get_models_by_purpose() { return ["images" => ["…"]] }`,
 * `providers: [{ model: "…" }, { model: "…" }, { model: "…" }]`, `{ "gpt-4o": { model: "gpt-4o" } }` among others.
 */
function isOfferedAlone({ name, frame, owner, value }: Text): boolean {
  const outer = around(frame)
  if (outer.some((one) => one.open === '[' && one.ids >= 2 && OPTIONS.test(wordsOf(one.name).join('_')))) return true
  if (!isDeployed(outer) && outer.some((one) => isUnder(one, value) || isDescribed(one, frame, value))) return true
  if (name === '' && frame.owner === '' && (frame.open === '[' || COLLECTION.test(frame.callee))) {
    const said = wordsOf(frame.name).join('_')
    return /._models$|(?:^|_)model_(?:ids|names)$/.test(said) || /(?:^|_)models(?:_|$)/.test(wordsOf(owner).join('_'))
  }
  const { parent } = frame
  const isMember = parent?.open === '[' || (parent?.open === '{' && parent.keys.size === 0 && frame.name === '')
  return isMember && frame.keys.size === 1 && frame.open === '{' && parent.ids >= 3
}

/** `{ displayName: "…", id: "…" }` in a list, and nothing else of it. */
const isShownAs = ({ name, frame: { parent } }: Text, keys: readonly string[]) =>
  (ID_KEY.test(name) || name === 'name') &&
  keys.length <= 3 &&
  keys.some((key) => /^(?:label|display_?name)$/i.test(key)) &&
  (parent?.open === '[' || (parent?.open === '{' && parent.keys.size === 0))

/** `deepseek`, `gemini` or `mistral` alone is who serves models. */
const isOfOneModel = (name: string) => /[-\d]/.test(name) && modelId(name) !== null

/** Deployments are often called as what they deploy. */
const isDeployed = (outer: readonly Frame[]) =>
  outer.some(
    ({ name, callee, keys }) => /deployment/i.test(`${name} ${callee}`) || keys.has('version') || keys.has('sku'),
  )

/** `{ "gpt-4o": { model: "gpt-4o" } }` among others. */
const isUnder = ({ open, name, parent }: Frame, id: string) => open === '{' && name === id && (parent?.ids ?? 0) >= 2

/** `{ name: "…", config: { model: "…" } }`, both the same, in a list of such. */
const isDescribed = (one: Frame, frame: Frame, id: string) => isCalled(one, id) && (one !== frame || saysAgain(one, id))

const isCalled = ({ entries, parent, open }: Frame, id: string) =>
  open === '{' &&
  (parent?.open === '[' || parent?.open === '{') &&
  parent.ids >= 3 &&
  entries.length <= MAX_ENTRIES &&
  entries.some(({ name, text }) => /^(?:id|name)$/i.test(name) && text.replace(/^"|"$/g, '') === id)

const saysAgain = ({ entries }: Frame, id: string) =>
  entries.some(({ text }) => text.length > id.length + 2 && text.includes(`"${id}"`))

/** `CHAT_MODEL_OPTIONS = [{ name: "…", model: { … } }, …]` */
const OPTIONS = /(?:^|_)(?:model|engine|llm)s?_(?:options|choices|list_data)$/

/** `model: { value: "…", type: STRING, label: "…", description: "…" }`: a setting, as it is described. */
const isSetting = ({ name, frame }: Text) =>
  /^(?:value|default|default_?value)$/i.test(name) && frame.keys.has('type') && saysModel(frame.name)

/** `{ model_id: "…", api_url: "…", api_key: "…" }`: whom to ask, and with which key. */
export const isConnected = ({ name, frame }: Pick<Text, 'name' | 'frame'>) => {
  const says = (pattern: RegExp) => [...frame.keys].slice(0, MAX_ENTRIES).some((key) => pattern.test(key))
  return (
    frame.open === '{' &&
    MODEL_NAME.test(
      wordsOf(name)
        .filter((word) => !/^(?:id|name)$/.test(word))
        .at(-1) ?? '',
    ) &&
    says(/^(?:api_?url|base_?url|api_?base|endpoint|url)$/i) &&
    says(/^api_?key$/i)
  )
}

/** `"qwen3-8b:free": openrouter("qwen/qwen3-8b:free")`: what is offered, under its own name. */
const isCalledAfter = ({ open, name, parent }: Frame) =>
  open === '(' && parent?.open === '{' && parent.ids >= 2 && modelId(name) !== null

/** `mutableSetOf(…)`, `List.of(…)` */
const COLLECTION = /(?:^|\.)(?:(?:mutable)?(?:set|list|array)_?of|asList|(?:List|Set)\.of|array)$/i

/** What a function gives that chooses a model: `case "plan": return "o3"`. */
const isGiven = ({ name, frame, owner }: Text) =>
  name === '' && frame.open !== '[' && frame.open !== '(' && CHOOSES.test(owner)
const CHOOSES =
  /^(?:get|pick|choose|select|resolve|default|recommended)_?(?:\w*_)?(?:model|llm)(?:name|id)?$|^(?:get|pick|choose|select|default|recommended)\w*Model(?:Name|Id)?$|^(?:\w+_)?model_?(?:for|by)(?:_?\w+)?$/i

/** `{ id: "gpt-4o", model: "gpt-4o-2024-08-06", provider: "…" }` among others: what is called after a model describes it. */
const MAX_ENTRIES = 60
const isNamedTwice = (frame: Frame, keys: readonly string[]) =>
  frame.parent?.open === '[' &&
  frame.parent.ids >= 4 &&
  frame.entries.length <= MAX_ENTRIES &&
  keys.some((key) => /^(?:model|model_?id|model_?name)$/i.test(key)) &&
  frame.entries.some(
    ({ name, text }) => /^(?:id|slug|key)$/i.test(name) && modelId(text.replace(/^"|"$/g, '')) !== null,
  )

/** `{ title: "…", description: "…", params: { model: "…" } }` among others: a picker. */
const isShown = (frame: Frame | null) =>
  frame?.open === '{' &&
  frame.keys.has('description') &&
  [...frame.keys].some((key) => /^(?:title|label|display_?name)$/i.test(key))

/** `{ name: "Writer", slug: "writer", language_model: "…" }`: not the model is described, but who asks it. */
const isUsedBy = ({ name, frame }: Text) => {
  const words = wordsOf(name)
  return words.length > 1 && words.includes('model') && !ID_KEY.test(name) && frame.keys.has('slug')
}

/** `defaultModel: "…"` beside the models that a provider has. */
const isDefaultModel = (name: string) => /^default[a-z]{0,20}model(?:id|name)?$/.test(wordsOf(name).join(''))

/** The value of a key, or in a pair that is one: `google: ("…", "language")`. */
const isKeyed = ({ name, frame }: Text) =>
  (frame.open === '{' && name !== '') || (frame.open === '(' && frame.callee === '' && frame.name !== '')

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
  // `{ name: "chat", model: "…", version: "…" }`: what is deployed under which name.
  if (name === 'name' && frame.keys.has('model') && /^deployments?$/i.test(outer[0] ?? '')) return true
  return words.includes('model') || (/^(default|value)$/.test(words.at(-1) ?? '') && saysModel(outer[0] ?? ''))
}

/** Four ids or more in one object or list, or in a body that is about models. */
function isRepeated({ frame }: Text): boolean {
  if (frame.owner !== '' && /model|llm/i.test(frame.owner) && frame.ids >= 4) return true
  return around(frame)
    .slice(0, 3)
    .some((one) => one.open !== '' && one.owner === '' && one.ids >= 4)
}
