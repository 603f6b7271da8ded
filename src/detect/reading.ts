// What a file says, whatever its format: texts with the names they stand under, and the settings around them. Source code
// and data files are read into the same shape, so that prompts, pins and parameters are recognised in one way.

/** An object, call, list or block. `names` are the keys used in it, `entries` their values as written. */
export type Frame = {
  readonly open: '(' | '[' | '{' | ''
  /** What is called, or the type that is built: `client.chat.create`; '' when nothing is. */
  readonly callee: string
  /** The calls before it in a chain: `builder apiKey` in `builder().apiKey(k).temperature(0)`; '' for none.
   * Of a body, what it is given to. */
  readonly chain: string
  /** The key or variable that this is the value of. */
  readonly name: string
  /** Function or class whose body this is. */
  readonly owner: string
  /** It holds statements of the function around it: the body of a condition, a loop, an arrow. */
  readonly block: boolean
  readonly parent: Frame | null
  /** Where it opens; 0 where nobody asks for it. */
  readonly line: number
  keys: ReadonlySet<string>
  readonly entries: Entry[]
  /** A list that something is looked up in, not a value. */
  tested: boolean
  /** Model ids in it, at any depth. */
  ids: number
  /** Texts that are elements of it, without a key. */
  elements: number
  /** What a call is given first, as long as it is a text or a name: `--model` of `option("--model", default="…")`. */
  first: string
  /** A call that sets something, as an entry: `.temperature(0.2)`. */
  setter: Entry | null
}

export type Entry = {
  readonly name: string
  readonly text: string
  readonly line: number
  readonly frame: Frame
  /** What it is a member of: `params` of `params.temperature = 0.2`; '' for none. */
  readonly of?: string
}

/** How a text is used, as far as it matters here. */
/** `lookup` stands in the brackets after a name: `MODELS["small"]`. */
export type Use = 'value' | 'condition' | 'key' | 'docstring' | 'default' | 'lookup'

export type Text = {
  /** With `{}` where a value is put in. */
  readonly value: string
  readonly line: number
  /** Key, argument or variable that it is the value of; '' for none. */
  readonly name: string
  readonly frame: Frame
  readonly use: Use
  /** Texts that make one value (concatenated, listed line by line) have the same group. */
  readonly group: number
  /** Function or class around it; '' at the top. */
  readonly owner: string
  /** Class or function around `owner`. */
  readonly outer?: string
  /** It is added to what the name has: `text += …`. */
  readonly adds?: boolean
  /** Something that is no text is joined to it there: `"…" + name`. */
  readonly holes?: { readonly before: boolean; readonly after: boolean }
  /** The name that it stands in for where that is nothing: `config.model ?? "…"`. */
  readonly defaultOf?: string
  /** Names that are put into it or joined to it: `tone` of `f"… {tone}"`. */
  readonly inserted?: readonly string[]
  /** The word that a heredoc ends with: `PROMPT` of `<<~PROMPT`. */
  readonly tag?: string
  /** Decorators and base classes of the owner (Python). */
  readonly marks?: readonly string[]
}

/** A name that is used as a value: `Llm.GEMINI_3_PRO`. */
export type Reference = {
  readonly path: string
  readonly name: string
  readonly line: number
  readonly frame: Frame
  /** Swift's `.gpt4_o`: of the type that is asked for there. */
  readonly implied?: true
}

export type Reading = {
  readonly texts: readonly Text[]
  readonly references: readonly Reference[]
  readonly frames: readonly Frame[]
  /** Nothing is called in it: every object is a setting's place. */
  readonly isData?: boolean
  /** Why the file was not read, in words. */
  readonly note?: string
}

export const NOTHING: Reading = { texts: [], references: [], frames: [] }

export function newFrame(open: Frame['open'], parent: Frame | null, rest: Partial<Frame> = {}): Frame {
  return {
    open,
    callee: '',
    chain: '',
    name: '',
    owner: '',
    block: false,
    parent,
    line: 0,
    keys: NO_KEYS,
    entries: [],
    tested: false,
    ids: 0,
    elements: 0,
    first: '',
    setter: null,
    ...rest,
  }
}

/** Most frames have no keys: they share a set. */
const NO_KEYS: ReadonlySet<string> = new Set()

export function addKey(frame: Frame, key: string): void {
  if (frame.keys === NO_KEYS) frame.keys = new Set([key])
  else (frame.keys as Set<string>).add(key)
}

/** The frames from the inside out, at most twelve. */
export function around(frame: Frame): readonly Frame[] {
  const frames: Frame[] = []
  for (let at: Frame | null = frame; at !== null && frames.length < 12; at = at.parent) frames.push(at)
  return frames
}

/** Keys and variables that a text stands under, nearest first; those beyond a function's body do not count. */
export function namesOf(text: { readonly name: string; readonly frame: Frame }): readonly string[] {
  const names = [text.name]
  for (const frame of around(text.frame)) {
    if (frame.owner !== '') break
    names.push(frame.name)
  }
  return names.filter((name) => name !== '')
}

/** Calls that a text is an argument of, nearest first. */
export function callsOf(text: { readonly frame: Frame }): readonly string[] {
  const calls: string[] = []
  for (const frame of around(text.frame)) {
    if (frame.owner !== '') break
    if (frame.callee !== '') calls.push(frame.callee)
  }
  return calls
}

/** The path of a text for people: `SYSTEM`, `PROMPTS.welcome`, `messages[].content`, `create.system=`. */
export function symbolOf(text: Text): string {
  const parts: string[] = text.name === '' ? [] : [text.name]
  let frame: Frame | null = text.frame
  for (; frame !== null && frame.owner === '' && parts.length < 3; frame = frame.parent) {
    if (frame.open === '[' && frame.keys.size === 0 && parts.length > 0) parts.unshift('[]')
    else if (frame.open === '(' && frame.callee !== '') {
      // `SYSTEM = dedent("…")`, `prompt: str = Field(default="…")`: known by what it is assigned to.
      if (frame.name !== '' && frame.chain === '' && parts.every((part) => UNNAMED.test(part))) return frame.name
      if (parts.every((part) => part === '[]')) return frame.callee.replace(ADDS, '')
      return `${parts.length === 1 ? `${parts[0]}=` : joined(parts)}`
    }
    if (frame.name !== '') parts.unshift(frame.name)
  }
  return joined(parts[0] === '[]' ? parts.slice(1) : parts) || text.owner || text.frame.callee
}

const UNNAMED = /^(?:\[\]|default(?:_?value)?)$/i
/** `lines.append("…")` is a line of `lines`. */
const ADDS = /\.(?:append|WriteString|AppendLine|push|push_str|add|extend|unshift|write|appendLine)$/i

const joined = (parts: readonly string[]) =>
  parts.reduce((path, part) => (part === '[]' ? `${path}[]` : path === '' ? part : `${path}.${part}`), '')
