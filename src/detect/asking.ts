// Where a model is asked or set up: calls, builders and objects that settings belong to.

import { around, type Frame, type Reading } from './reading.ts'
import { wordsOf } from './words.ts'

const MODEL_KEY =
  /^(?:\w*model(?:name|id)?|(?:azure)?deployment(?:name|id)?|engine|llm|system(?:prompt|instruction|message)?|instructions)$/
/** Calls, classes and builders; looked for at the end of a path. */
const CALL =
  /(?:generateText|streamText|generateObject|streamObject|embedMany|generateContent\w*|generate_content\w*|(?:completions|messages|responses|embeddings)\.(?:create|stream|parse)|(?:chat\(\)|messages\(\)|completions\(\))\.create|a?completion|ollama\.(?:chat|generate)|Chat(?:OpenAI|Anthropic|Google\w*|Bedrock\w*|Ollama|Mistral\w*|Groq|VertexAI)|(?:Azure)?(?:Async)?(?:Azure)?OpenAI|GenerateContentConfig|GenerationConfig|ModelSettings|ModelParams|LLM|LlamaCpp|(?:^|\.)LM|(?:Chat|LLM|Llm|AI|Ai)?(?:Completion|Prompt|Model|Generation|Inference|Responses?|OpenAI\w*|OpenAi\w*|Anthropic\w*|Claude\w*|Gemini\w*|Ollama\w*|Mistral\w*|Bedrock\w*|Groq\w*|Agent)(?:Execution)?(?:Options|Settings|Params|NewParams|Args|Request|RequestArgs|Config)|(?:OpenAI|Anthropic|Gemini|Groq|LLM|Llm)(?:Generic)?Client|(?:[A-Z]\w*)?Agent|create\w*[aA]gent|createAgent|init_chat_model|initChatModel|definePrompt|getGenerativeModel|GenerativeModel|(?:^|\.)(?:openai|anthropic|google|vertex|mistral|groq|xai|azure|bedrock|openrouter|deepseek|cohere|ollama|perplexity|fireworks|togetherai))$/
/** Receivers of a chain and enclosing calls that speak of models. */
const MODELISH =
  /llm|model|chat|openai|anthropic|claude|gemini|gen_?ai|ollama|mistral|bedrock|groq|cohere|completion|\bagent|prism|prompt|generat|inference/i
/** Between a call and its settings. */
const INSIDE =
  /^(?:generation_?config|config|options|parameters|params|settings|(?:model|inference|provider|chat|llm|request|extra)_?(?:config|configuration|options|params|parameters|settings|kwargs|body)|\w*llm\w*|open_?ai|azure|anthropic|google|vertex|bedrock|ollama|mistral|groq|text|thinking|reasoning|output_?config)$/i

const plain = (name: string) => wordsOf(name).join('')
const labelOf = (frame: Frame) => frame.name || (frame.open === '{' ? frame.callee : '')

const TELLS =
  /(?:span|trace|attributes|metrics?|telemetry|usage|log(?:ger\.\w+)?|record\w*|track\w*|info|debug|warning|error|validate|validator|rules)$/i

/** Of what is asked this is only told: a log, a span of a trace. */
export const isWrittenDown = ({ open, callee, parent }: Frame) =>
  TELLS.test(callee || (open === '(' ? '' : (parent?.callee ?? '')))

export function isAsking(frame: Frame): boolean {
  if (isWrittenDown(frame)) return false
  if (CALL.test(frame.callee)) return true
  if (frame.open === '' || frame.owner !== '' || frame.block) return false
  const argument = frame.open === '(' || frame.parent?.open === '('
  return [...frame.keys].some(
    (key) => MODEL_KEY.test(plain(key)) || (argument && /^(?:messages|contents)$/.test(plain(key))),
  )
}

/** What these hold is sent to a model. */
const OF_MODEL = /^(?:model|llm|chat_?model|additional_?model_?request_?fields)$/i

/** The call or object that a frame's entries are settings of: the frame itself or one that holds it; null for none. */
export function askingAround(frame: Frame): Frame | null {
  const frames = around(frame).slice(0, 4)
  for (const [at, one] of frames.entries()) {
    if (isAsking(one) || OF_MODEL.test(one.name)) return one
    const known = INSIDE.test(labelOf(one)) || CALL.test(one.callee)
    // Arguments are passed on by the brackets around them.
    if (!known && !(at === 0 && CALL.test(one.parent?.callee ?? '')) && labelOf(one) !== '') return null
    if (one.owner !== '') return null
  }
  return null
}

/** Whether a call in a chain, or among the arguments of one, is about models. */
export const isModelish = (frame: Frame) =>
  MODELISH.test(
    `${frame.chain} ${frame.callee
      .split(/\.|::|->/)
      .slice(0, -1)
      .join('.')} ${frame.parent?.callee ?? ''}`,
  )

/** Names of frames and of what holds texts that are about models, wherever in the file. */
export const speaksOfModels = ({ frames, texts }: Reading) =>
  frames.some(
    ({ callee, name, owner, first, keys }) =>
      first === 'model' ||
      (/(?:^|\.)(?:tool|createTool|defineTool|DynamicStructuredTool)$/.test(callee) && keys.size + first.length > 0) ||
      SPEAKS.test(callee) ||
      SPEAKS.test(name) ||
      SPEAKS.test(owner),
  ) || texts.some(({ owner, outer = '' }) => SPEAKS.test(owner) || SPEAKS.test(outer))
const SPEAKS =
  /llm|openai|anthropic|claude|gemini|ollama|bedrock|groq|mistral|deepseek|completion|langchain|chat_?model|(?:^|[a-z_])agent/i
