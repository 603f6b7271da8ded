// Names of settings of model calls, in any spelling: `max_tokens`, `maxTokens`, `LLM_MAX_TOKENS`, `withMaxTokens`.

import { wordsOf } from './words.ts'

/** Names that mean nothing else. */
const OWN =
  /^(?:temperature|max(?:output|completion|new|response)?tokens?(?:tosample|count)?|maxoutputtokencount|tokenlimit|topp|topk|frequencypenalty|presencepenalty|repeti?t?i?o?n?penalty|stopsequences|responseformat|responsemimetype|response(?:json)?schema|reasoningeffort|thinking(?:budget|config|level)|budgettokens|toolchoice|logitbias|paralleltoolcalls|numctx|numpredict|activetools|allowedtools|disallowedtools|textverbosity)$/
/** Names that mean a model's setting where a model is asked or named. */
const BESIDE =
  /^(?:tools?|stop|seed|reasoning|effort|thinking|verbosity|functions?|functioncall|minp|safetysettings|outputconfig|servicetier|n|dimensions|truncation|textformat|output(?:type|schema|format)|responsemodel|schema(?:name|description)?|structuredoutput|maxsteps|maxturns|handoffs|modalities|format|text)$/
/** A limit or a rate is one value; a table of them belongs to a catalogue. */
const SCALAR = /^(?:temperature|max\w*tokens?\w*|tokenlimit|topp|topk|\w+penalty|seed|n|numctx|numpredict|dimensions)$/
const VERB = /^(?:with|set|using|use|default|bind|add)$/

export type SettingName = {
  /** Without prefixes and verbs, in small letters. */
  readonly plain: string
  /** It means nothing else. */
  readonly own: boolean
  readonly scalar: boolean
}

const named = (plain: string, own: boolean): SettingName => ({ plain, own, scalar: SCALAR.test(plain) })

/** The setting that a name stands for, with prefixes such as `LLM_` or `DEFAULT_` left out; null for other names. */
export function settingOf(name: string): SettingName | null {
  const words = wordsOf(name)
  for (let from = 0; from < Math.min(words.length, 9); from++) {
    const rest = words.slice(from).join('')
    if (OWN.test(rest)) return named(rest, true)
    if (BESIDE.test(rest) && words.slice(0, from).every((word) => VERB.test(word))) return named(rest, false)
  }
  return null
}

/** Whether a name only sets something: `withTemperature`. */
export const isSetter = (name: string) => VERB.test(wordsOf(name)[0] ?? '')
