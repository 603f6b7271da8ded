// Where ids of models stand and nothing is asked: descriptions that are built, counting of tokens, answers, fields of a page.

import { modelId } from './model-ids.ts'
import { MODEL_KEY } from './model-names.ts'
import { callsOf, type Frame, namesOf, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

/**
 * What describes a model each time that it is called, four times or more in a file, or three times in a list:
 * `LLModel(id = "…", capabilities = …)`. What is given as the model of a call describes none: `model = ModelId("…")`.
 */
export function buildersOf(texts: readonly Text[]): ReadonlySet<string> {
  const calls = new Map<string, Set<Frame>>()
  for (const { frame, name } of texts)
    if (
      frame.open === '(' &&
      /^(?:id|name|slug)?$/.test(name) &&
      /^[A-Z]|\.[A-Z]/.test(frame.callee) &&
      !isGiven(frame)
    )
      calls.set(frame.callee, (calls.get(frame.callee) ?? new Set()).add(frame))
  return new Set([...calls].flatMap(([callee, frames]) => (frames.size >= 4 || isListOf([...frames]) ? [callee] : [])))
}

const isListOf = ([first, ...more]: readonly Frame[]) =>
  more.length >= 2 && first?.parent?.open === '[' && more.every(({ parent }) => parent === first.parent)

const isGiven = ({ name }: Frame) => MODEL_KEY.test(wordsOf(name).join('_'))

/** `encoding_for_model("…")`, a default for the tokenizer: tokens are counted, nothing is asked. */
export const isForCounting = (text: Text) =>
  [text.owner, text.outer ?? '', ...callsOf(text)].some((name) => TOKENIZER.test(name) || COUNTS.test(name)) ||
  namesOf(text)
    .slice(0, 2)
    .some((name) => TOKENIZER.test(name))
const TOKENIZER = /tiktoken|tokeni[sz]er|encoding_?for|token_?count/i
/** Of what is done, and not of a name: `LARGE_TOKEN_LIMIT_MODEL` is asked. */
const COUNTS = /get_?encoding|token_?(?:limit|length)|(?:count|num)_?(?:\w+_)?tokens/i

/** What counts, shows or answers, and what only says more of a model that is named beside it. */
export const isAside = (text: Text) =>
  isForCounting(text) ||
  isBesideModel(text) ||
  isFileOf(text) ||
  isAnswer(text) ||
  isOfRoute(text) ||
  callsOf(text).some((call) => SHOWS.test(call)) ||
  RECORDS.test(callsOf(text)[0] ?? '')

/** `@GetMapping("/chat/mistral-options")`, `require("@/api/gpt4")`: where something is found. */
const isOfRoute = ({ value, frame }: Text) =>
  (value.startsWith('/') && ROUTES.test(frame.callee)) || /^(?:require|import)$/.test(frame.callee)
const ROUTES = /Mapping$|(?:^|\.)(?:get|post|put|patch|delete|use|route|redirect|push|navigate)$/i

/** `span.set_attribute("gen_ai.request.model", "…")`, `Response.json({ text, model: "…" })`: what is told of a call, or to whoever asked;
 * not the call whose answer is told: `res.json(await create({ model: "…" }))`. */
const RECORDS =
  /(?:^|\.)(?:set_?attributes?|set_?tags?|add_?breadcrumb|add_?event|track_?event|capture_?(?:event|message|exception)|(?:Next)?Response\.json|res\.json|jsonify)$/i

/** Fields of a page in which somebody chooses. */
const SHOWS = /combo_?box|drop_?down|placeholder|(?:^|\.)Choice$/i

/**
 * `{ name: "gpt-4o", model: "gpt-4o-2024-08-06" }`, `{ name: "Llama3", description: "…", value: Model.LLAMA3 }`: what people
 * call it; a deployment is called by its name. So it is among the arguments of a call: `Provider(name="gpt-4o", model="gpt-4o-2024-08-06")`.
 */
const isBesideModel = ({ name, frame }: Text) =>
  /^(?:name|id|slug)$/i.test(name) &&
  (frame.open === '{' || frame.open === '(') &&
  !/deployment/i.test([frame.callee, ...namesOf({ name: '', frame })].join(' ')) &&
  ((frame.keys.has('description') && (frame.keys.has('value') || frame.keys.has('icon'))) ||
    frame.entries
      .slice(0, MAX_BESIDE)
      .some(
        (entry) => /^model(?:_?(?:id|name))?$/i.test(entry.name) && modelId(entry.text.replace(/^"|"$/g, '')) !== null,
      ))

/** `{ repo_id: "…", filename: "….gguf" }`: which file of the model. */
const isFileOf = ({ name, frame }: Text) =>
  /^(?:file_?name|model_?file|basename|model_?basename)$/i.test(name) &&
  [...frame.keys].some((key) => /^(?:repo_?id|model_?id|model|hf_?repo)$/i.test(key))

/** More keys than these are no object that describes one model. */
export const MAX_BESIDE = 60

/** `{ object: "chat.completion.chunk", model: "…", choices: […] }`: what a model answers; `{ id: "…", object: "model" }`: what there is. */
const isAnswer = ({ frame: { keys } }: Text) =>
  keys.has('object') && (keys.has('choices') || keys.has('usage') || keys.has('owned_by'))
