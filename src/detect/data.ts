// Configuration files read into the shape of reading.ts: YAML by its parser, `KEY=value` files by their lines.

import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'
import { addKey, around, type Frame, NOTHING, newFrame, type Reading, type Text } from './reading.ts'
import { asksModel, shellTexts } from './shell.ts'

const MAX_CHARS = 1_000_000
const MAX_DEPTH = 60

export function readYaml(written: string): Reading {
  const text = HELM.test(written) ? withoutActions(written) : written
  if (text.length > MAX_CHARS) return { ...NOTHING, note: 'it is larger than 1 MB' }
  if (deepest(text) > MAX_DEPTH) return { ...NOTHING, note: 'it is nested too deeply' }
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
    const reading = { texts: [] as Text[], references: [], frames: [] as Frame[], isData: true, embedded: 0 }
    const list = Array.isArray(documents) ? documents : []
    for (const document of list)
      visit(document.contents as Node | null, { reading, lines, depth: 0, name: '', frame: null })
    if (list.every((document) => document.errors.length === 0)) return reading
    // What the parser made out all the same, and what stands in lines of its own.
    const told = new Set(reading.texts.map(({ line }) => line))
    const rest = readLines(text)
    const more = rest.texts.filter(({ line }) => !told.has(line))
    return {
      ...reading,
      texts: [...reading.texts, ...more.map((one) => ({ ...one, group: one.group + 1_000_000 }))],
      frames: [...reading.frames, ...rest.frames],
    }
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof Error)) throw error
    return { ...NOTHING, note: 'it is no valid YAML' }
  }
}

/** A chart's template: what is no YAML in it stands in lines of its own, or is a value. */
const HELM = /\{\{-? *(?:\$?\.(?:Values|Release|Chart)|include)\b/
const withoutActions = (text: string) =>
  text
    .replace(/^[ \t]*\{\{[^{}\n]*\}\}[ \t]*$/gm, '')
    .replace(
      /^([ \t]*(?:- )?(?:[\w.-]+: )?)(\{\{.*)$/gm,
      (_, name: string, value: string) => `${name}'${value.replaceAll("'", "''")}'`,
    )

type Visit = {
  readonly reading: { readonly texts: Text[]; readonly frames: Frame[]; embedded: number }
  readonly lines: LineCounter
  readonly depth: number
  readonly name: string
  readonly frame: Frame | null
}

function visit(node: Node | null, at: Visit): void {
  if (node === null || at.depth > MAX_DEPTH) return
  const { reading, lines, name, depth } = at
  const line = lines.linePos(node.range?.[0] ?? 0).line
  if (isScalar(node)) {
    if (typeof node.value !== 'string' && typeof node.value !== 'number') return
    const frame = at.frame ?? newFrame('', null)
    if (name === '') frame.elements++
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
    const value = typeof node.value === 'number' ? (node.source ?? String(node.value)) : node.value
    if (block && isFile(name, frame) && embed(value, { reading, name, line })) return
    reading.texts.push({
      value,
      line: block ? line + 1 : line,
      name,
      frame,
      use: 'value',
      group: reading.texts.length + 1,
      owner: '',
    })
    if (name === 'run' && RUNS_MODEL.test(value))
      for (const text of shellTexts(value, block ? line + 1 : line).filter(asksModel))
        reading.texts.push({ ...text, group: reading.texts.length + 1 })
  } else if (isMap(node)) {
    const frame = newFrame('{', at.frame, { name })
    reading.frames.push(frame)
    for (const pair of node.items) entry(pair, { ...at, frame, depth: depth + 1 })
  } else if (isSeq(node)) {
    const frame = newFrame('[', at.frame, { name })
    reading.frames.push(frame)
    for (const item of node.items) {
      const assigned = assignment(item)
      if (assigned === null) visit(item as Node | null, { ...at, frame, name: '', depth: depth + 1 })
      else assign(assigned, { ...at, frame })
    }
  }
}

/** A file within the file: `config.yaml: |` of a ConfigMap, `content: |` of Compose's configs, of cloud-init's files. */
const isFile = (name: string, frame: Frame) =>
  /[^.]\.(?:ya?ml|json|env|properties|conf|ini)$/i.test(name) ||
  (/^contents?$/.test(name) && around(frame).some((one) => /^(?:configs|write_files|files)$/.test(one.name)))

/** Adds what it says in the place of its text; false where it says nothing that can be read. */
function embed(value: string, { reading, name, line }: Pick<Visit, 'reading' | 'name'> & { line: number }): boolean {
  if (reading.embedded >= MAX_EMBEDDED) return false
  reading.embedded++
  // Pushed down to its place, so that its lines are those of the whole.
  const placed = `${'\n'.repeat(line)}${value}`
  const inner = /\.(?:env|properties|conf|ini)$/i.test(name) ? readLines(placed) : readYaml(placed)
  if (inner.frames.every(({ keys }) => keys.size === 0)) return false
  const groups = reading.texts.length
  for (const frame of inner.frames) reading.frames.push(frame)
  for (const text of inner.texts) reading.texts.push({ ...text, group: text.group + groups + 1 })
  return true
}
const MAX_EMBEDDED = 40

/** A step of a workflow that calls a program which asks a model. */
const RUNS_MODEL =
  /\b(?:llm|claude|codex|gemini|ollama|aichat|sgpt|mods)\s|\bcurl\b[^\n]{0,200}(?:\/chat\/completions|\/v1\/(?:messages|responses)|generateContent)/

type Assigned = { readonly name: string; readonly value: string; readonly start: number }

/** `- OPENAI_MODEL=gpt-4o` in an environment. */
function assignment(item: unknown): Assigned | null {
  const match = isScalar(item) && typeof item.value === 'string' ? /^([A-Z][A-Z\d_]+)=(.*)$/s.exec(item.value) : null
  return match?.[1] === undefined || !isScalar(item)
    ? null
    : { name: match[1], value: match[2] ?? '', start: item.range?.[0] ?? 0 }
}

function assign({ name, value, start }: Assigned, { reading, lines, frame }: Visit & { readonly frame: Frame }): void {
  const { line } = lines.linePos(start)
  addKey(frame, name)
  frame.entries.push({ name, line, frame, text: JSON.stringify(value) })
  reading.texts.push({ value, line, name, frame, use: 'value', group: reading.texts.length + 1, owner: '' })
}

function entry(pair: { key: unknown; value: unknown }, at: Visit & { readonly frame: Frame }): void {
  const key = isScalar(pair.key) ? String(pair.key.value) : ''
  const value = pair.value as Node | null
  addKey(at.frame, key)
  const start = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0
  at.frame.entries.push({
    name: key,
    line: at.lines.linePos(start).line,
    frame: at.frame,
    get text() {
      return isScalar(value) ? JSON.stringify(value.value) : plainText(value)
    },
  })
  visit(value, { ...at, name: key })
}

/** Structure as text, without comments and layout; aliases stay names, so nothing is expanded. */
function plainText(node: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) return '…'
  if (isScalar(node)) return JSON.stringify(node.value) ?? ''
  if (isSeq(node)) return `[${node.items.map((item) => plainText(item, depth + 1)).join(', ')}]`
  if (isMap(node))
    return `{${node.items.map((pair) => `${plainText(pair.key, depth + 1)}: ${plainText(pair.value, depth + 1)}`).join(', ')}}`
  return String((node as { source?: unknown } | null)?.source ?? '')
}

/** Depth of flow brackets and of indentation, without parsing. */
function deepest(text: string): number {
  let depth = 0
  let most = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x5b || char === 0x7b) most = Math.max(most, ++depth)
    else if (char === 0x5d || char === 0x7d) depth = Math.max(0, depth - 1)
    else if (char === 0x0a) depth = 0
  }
  const dashes = /^(?:[ \t]*[-?:] ){61}/m.test(text)
  return dashes ? MAX_DEPTH + 1 : most
}

const SETTING =
  /^\s*(?:export\s+|ENV\s+|ARG\s+|set\s+|-\s+|(?:\[\w+\]\s*)?\$(?:\w+:)?)?["']?([A-Za-z_][\w.-]*)["']?\s*(?:[?:]?=|:)\s*(.*)$/
const DOCKER_ENV = /^\s*ENV\s+([A-Za-z_]\w*)\s+(.*)$/
const MAX_LINE = 2_000

/** `.env`, INI, Dockerfile and shell settings, and YAML that is a template: one setting per line. */
export function readLines(text: string): Reading {
  if (text.length > MAX_CHARS) return { ...NOTHING, note: 'it is larger than 1 MB' }
  const frame = newFrame('', null)
  const texts = text.split(/\r?\n/).flatMap((row, at): Text[] => {
    if (row.length > MAX_LINE || /^\s*[#;]/.test(row)) return []
    const match = SETTING.exec(row) ?? DOCKER_ENV.exec(row)
    if (!match?.[1]) return COMMAND.test(row) ? [command(row, at, frame)] : []
    const value = unquoted(match[2] ?? '')
    addKey(frame, match[1])
    frame.entries.push({ name: match[1], text: value, line: at + 1, frame })
    return [{ value, line: at + 1, name: match[1], frame, use: 'value', group: at + 1, owner: '' }]
  })
  return { texts, references: [], frames: [frame], isData: true }
}

/** A line of a script that says which model a program is to run. */
const COMMAND =
  /^(?!\s*@?(?:echo|printf)\b).*(?:"model"\s*:|\s--(?:[\w.-]{0,30}[._-])?model(?:[-_](?:name|id))?[ =]|\s-Model(?:Name|Id)? +["']?\w|\bollama +(?:pull|run) |\bvllm +serve |\bllm -m )/
const command = (row: string, at: number, frame: Frame): Text => ({
  value: row.trim(),
  line: at + 1,
  name: '',
  frame,
  use: 'value',
  group: at + 1,
  owner: '',
})

function unquoted(value: string): string {
  const trimmed = value.trim()
  const quoted = /^(["'])(.*?)\1\s*(?:#.*|\\|,)?$/.exec(trimmed)
  if (quoted) return quoted[2] ?? ''
  return trimmed.replace(/\s+(?:#.*|\\)$/, '').trim()
}
