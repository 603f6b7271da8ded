// Values of settings, compared by what a model gets of them, and shown where they differ.

import { settingOf } from './setting-names.ts'
import { wordsOf } from './words.ts'

export type Setting = {
  readonly scope: string
  readonly name: string
  readonly value: string
  readonly line: number
  /** It is given to a call that asks a model, or set on what is sent. */
  readonly asked?: boolean
  /** Nothing around it says whose it is. */
  readonly weak?: boolean
}
export type Pair = { readonly old: Setting | undefined; readonly now: Setting | undefined }

/** Settings of one name on both sides that do not say the same, in order. */
export function differing(base: readonly Setting[], head: readonly Setting[]): readonly Pair[] {
  const [gone, left] = [without(base, head), without(head, base)]
  return Array.from({ length: Math.max(gone.length, left.length) }, (_, i) => ({ old: gone[i], now: left[i] })).filter(
    ({ old, now }) => saysMore(old, now),
  )
}

/** What one side says oftener than the other. */
export function without(all: readonly Setting[], others: readonly Setting[]): readonly Setting[] {
  const known = new Map<string, number>()
  for (const other of others) known.set(meaning(other), (known.get(meaning(other)) ?? 0) + 1)
  return all.filter((one) => {
    const count = known.get(meaning(one)) ?? 0
    known.set(meaning(one), count - 1)
    return count <= 0
  })
}

/** One of them says what is sent; where the other is computed, it does so without computing anything itself. */
function saysMore(old: Setting | undefined, now: Setting | undefined): boolean {
  const [is, other] = now === undefined ? [old, now] : [now, old]
  // To say that nothing is sent is as good as to say nothing.
  if (is === undefined || (isNothing(old) && isNothing(now))) return false
  // What a call is no longer given, or is given for the first time, counts however it is computed.
  if (other === undefined && is.scope === '') {
    const isSetOnRequest = is.asked === true
    if (isSetOnRequest && isList(is.name)) return true
    return (isTold(is) || (isSetOnRequest && isTelling(is))) && !READS.test(is.value)
  }
  if (other === undefined) return isTold(is) || (is.asked === true && isTelling(is))
  if (isTold(is) && isTold(other)) return true
  const told = isTold(is) ? is : other
  return isTold(told) && !(/^\w[\w .:]*\(/.test(told.value) && !isShape(told.name) && !isList(told.name))
}

const TYPE_NAME = /^[A-Z]\w*[a-z]\w*$/

/** What a call is given under one of these names changes what it can do, however it is computed; tools when they are a constant. */
const isTelling = ({ name, value }: Setting) => {
  if (TYPE_NAME.test(value) && !isShape(name)) return false
  const setting = settingOf(name)
  return (
    setting?.own === true ||
    /^(?:safetysettings|outputtype|outputschema|jsonschema)$/.test(setting?.plain ?? '') ||
    (isList(name) && /^[A-Z][A-Z\d_]{3,}$/.test(value))
  )
}

/** `config.get("temperature", 0.7)`: what somebody else gives. */
const READS = /^(?:\w+ \( )?\w[\w .>-]*(?:get|fetch|getOrDefault|get_or_default)\w* \(/

/** Neither nothing nor what somebody else gives. */
export const isSent = (one: Setting) => !isNothing(one) && !READS.test(one.value)

const isNothing = (setting: Setting | undefined) =>
  setting === undefined ||
  /^(?:none|null|nil|undefined|not_given|omit|(?:\w+ (?:::|\.) )?default (?:\(|:: default \() \)|\w+ \. not_given|""|\[ \]|\{ \})$/i.test(
    setting.value,
  )

/** `os.getenv("LLM_TEMPERATURE", "0.7")`: what is sent when nobody says otherwise, whatever it is read from. */
const READS_ENVIRONMENT =
  /^(?:\w+ \( )*(?:\w+ (?:\.|::) )*(?:getenv|environ|get_?env\w*|get_?config\w*|env) (?:\(|\[|\. get\w* \()/i
/** `float32(1.0)`, `genai.Ptr[float32](1)`, `Some(0.2)`: another type of the same. */
const CONVERTED =
  /^(?:\w+ (?:\.|::) )*(?:float|int|double|number|ptr|some|to_?ptr|pointer|param|opt)\w* (?:\[ \w+ \] )?\( ("[^"]*"|-? ?[\d._]+) \)$/i
const LAST = /(?:"[^"]*"|\b\d[\w.]*)(?=[\s)\]]*$)/

/** `Number(process.env.TEMPERATURE ?? 0.2)`, at the end of a value. */
const ENVIRONMENT_OR = /\b(?:env|environ|ENV)\b[^"']* (?:\?\?|\|\||or) ("[^"]*"|-? ?[\d._]+)[\s)]*$/
const MAX_FALLBACK = 120
const QUOTED = /"(-?\d[\d._]{0,30})"/g

/** Help for people, keys of look-ups and paths before a name change nothing that is sent. */
export const meaning = ({ name, value }: Setting) => {
  const fallback = READS_ENVIRONMENT.test(value)
    ? (LAST.exec(value)?.[0] ?? '')
    : ENVIRONMENT_OR.exec(value.slice(-MAX_FALLBACK))?.[1]
  if (fallback === undefined) {
    const sent = CONVERTED.exec(value)?.[1] ?? value
    // A number that is written as a text is the number.
    return said(name, settingOf(name)?.scalar ? sent.replace(QUOTED, '$1') : sent)
  }
  // What the environment has is a text, whatever is made of it.
  return said(name, settingOf(name)?.scalar ? fallback.replace(QUOTED, '$1') : fallback)
}

const said = (name: string, value: string) =>
  (isList(name) ? toolsIn(value) : value)
    .replace(
      /\b(?:description|help|title|desc|label)"?\s*(?:[=:]|=>)\s*(?:\(\s*)?"(?:[^"\\]|\\.)*"(?:\s*\+?\s*"(?:[^"\\]|\\.)*")*/g,
      '',
    )
    .replace(NUMBER, (_, digits: string, rest = '') =>
      String(Number(digits.replaceAll('_', '') + rest.replaceAll('_', ''))),
    )
    .replace(LOOKUP, '[]')
    .replace(/\b\w+ (?:\.|::|\?\.) (?=[\w])/g, '')
    .replace(/[\s,;]+/g, ' ')
    .trim()

/** What a tool is made with is its own affair. */
function toolsIn(value: string): string {
  if (/"?[dD]escription"? (?::|=|\()/.test(value)) return namesIn(value)
  if (!value.startsWith('[')) return value
  let names = value
  for (let depth = 0; depth < 4; depth++) names = names.replace(/\([^()]*\)/g, '')
  return names
}

/** Of tools that are defined in the list it is their names that make it: what they say is a prompt, what they do is code. */
function namesIn(value: string): string {
  let depth = 0
  const outer = value.replace(/"(?:[^"\\]|\\.)*"|[([{]|[)\]}]|[^"()[\]{}]+/g, (part) => {
    if (/^[([{]$/.test(part)) depth++
    else if (/^[)\]}]$/.test(part)) depth--
    else if (depth === 1) return part
    return ' '
  })
  return outer + [...value.matchAll(/\b"?[nN]ame"? (?::|=) ("[^"]*")/g)].map(([, name]) => name).join(' ')
}

/** `16_000`, `0.20`, `0.7f`, `512u32` */
const NUMBER = /(?<![\w.])(\d[\d_]{0,30})(\.[\d_]{1,30})?(?:[fFdDlLmM]|_?[fiu](?:8|16|32|64)|_?usize)?(?![\w.])/g

/** `limits["small"]` */
const LOOKUP = /(?<=[\w\])] )\[ "(?:[^"\\]|\\.)*" \]/g

/** What is taken away before a call. */
export const NOT_SENT = '"not sent"'

/** A value that is computed says nothing of what is asked; a renamed variable is no change. */
export const isTold = ({ name, value }: Setting) => tells(name, value.replace(LOOKUP, '[]'))

const tells = (name: string, value: string) =>
  value === NOT_SENT ||
  (settingOf(name)?.scalar ? /(?<![\w.])\d/ : /["']|\b\d/).test(value) ||
  /(?<!(?:\bor|\belse|\?\?|\|\|) )\b(?:true|false|null|none|nil)\b/i.test(value) ||
  (isList(name) && /^(?:Some \( )?(?:\[|\{|new |vec!?|\w+ \.? ?of \()/.test(value) && !/ for \w/.test(value)) ||
  (isShape(name) && /^[A-Z]\w*[a-z]\w*(?:$| \.)/.test(value)) ||
  (!settingOf(name)?.scalar && /(?:\.|::) [A-Z][A-Z\d_]+\b/.test(value))

/** Lists of tools by name, and types that answers must have. */
const isList = (name: string) => /^(?:tools?|functions?|handoffs)$/.test(wordsOf(name).at(-1) ?? '')
const isShape = (name: string) => /^(?:format|schema|type|model|output|behavior)$/.test(wordsOf(name).at(-1) ?? '')

const MAX_SHOWN = 60
const MAX_BEFORE = 15

/** Both values, cut around the first place where they differ. */
export function shown(
  old: string | undefined,
  now: string | undefined,
): { readonly from: string; readonly to: string } {
  let same = 0
  if (old !== undefined && now !== undefined && Math.max(old.length, now.length) > MAX_SHOWN)
    while (same < old.length && old[same] === now[same]) same++
  const start = Math.max(0, same - MAX_BEFORE)
  return { from: short(old, start), to: short(now, start) }
}

function short(value: string | undefined, from: number): string {
  if (value === undefined) return 'not set'
  const rest = from > 0 ? `…${value.slice(from)}` : value
  return rest.length > MAX_SHOWN ? `${rest.slice(0, MAX_SHOWN - 1)}…` : rest.replace(/^"([^"]*)"$/, '$1')
}
