// Settings of model calls: temperature, limits, tools and the like, where they stand beside a model or messages.

import { around, type Entry, type Frame, type Reading } from './reading.ts'
import { wordsOf } from './words.ts'

export type Setting = { readonly scope: string; readonly name: string; readonly value: string; readonly line: number }
export type SettingChange = {
  readonly scope: string
  readonly from: string
  readonly to: string
  readonly line: number
}

/** Names that mean nothing else. */
const PLAIN =
  /^(temperature|maxtokens|maxoutputtokens|maxcompletiontokens|maxtokenstosample|maxnewtokens|topp|topk|frequencypenalty|presencepenalty|repetitionpenalty|stopsequences|responseformat|responsemimetype|responseschema|reasoningeffort|thinkingbudget|thinkingconfig|budgettokens|toolchoice|logitbias|paralleltoolcalls|numctx|numpredict)$/
/** Names that mean a model's setting in a call that also names a model. */
const BESIDE =
  /^(tools|stop|seed|reasoning|effort|thinking|verbosity|functions|functioncall|minp|safetysettings|outputconfig|servicetier)$/
const MODEL_KEY = /^(?:\w*model(?:name|id)?|deployment(?:name|id)?|engine|llm|systemprompt|systeminstruction)$/
const CALL =
  /(generateText|streamText|generateObject|streamObject|generateContent|generate_content\w*|completions\.create|messages\.(create|stream)|responses\.(create|parse)|acompletion|completion|Chat(OpenAI|Anthropic|Google\w*|Bedrock\w*|Ollama|Mistral\w*|Groq|VertexAI)|AzureChatOpenAI|OpenAI|GenerateContentConfig|GenerationConfig|ModelSettings|ModelParams|ChatCompletionOptions|LLM|ChatCompletionRequest)$/
const INSIDE =
  /^(generation_?config|config|options|parameters|params|settings|model_?settings|model_?params|model_?kwargs|inference_?config|provider_?options|\w*llm\w*|openai|anthropic|google|extra_body|thinking|reasoning|output_?config)$/i

const plain = (name: string) => wordsOf(name).join('')

/** The setting that a name stands for, with prefixes such as `LLM_` or `DEFAULT_` left out; null for other names. */
function settingOf(name: string): { readonly own: boolean } | null {
  const words = wordsOf(name)
  for (let from = 0; from < Math.min(words.length, 5); from++) {
    const rest = words.slice(from).join('')
    if (PLAIN.test(rest)) return { own: true }
    if (from === 0 && BESIDE.test(rest)) return { own: false }
  }
  return null
}

const isAsking = (frame: Frame): boolean => {
  if (CALL.test(frame.callee)) return true
  if (frame.open === '' || frame.owner !== '') return false
  const argument = frame.open === '(' || frame.parent?.open === '('
  return [...frame.keys].some(
    (key) => MODEL_KEY.test(plain(key)) || (argument && /^(messages|contents)$/.test(plain(key))),
  )
}

export function findSettings(reading: Reading): readonly Setting[] {
  return reading.frames.flatMap((frame) => [
    // A call without settings is known, too, so that its first setting is a change and a new call's is none.
    ...(isAsking(frame) ? [{ scope: scopeOf(frame), name: '', value: '', line: 1 }] : []),
    ...frame.entries.flatMap((entry): Setting[] => {
      const known = settingOf(entry.name)
      if (known === null || !applies(frame, known.own)) return []
      return [{ scope: scopeOf(frame), name: entry.name, value: writtenValue(entry), line: entry.line }]
    }),
  ])
}

function applies(frame: Frame, own: boolean): boolean {
  const [, parent, grandparent] = around(frame)
  if (isAsking(frame)) return true
  if (parent && isAsking(parent) && (INSIDE.test(frame.name) || CALL.test(parent.callee))) return true
  if (grandparent && isAsking(grandparent) && INSIDE.test(frame.name)) return true
  if (!own) return false
  if (frame.open === '' || frame.owner !== '')
    return frame.ids > 0 || [...frame.keys].some((key) => /model|llm/i.test(key))
  const siblings = [...frame.keys].filter((key) => settingOf(key)?.own).length
  return siblings >= 2 || /generation_?config|model_?(settings|params|kwargs)|llm/i.test(frame.name)
}

const scopeOf = (frame: Frame) =>
  around(frame)
    .slice(0, 3)
    .map((one) => one.name || one.callee || one.owner)
    .filter((name) => name !== '')
    .reverse()
    .join('.')

const writtenValue = (entry: Entry) => entry.text.replace(/\s+/g, ' ').trim()
/** A value that is computed says nothing of what is asked; a renamed variable is no change. */
const isLiteral = (value: string) => /["']|\b\d|\b(?:true|false|null|none|nil)\b/i.test(value)

/** Settings that differ, one entry per call or object. A new call's settings are no change of settings. */
export function changedSettings(base: readonly Setting[], head: readonly Setting[]): readonly SettingChange[] {
  const scopes = new Set(base.map((one) => one.scope).filter((scope) => head.some((one) => one.scope === scope)))
  return [...scopes].flatMap((scope): SettingChange[] => {
    const of = (side: readonly Setting[]) => side.filter((one) => one.scope === scope)
    const calls = (side: readonly Setting[]) => of(side).filter((one) => one.name === '').length
    // With a call more or less, what one side alone has belongs to that call.
    const sameCalls = scope !== '' && calls(base) === calls(head)
    const all = [...new Set([...of(base), ...of(head)].map((one) => one.name))].flatMap((name) =>
      differing(
        of(base).filter((one) => one.name === name),
        of(head).filter((one) => one.name === name),
      ).map((pair) => ({ name, ...pair })),
    )
    const pairs = all.filter(({ old, now }) => sameCalls || (old && now))
    if (pairs.length === 0) return []
    const show = (pick: (pair: (typeof pairs)[number]) => Setting | undefined) =>
      pairs.map((pair) => `${pair.name}: ${short(pick(pair)?.value)}`).join(', ')
    const line = pairs.find((pair) => pair.now)?.now?.line ?? pairs[0]?.old?.line ?? 1
    return [{ scope, from: show((pair) => pair.old), to: show((pair) => pair.now), line }]
  })
}

type Pair = { readonly old: Setting | undefined; readonly now: Setting | undefined }

function differing(base: readonly Setting[], head: readonly Setting[]): readonly Pair[] {
  const left = [...head]
  const gone = base.filter((old) => {
    const at = left.findIndex((now) => now.value === old.value)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return Array.from({ length: Math.max(gone.length, left.length) }, (_, i) => ({ old: gone[i], now: left[i] })).filter(
    ({ old, now }) => isLiteral(`${old?.value ?? ''} ${now?.value ?? ''}`),
  )
}

const short = (value: string | undefined) =>
  value === undefined ? 'not set' : value.length > 60 ? `${value.slice(0, 59)}…` : value.replace(/^"([^"]*)"$/, '$1')
