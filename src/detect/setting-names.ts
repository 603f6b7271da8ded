// Names of settings of model calls, in any spelling: `max_tokens`, `maxTokens`, `LLM_MAX_TOKENS`, `withMaxTokens`.

import { wordsOf } from './words.ts'

/** Names that mean nothing else. */
const OWN =
  /^(?:temperature|max(?:output|completion|new|response|generation|generated)?tokens?(?:tosample|count)?|maxoutputtokencount|topp|frequencypenalty|presencepenalty|repeti?t?i?o?n?penalty|stop(?:sequences|strings)|embed(?:ding|dings)?(?:model)?dimensions?|guidedjson|responseformat|responsemimetype|response(?:json)?schema|reasoningeffort|thinking(?:budget|config|level)|budgettokens|toolchoice|logitbias|paralleltoolcalls|numctx|numpredict|activetools|allowedtools|disallowedtools|textverbosity|turndetection|(?:toolcall|functionchoice)behavior|thinkingenabled|enablethinking)$/
/** Names that mean a model's setting where a model is asked or named. */
const BESIDE =
  /^(?:tools?|stop|seed|reasoning|effort|think|thinking|verbosity|functions?|functioncall|minp|topk|nctx|safetysettings|outputconfig|stopwhen|servicetier|n|dimensions|(?:input|output)audioformat|searchparameters|websearchoptions|jsonschema|truncation|textformat|output(?:type|schema|format)|responsemodel|schema(?:name|description)?|structuredoutput|maxsteps|maxturns|handoffs|modalities|format|text)$/
/** A limit or a rate is one value; a table of them belongs to a catalogue. */
const SCALAR = /^(?:temperature|max\w*tokens?\w*|topp|topk|\w+penalty|seed|n|n(?:um)?ctx|numpredict|\w*dimensions?)$/
/** Of these none is a thing of the weather, of a list of models or of a splitter of texts: they are known wherever they stand. */
const UNMISTAKABLE =
  /^(?:maxnewtokens|maxcompletiontokens|topp|frequencypenalty|presencepenalty|responseformat|responsemimetype|reasoningeffort|thinkingbudget|budgettokens|toolchoice|paralleltoolcalls|numctx|numpredict|allowedtools|disallowedtools|textverbosity|turndetection|(?:toolcall|functionchoice)behavior|enablethinking|embed(?:ding|dings)?(?:model)?dimensions?)$/
const VERB = /^(?:with|set|using|use|default|bind|add)$/
/** `supports_reasoning_effort`, `exceeded_max_tokens`, `MIN_TEMPERATURE`: about a setting, and not one. */
const ABOUT =
  /^(?:supports?|supported|has|is|are|was|can|no|should|exceeds?|exceeded|used|remaining|left|show|hide|on|handle|toggle|min|minimum|validate|parse|get|fetch|estimated?|count|total|allow|strip|drop|omit|invalid)$/
/** Before a temperature or a rate it is an end of a range. */
const END_OF_RANGE = /^(?:max|maximum|step|range)$/
/** `LLM_MAX_TOKENS`, `openai.temperature`: whose setting it is. */
const OF_MODEL =
  /^(?:default|llm|llms|model|openai|anthropic|claude|gemini|gpt|vertex|bedrock|mistral|ollama|groq|deepseek|ai|genai|chat|completion|agent|generation)$/

export type SettingName = {
  /** Without prefixes and verbs, in small letters. */
  readonly plain: string
  /** It means nothing else. */
  readonly own: boolean
  readonly scalar: boolean
  /** It is a model's setting wherever it stands. */
  readonly certain: boolean
}

const named = (plain: string, own: boolean, before: readonly string[] = []): SettingName => ({
  plain,
  own,
  scalar: SCALAR.test(plain),
  certain: own && (UNMISTAKABLE.test(plain) || before.some((word) => OF_MODEL.test(word))),
})

/** What one of these names has in it: most names of a file have none of it, and are not taken apart. */
const MAYBE =
  /temp|token|top|penal|format|schema|effort|think|tool|bias|ctx|predict|seed|reason|verbos|func|min_?p|safety|out|tier|dimens|trunc|struct|step|turn|hand|modal|text|mime|behavior|respon|^n$/i

/** The setting that a name stands for, with prefixes such as `LLM_` or `DEFAULT_` left out; null for other names. */
export function settingOf(name: string): SettingName | null {
  if (!MAYBE.test(name)) return null
  const words = wordsOf(name)
  for (let from = 0; from < Math.min(words.length, 9); from++) {
    const rest = words.slice(from).join('')
    const before = words.slice(0, from)
    if (OWN.test(rest)) return isAbout(before, rest) ? null : named(rest, true, before)
    if (BESIDE.test(rest) && before.every((word) => VERB.test(word))) return named(rest, false)
  }
  return null
}

const isAbout = (before: readonly string[], rest: string) =>
  before.some((word) => ABOUT.test(word)) ||
  // `UserPreferencesResponseSchema` is the answer of a server.
  (/schema$/.test(rest) && !before.every((word) => VERB.test(word) || OF_MODEL.test(word))) ||
  (/^(?:temperature|top[pk])$/.test(rest) && before.some((word) => END_OF_RANGE.test(word)))

/** Whether a name only sets something: `withTemperature`. */
export const isSetter = (name: string) => VERB.test(wordsOf(name)[0] ?? '')
