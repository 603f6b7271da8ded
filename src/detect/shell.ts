// Long texts of shell scripts: quoted over several lines, in heredocs, given to a program that asks a model. Settings are read
// line by line (data.ts); this adds what lines do not show.

import { newFrame, type Text } from './reading.ts'

const MIN_CHARS = 20
const MAX_SOURCE = 1_000_000
/** Heredocs that one line may open. */
const MAX_HERE = 4
/** Programs that send what they are given to a model. */
const ASKS = /^(?:llm|claude|codex|gemini|ollama|aichat|sgpt|mods|opencode|goose|chatgpt)$/
const FLAGS: { readonly [flag: string]: string } = { s: 'system', p: 'prompt', system: 'system', prompt: 'prompt' }
const HEREDOC = /<<-?\s*(["']?)([A-Za-z_]\w*)\1/y

type Place = { readonly name: string; readonly command: string; readonly line: number }

export function shellTexts(source: string, firstLine = 1): readonly Text[] {
  const texts: Text[] = []
  if (source.length > MAX_SOURCE) return texts
  const pending: (Place & { readonly id: string })[] = []
  let line = firstLine
  const add = (value: string, { name, command, line: at }: Place) => {
    if (IS_BODY.test(value)) return said(value, at)
    if (value.length < MIN_CHARS || /^\s*[{[<]/.test(value)) return
    const frame = newFrame('(', null, { callee: ASKS.test(command) ? 'llm' : command })
    texts.push({ value, line: at, name, frame, use: 'value', group: texts.length + 1, owner: '' })
  }
  /** What the messages of a body say: `-d '{"model": "id", "messages": [{"role": "user", "content": "…"}]}'`. */
  const said = (body: string, start: number) => {
    let [counted, row] = [0, start]
    for (const match of body.matchAll(SAID)) {
      row += lines(body.slice(counted, match.index))
      counted = match.index
      const frame = newFrame('(', null, { callee: 'llm' })
      texts.push({
        value: match[1] ?? '',
        line: row,
        name: '',
        frame,
        use: 'value',
        group: texts.length + 1,
        owner: '',
      })
    }
  }
  for (let at = 0; at < source.length; at++) {
    const char = source[at]
    if (char === '\n') {
      line++
      for (const here of pending.splice(0)) {
        const end = bodyEnd(source, at + 1, here.id)
        add(source.slice(at + 1, end), { ...here, line })
        line += lines(source.slice(at + 1, end))
        at = end - 1
      }
    } else if (char === '\\') {
      at++
      // A command that goes on.
      if (source[at] === '\n') line++
    } else if (char === '#' && /\s/.test(source[at - 1] ?? '\n')) at = lineEnd(source, at) - 1
    else if (char === '<' && source[at + 1] === '<') {
      HEREDOC.lastIndex = at
      const id = HEREDOC.exec(source)?.[2]
      if (id === undefined || pending.length >= MAX_HERE) continue
      pending.push({ ...placeOf(source, at, line), id })
      at = HEREDOC.lastIndex - 1
    } else if (char === '"' || char === "'") {
      const end = closing(source, at, char)
      const value = source.slice(at + 1, end)
      add(
        char === '"' ? value.replace(/\\(["\\$`])/g, '$1').replace(/\$\{\w+\}|\$\w+/g, '{}') : value,
        placeOf(source, at, line),
      )
      line += lines(value)
      at = end
    }
  }
  return texts
}

/** JSON for an API of models. */
const IS_BODY = /^\s*\{[\s\S]{0,2000}?"(?:messages|contents)"\s*:/
const SAID = /"(?:content|text|system|prompt)"\s*:\s*"((?:[^"\\\n]|\\.)*)"/g

/** What a script says to a model. */
export const asksModel = ({ name, frame }: Text) => frame.callee === 'llm' || /prompt|system/i.test(name)

const lines = (text: string) => text.split('\n').length - 1
const lineEnd = (source: string, from: number) => {
  const end = source.indexOf('\n', from)
  return end < 0 ? source.length : end
}

function closing(source: string, open: number, quote: string): number {
  for (let at = open + 1; at < source.length; at++) {
    if (quote === '"' && source[at] === '\\') at++
    else if (source[at] === quote) return at
  }
  return source.length
}

/** The start of the line that ends a heredoc. */
function bodyEnd(source: string, from: number, id: string): number {
  for (let at = from; at < source.length; at = lineEnd(source, at) + 1)
    if (source.slice(at, lineEnd(source, at)).trim() === id) return at
  return source.length
}

/** What stands before a text on its line: `NAME=`, `--system`, the program. */
function placeOf(source: string, at: number, line: number): Place {
  const before =
    source
      .slice(Math.max(0, at - MAX_BEFORE), at)
      .split('\n')
      .at(-1) ?? ''
  const segment = before.split(/\||;|&&|\$\(/).at(-1) ?? ''
  const command = /^\s*(?:[A-Z_]+=\S*\s+)*([\w./-]+)/.exec(segment)?.[1]?.split('/').at(-1) ?? ''
  const set = /([A-Za-z_]\w*)\+?=(?:\$\(\s*cat\s*)?$/.exec(before)?.[1]
  const flag = /\s--?([\w-]+)[ =]$/.exec(before)?.[1] ?? ''
  return { name: set ?? FLAGS[flag] ?? '', command: set === undefined ? command : '', line }
}
const MAX_BEFORE = 400
