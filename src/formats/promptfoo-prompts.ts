// `prompts` of a promptfoo file: inline texts, files, globs.

import { isObject } from '../config/cases.ts'
import { globMatcher, isGlob } from '../config/globs.ts'
import { isHosted, readReferenced, resolveReference } from '../config/paths.ts'
import type { Json, Place, Prompt } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import type { PromptDraft } from './draft.ts'
import { promptOf } from './prompts.ts'
import { withReferences } from './referenced.ts'
import { readChat, readText } from './text.ts'

export type FooPrompt = { readonly label: string; readonly prompt: Prompt }
export type FooPrompts = { readonly prompts: readonly FooPrompt[]; readonly notCarried: readonly string[] }

/** Without `prompts` promptfoo sends the variable `prompt`. */
export async function readPrompts(
  tree: Tree,
  written: Json | undefined,
  placeOf: (index: number) => Place,
): Promise<FooPrompts> {
  const items = itemsOf(written)
  const prompts: FooPrompt[] = []
  const notCarried: string[] = []
  for (const [index, item] of items.entries()) {
    const read = await readItem(tree, item, placeOf(index))
    prompts.push(...read.prompts)
    notCarried.push(...read.notCarried)
  }
  return { prompts: uniqueLabels(prompts), notCarried }
}

type Item = { readonly raw: string; readonly label?: string }

function itemsOf(written: Json | undefined): readonly Item[] {
  if (written === undefined || written === null) return [{ raw: '{{prompt}}' }]
  if (typeof written === 'string') return [{ raw: written }]
  if (isObject(written)) return Object.entries(written).map(([raw, label]) => ({ raw, label: String(label) }))
  return Array.isArray(written) ? written.map(itemOf) : []
}

function itemOf(entry: Json): Item {
  if (!isObject(entry)) return { raw: String(entry) }
  const { raw, id, label } = entry
  const text = typeof raw === 'string' ? raw : typeof id === 'string' ? id : ''
  return typeof label === 'string' ? { raw: text, label } : { raw: text }
}

function isPath(raw: string): boolean {
  if (raw.includes('\n')) return false
  if (raw.startsWith('file://')) return true
  return !/[{}]{2}/.test(raw) && !/\s/.test(raw.trim()) && (/\.\w{2,5}(:\w+)?$/.test(raw) || /[*/\\]/.test(raw))
}

async function readItem(tree: Tree, { raw, label }: Item, place: Place): Promise<FooPrompts> {
  if (!isPath(raw)) {
    const name = label ?? raw.trim().slice(0, 60)
    const draft = chatOrText(place.path, raw, place.line ?? 1)
    if (draft === null) return { prompts: [], notCarried: [onlyRendered(name)] }
    return { prompts: [{ label: name, prompt: await promptOf(tree, { path: place.path }, draft) }], notCarried: [] }
  }
  if (isHosted(raw))
    return { prompts: [], notCarried: [`The prompt ${raw} is kept in a hosted registry and is not read.`] }
  const path = resolveReference(raw.replace(/^file:\/\//, ''), place)
  if (/\.([cm]?[jt]s|py|sh|rb|go)(:\w+)?$/.test(path)) {
    return { prompts: [], notCarried: [`The prompt ${path} is code and is not run.`] }
  }
  const paths = isGlob(path)
    ? (await tree.list())
        .map((entry) => entry.path)
        .filter(globMatcher([path], place))
        .sort()
    : [path]
  if (paths.length === 0) {
    throw new UserError({
      what: `"${raw.slice(0, 200)}" matches no file.`,
      expected: 'prompt files (promptfoo would silently send the pattern itself)',
      remedy: 'Correct the pattern.',
      place,
    })
  }
  const prompts: FooPrompt[] = []
  const notCarried: string[] = []
  for (const one of paths) {
    const drafts = await fileDrafts(tree, one, await readReferenced(tree, one, place))
    for (const [index, draft] of drafts.entries()) {
      const name = label ?? draft.label ?? one
      if (draft.draft === null) {
        notCarried.push(onlyRendered(name))
        continue
      }
      const prompt = await promptOf(tree, { path: one }, draft.draft)
      prompts.push({ label: drafts.length > 1 && draft.label === undefined ? `${name} #${index + 1}` : name, prompt })
    }
  }
  return { prompts, notCarried }
}

const onlyRendered = (name: string) =>
  `The prompt ${name} is a chat only once it is rendered, and is not run: write its messages as YAML or JSON.`

type FileDraft = { readonly draft: PromptDraft | null; readonly label?: string }

/** A .txt may hold several prompts between lines that are only `---`; .jsonl and .csv one per row. */
async function fileDrafts(tree: Tree, path: string, text: string): Promise<readonly FileDraft[]> {
  if (/\.txt$/i.test(path)) {
    const pieces = text.split(/^---[ \t]*\r?$/m)
    const starts = pieces.map((_, index) => pieces.slice(0, index).join('\n').split('\n').length)
    return pieces.flatMap((piece, index) =>
      piece.trim() === '' ? [] : [{ draft: chatOrText(path, piece.trim(), starts[index] ?? 1) }],
    )
  }
  if (/\.jsonl$/i.test(path)) {
    const lines = text
      .split('\n')
      .flatMap((line, index) => (line.trim() === '' ? [] : [{ line: line.trim(), at: index + 1 }]))
    return lines.map(({ line, at }) => ({ draft: chatOrText(path, line, at) }))
  }
  if (/\.csv$/i.test(path)) {
    const table = await (await import('../config/tables.ts')).csvRows(path, text)
    if ('problem' in table) throw new UserError(table.problem)
    return table.rows.flatMap(({ row, line }) => {
      const { prompt, label } = row
      return prompt === undefined ? [] : [{ draft: chatOrText(path, prompt, line), ...(label ? { label } : {}) }]
    })
  }
  if (!/\.(json|ya?ml)$/i.test(path)) return [{ draft: chatOrText(path, text, 1) }]
  return [{ draft: await withReferences(tree, { path, text }, (files) => readChat(path, text, files)) }]
}

/**
 * Text that is a chat as YAML or JSON is sent as messages; everything else is one user message. Null for a template that makes a
 * chat of what stands around its messages.
 */
function chatOrText(path: string, raw: string, line: number): PromptDraft | null {
  const text = raw.trim()
  const looksLikeChat = /^- role\s*:/.test(text) || /^\[\s*\{(?!\{)/.test(text)
  if (!looksLikeChat) return readText(raw, line)
  try {
    return { ...readChat(path, text.replace(DUMPED, '$1"{{ $2 }}"')), line }
  } catch (error) {
    if (error instanceof UserError && /\{[{%]/.test(text)) return null
    throw error
  }
}

/** `"content": {{ question | dump }}` is the text of the variable, which needs no quoting once the messages are read. */
const DUMPED =
  /([:,[]\s*)\{\{-?\s*([^\s{}"|](?:[^{}"|]{0,198}[^\s{}"|])?)\s*\|\s*(?:dump|tojson)\s*(?:\|\s*safe\s*)?-?\}\}(?=\s*(?:[,}\]]|$))/gm

function uniqueLabels(prompts: readonly FooPrompt[]): readonly FooPrompt[] {
  const seen = new Map<string, number>()
  return prompts.map((prompt) => {
    const count = (seen.get(prompt.label) ?? 0) + 1
    seen.set(prompt.label, count)
    return count === 1 ? prompt : { ...prompt, label: `${prompt.label} #${count}` }
  })
}
