// Prompt files of every format -> Prompt.

import { posix } from 'node:path'
import { contentHash } from '../config/canonical.ts'
import { isHosted, readAt, readReferenced, resolveReference } from '../config/paths.ts'
import type { Link, Message, Place, Prompt, TemplateEngine } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { ancestors } from '../references/imports.ts'
import { compileTemplate, stripComments, templateIncludes } from '../template/index.ts'
import { readDotprompt } from './dotprompt.ts'
import type { PromptDraft } from './draft.ts'
import { splitFrontMatter } from './front-matter.ts'
import { readConstant } from './module-constants.ts'
import { readPromptYml } from './prompt-yml.ts'
import { readPrompty } from './prompty.ts'
import { type Files, withReferences } from './referenced.ts'
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
  if (isHosted(reference)) throw hosted(reference, from)
  const { path: written, symbol } = splitSymbol(reference)
  const path = resolveReference(written, from)
  const text = await readReferenced(tree, path, from)
  if (symbol !== undefined) return promptOf(tree, { path, symbol }, await readConstant(tree, { path, text }, symbol))
  const draft = await withReferences(tree, { path, text }, (files) => readPrompt(path, text, files))
  return promptOf(tree, { path }, draft)
}

function hosted(reference: string, place: Place): UserError {
  return new UserError({
    what: `The prompt "${reference.slice(0, 200)}" is kept in a hosted registry: it is not reviewable here.`,
    expected: 'a prompt file or a constant of this repository',
    remedy: 'Keep the prompt in the repository, or evaluate the application that fetches it by a `command:` target.',
    place,
  })
}

/** A prompt of messages that stand in the file at `place` itself. */
export async function inlinePrompt(tree: Tree, messages: readonly Message[], place: Place): Promise<Prompt> {
  return promptOf(tree, { path: place.path }, { engine: 'nunjucks', messages, line: place.line ?? 1 })
}

/** Parses one prompt file by its name, without its includes. Throws a UserError. */
export function readPrompt(path: string, text: string, files: Files = new Map()): PromptDraft {
  const name = path.toLowerCase()
  if (/\.prompt\.ya?ml$/.test(name)) return readPromptYml(path, text)
  if (name.endsWith('.prompt')) return readDotprompt(path, text, files)
  if (name.endsWith('.prompty')) return readPrompty(path, text, files)
  if (/\.(json|ya?ml)$/.test(name)) return readChat(path, text, files)
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
  const links: Link[] = [...(draft.links ?? [])]
  const missing: string[] = []
  for (const [index, { content }] of draft.messages.entries()) {
    const line = draft.messageLines?.[index] ?? draft.line
    await follow(tree, { path: where.path, engine: draft.engine, line }, { content, partials, links, missing })
  }
  const { tools, responseFormat, defaults, engine } = draft
  return {
    ...where,
    ...draft,
    sources: [...new Set([where.path, ...links.map((link) => link.to), ...missing])],
    ...(links.length === 0 ? {} : { links }),
    partials: Object.fromEntries([...partials].map(([name, { text }]) => [name, text])),
    hash: versionOf({ engine, messages: draft.messages, partials, tools, responseFormat, defaults }),
  }
}

type Partial = { readonly path: string; readonly text: string }
type Version = Pick<PromptDraft, 'engine' | 'messages'> & {
  readonly partials: ReadonlyMap<string, Partial>
  readonly tools: unknown
  readonly responseFormat: unknown
  readonly defaults: unknown
}

/**
 * Version of the prompt: what is sent besides model and parameters (those are changes of their own kind). Comments are
 * stripped, so editing only them is no new version.
 */
function versionOf({ engine, messages, partials, ...rest }: Version): string {
  return contentHash({
    engine,
    messages: messages.map((message) => ({ ...message, content: stripComments(engine, message.content) })),
    partials: Object.fromEntries([...partials].map(([name, { text }]) => [name, stripComments(engine, text)])),
    ...rest,
  })
}

type Following = {
  readonly partials: Map<string, Partial>
  readonly links: Link[]
  /** Where an include that may be missing would be: when a file comes or goes there, the prompt changes. */
  readonly missing: string[]
}

async function follow(
  tree: Tree,
  from: { readonly path: string; readonly engine: TemplateEngine; readonly line: number },
  into: Following & { readonly content: string },
): Promise<void> {
  const { content, partials, links } = into
  // Parsed here for its place: the names alone come without one.
  compileTemplate({ engine: from.engine, text: content, path: from.path, line: from.line })
  for (const { name, how, optional } of templateIncludes(from.engine, content)) {
    const known = partials.get(name)
    if (known) links.push({ from: from.path, to: known.path, how })
    if (known) continue
    if (partials.size >= MAX_INCLUDES) throw tooManyIncludes(from.path)
    const partial = await findInclude(tree, name, { ...from, missing: optional ? into.missing : null })
    if (partial === null) continue
    partials.set(name, partial)
    links.push({ from: from.path, to: partial.path, how })
    await follow(tree, { ...from, path: partial.path, line: 1 }, { ...into, content: partial.text })
  }
}

/**
 * Beside the file that includes it, else from a folder above it up to the root: that is where loaders start. Dotprompt
 * keeps partials as `_name.prompt`. Null only for an include that may be missing.
 */
async function findInclude(
  tree: Tree,
  name: string,
  from: { readonly path: string; readonly engine: TemplateEngine; readonly missing: string[] | null },
): Promise<Partial | null> {
  const place = { path: from.path }
  const isPartial = from.engine === 'dotprompt'
  const written = isPartial ? posix.join(posix.dirname(name), `_${posix.basename(name)}.prompt`) : name
  const beside = resolveReference(written, place)
  // A name that climbs is meant from here alone; from a folder above it would leave the repository.
  const above = written.startsWith('..')
    ? []
    : ancestors(posix.dirname(from.path)).map((folder) => posix.join(folder, written))
  const candidates = new Set([beside, ...above.map((path) => posix.normalize(path))])
  for (const path of candidates) {
    const text = await readAt(tree, path, place)
    if (text !== null) return { path, text: isPartial ? splitFrontMatter(path, text).body.trim() : text }
  }
  if (from.missing) {
    from.missing.push(...candidates)
    return null
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
