// Ids of no family that we know, where the name or the call leaves no doubt that a model is meant.

import { isCatalogue } from './catalogue.ts'
import { modelId, withoutProvider } from './model-ids.ts'
import { isOfDefaults, MODEL_KEY } from './model-names.ts'
import { namedBeside } from './named-beside.ts'
import { isForCounting } from './pin-asides.ts'
import { isRow } from './pin-choices.ts'
import { ID_SHAPED, writtenIn } from './pin-values.ts'
import type { Pin } from './pins.ts'
import type { Text } from './reading.ts'
import { wordsOf } from './words.ts'

/** `model: "acme-7b-chat"`: shaped like an id, under a name that is nothing but a model's. */
export function unknownPin(text: Text): readonly Pin[] {
  const { use, line, frame } = text
  const value = writtenIn(text) ?? ''
  // `chatDeploymentName: { value: "chat" }`
  const isGiven = isGivenByProvider(text)
  const inner = isGiven || /^(?:value|default|default_?value)$/i.test(text.name) ? frame.name : text.name
  const name = namedBeside(text) ?? inner
  if ((use !== 'value' && use !== 'default') || frame.keys.has('litellm_params') || isRow(frame)) return []
  const isModels = MODEL_KEY.test(wordsOf(name).join('_')) || isDefault(text)
  if (!ID_SHAPED.test(value) || modelId(value) !== null || !(isModels || MODEL_FOR.test(name))) return []
  // `${env:CHAT_DEPLOYMENT}` names a variable.
  if (frame.tested || isCatalogue(text) || VARIABLE.test(value) || PLACEHOLDER.test(value)) return []
  // `shop.agent::chat` is the name of something in the program; Python's `model: "ChatModel"` among parameters is a type.
  if (value.includes('::') || (frame.open === '(' && frame.callee === '' && CLASS.test(value))) return []
  const asks = isDefault(text) || (isModels && wordsOf(name).some((word) => ASKING_WORD.test(word)))
  // `default_tts_model = "acme-tts-1.5"`
  const isFallback = asks && VERSIONED.test(value) && wordsOf(name).includes('default')
  const trust = isGiven || isFallback || isOfModel(text, value) ? 'sure' : 'unknown'
  return [
    { key: name, id: withoutProvider(value), line, trust, symbol: name, ...(asks ? { asks: true as const } : {}) },
  ]
}
/** `model: openrouter("openrouter/horizon-alpha")`: whatever a provider is asked for is a model. */
export const isGivenByProvider = ({ name, frame }: Text) => name === '' && PROVIDER.test(frame.callee)
const PROVIDER =
  /^(?:openai|openrouter|anthropic|google|vertex|azure|bedrock|mistral|groq|xai|deepseek|cohere|togetherai|fireworks|ollama|perplexity|cerebras|deepinfra|gateway)(?:\.(?:chat|chatModel|languageModel|responses|completion|embedding|embeddingModel|textEmbeddingModel))?$/i
/** `MODEL_ROUTER`, `LLM_FAST`: the model for something. */
const MODEL_FOR =
  /^(?:[A-Z]+_)?(?:MODEL|LLM|DEPLOYMENT)_(?!(?:PROVIDER|TYPE|PATH|DIR|URL|HOST|KEY|PREFIX|VERSION|FAMILY|FORMAT|CONFIG|FILE|CLASS|BACKEND|SOURCE|API)S?(?:_|$))[A-Z_]+$/
const CLASS = /^(?:[A-Z][a-z]+){2,8}$/
const VARIABLE = /^[A-Z][A-Z\d]*_[A-Z\d_]+$/
const PLACEHOLDER = /^(?:your|my|some|enter|insert|placeholder|change-?me|todo|default$)(?:[-_]|$)|^\d+k$/i
/** `DEFAULT_MODELS = { cursor: "auto" }` */
const isDefault = ({ name, frame }: Text) => frame.open === '{' && name !== '' && isOfDefaults(frame.name)
/** What is deployed under such a name is a model that is asked, whatever it is called. */
const ASKING_WORD =
  /^(?:gpt|chatgpt|chat|openai|llm|embedding|embeddings|completion|completions|whisper|tts|stt|transcription|rerank|reranker)$/

const isOfModel = (text: Text, value: string) =>
  FAMILY_INSIDE.test(value) ||
  SIZED.test(value) ||
  (SHORT.test(value) && /^model$/i.test(text.name)) ||
  isAsked(text, value)

/** `inworld-tts-1.5-max` beside a voice, `u3-rt-pro-2` beside messages: a model with a version, in a call of one. */
const isAsked = ({ frame }: Text, value: string) =>
  VERSIONED.test(value) && frame.open === '(' && [...frame.keys].some((key) => BESIDE_MODEL.test(key))
const VERSIONED = /^(?=.*[a-z])(?=.*[-/]).*\d/i
const BESIDE_MODEL =
  /^(?:messages|prompt|temperature|max_?tokens|voice|api_?key|system(?:_?prompt)?|instructions|base_?url)$/i
/** Local models are often called by who made the file of them: `mlabonne_gemma-3-27b-it`. */
const FAMILY_INSIDE =
  /[_-](?:(?:gemma|llama|qwen|qwq|mistral|mixtral|deepseek|phi|gpt|claude|gemini)[-_]?\d|whisper-(?:tiny|base|small|medium|large))/i
/** So many billions of parameters, trained or packed so: `acme-7b`, `acme-chat.gguf`. */
const SIZED = /(?:^|[-_.:/])\d+(?:\.\d+)?b(?:$|[-_.:])|[a-z\d][-_.](?:instruct|gguf|awq|gptq|ggml\w*)(?:$|[-_.:])/i
export const SHORT = /^(?:sonnet|opus|haiku|opusplan|fable)(?:\[1m\])?$/i

/** `Model.from_pretrained("publisher/name-v1")`: weights of whatever family; `whisper.load_model("base")`. */
export function weights(text: Text): readonly Pin[] {
  const { value, name, use, line, frame } = text
  if (use !== 'value' || name !== '' || modelId(value) !== null) return []
  const isPublished = LOADS.test(frame.callee) && PUBLISHED.test(value) && !isForCounting(text)
  if (!isPublished && !(LISTENS.test(frame.callee) && SPEECH_SIZE.test(value))) return []
  const key = frame.name || frame.callee
  return [{ key, id: value, line, trust: 'sure', symbol: key }]
}
const LOADS = /(?:^|\.)(?:from_pretrained|SentenceTransformer|CrossEncoder)$/
const PUBLISHED = /^[\w-]+\/(?=[\w.-]*[A-Za-z])(?=[\w.-]*\d)[\w.-]{3,80}$/
const LISTENS = /(?:^|\.)(?:\w*whisper\w*\.load_model|WhisperModel|BatchedInferencePipeline)$/i
const SPEECH_SIZE = /^(?:distil-)?(?:tiny|base|small|medium|large|turbo)(?:[-.][\w.-]+)?$/
