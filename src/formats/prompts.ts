// Prompt files of every format -> Prompt.

import { posix } from 'node:path'
import { contentHash } from '../config/canonical.ts'
import { readAt, readReferenced, resolveReference } from '../config/paths.ts'
import type { Message, Place, Prompt, TemplateEngine } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { compileTemplate, stripComments, templateIncludes } from '../template/index.ts'
import { readConstant } from './constants.ts'
import { readDotprompt } from './dotprompt.ts'
import type { PromptDraft } from './draft.ts'
import { splitFrontMatter } from './front-matter.ts'
import { readPromptYml } from './prompt-yml.ts'
import { readPrompty } from './prompty.ts'
import { readChat, readText } from './text.ts'

const MAX_INCLUDES = 50

/** Splits `app/prompts.py#SYSTEM`. */
export function splitSymbol(reference: string): { readonly path: string; readonly symbol?: string } {
  const at = reference.lastIndexOf('#')
  return at <= 0 ? { path: reference } : { path: reference.slice(0, at), symbol: reference.slice(at + 1) }
}

/**
 * Reads the prompt that the file at `from` names (`path` or `path#SYMBOL`, relative to that file), with its includes.
 * Throws a UserError when it is missing or cannot be read as a prompt.
 */
export async function loadPrompt(tree: Tree, reference: string, from: Place): Promise<Prompt> {
  const { path: written, symbol } = splitSymbol(reference)
  const path = resolveReference(written, from)
  const text = await readReferenced(tree, path, from)
  return promptOf(tree, symbol === undefined ? { path } : { path, symbol }, readPrompt(path, text, symbol))
}

/** A prompt of messages that stand in the file at `place` itself. */
export async function inlinePrompt(tree: Tree, messages: readonly Message[], place: Place): Promise<Prompt> {
  return promptOf(tree, { path: place.path }, { engine: 'nunjucks', messages, line: place.line ?? 1 })
}

/** Parses one prompt file by its name, without its includes. Throws a UserError. */
export function readPrompt(path: string, text: string, symbol?: string): PromptDraft {
  if (symbol !== undefined) return readConstant(path, text, symbol)
  const name = path.toLowerCase()
  if (/\.prompt\.ya?ml$/.test(name)) return readPromptYml(path, text)
  if (name.endsWith('.prompt')) return readDotprompt(path, text)
  if (name.endsWith('.prompty')) return readPrompty(path, text)
  if (/\.(json|ya?ml)$/.test(name)) return readChat(path, text)
  if (/\.(md|mdx|txt|j2|jinja2?|njk|tmpl)$/.test(name) || !posix.basename(name).includes('.')) return readText(text)
  throw new UserError({
    what: `"${path}" is no prompt file that we know.`,
    expected: '.md, .txt, .j2, .jinja, .prompt.yml, .prompt, .prompty, .json, .yaml, or a constant (file#NAME)',
    remedy: 'Rename it, or name the constant after #.',
    place: { path },
  })
}

export async function promptOf(
  tree: Tree,
  where: { readonly path: string; readonly symbol?: string },
  draft: PromptDraft,
): Promise<Prompt> {
  const partials = new Map<string, Partial>()
  for (const [index, { content }] of draft.messages.entries()) {
    const line = draft.messageLines?.[index] ?? draft.line
    await follow(tree, { path: where.path, engine: draft.engine, line }, { content, partials })
  }
  const { tools, responseFormat, engine } = draft
  return {
    ...where,
    ...draft,
    sources: [...new Set([where.path, ...[...partials.values()].map((partial) => partial.path)])],
    partials: Object.fromEntries([...partials].map(([name, { text }]) => [name, text])),
    hash: versionOf({ engine, messages: draft.messages, partials, tools, responseFormat }),
  }
}

type Partial = { readonly path: string; readonly text: string }
type Version = Pick<PromptDraft, 'engine' | 'messages'> & {
  readonly partials: ReadonlyMap<string, Partial>
  readonly tools: unknown
  readonly responseFormat: unknown
}

/**
 * Version of the prompt: what is sent besides model and parameters (those are changes of their own kind). Comments are
 * stripped, so editing only them is no new version.
 */
function versionOf({ engine, messages, partials, tools, responseFormat }: Version): string {
  return contentHash({
    engine,
    messages: messages.map((message) => ({ ...message, content: stripComments(engine, message.content) })),
    partials: Object.fromEntries([...partials].map(([name, { text }]) => [name, stripComments(engine, text)])),
    tools,
    responseFormat,
  })
}

async function follow(
  tree: Tree,
  from: { readonly path: string; readonly engine: TemplateEngine; readonly line: number },
  { content, partials }: { readonly content: string; readonly partials: Map<string, Partial> },
): Promise<void> {
  // Parsed here for its place: the names alone come without one.
  compileTemplate({ engine: from.engine, text: content, path: from.path, line: from.line })
  for (const name of templateIncludes(from.engine, content)) {
    if (partials.has(name)) continue
    if (partials.size >= MAX_INCLUDES) throw tooManyIncludes(from.path)
    const partial = await findInclude(tree, name, from)
    partials.set(name, partial)
    await follow(tree, { ...from, path: partial.path, line: 1 }, { content: partial.text, partials })
  }
}

/** Beside the file that includes it, else from the root. Dotprompt keeps partials as `_name.prompt`. */
async function findInclude(
  tree: Tree,
  name: string,
  from: { readonly path: string; readonly engine: TemplateEngine },
): Promise<Partial> {
  const place = { path: from.path }
  const isPartial = from.engine === 'dotprompt'
  const beside = resolveReference(isPartial ? `_${name}.prompt` : name, place)
  const candidates = isPartial ? [beside] : [beside, resolveReference(name, { path: 'root' })]
  for (const path of candidates) {
    const text = await readAt(tree, path, place)
    if (text !== null) return { path, text: isPartial ? splitFrontMatter(path, text).body.trim() : text }
  }
  throw new UserError({
    what: `The template includes "${name.slice(0, 200)}", and there is no file "${beside}".`,
    remedy: 'Correct the name; it is relative to the template.',
    place,
  })
}

function tooManyIncludes(path: string): UserError {
  return new UserError({
    what: `The template includes more than ${MAX_INCLUDES} files.`,
    remedy: 'Join some of them.',
    place: { path },
  })
}
