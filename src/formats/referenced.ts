// Values that a prompt or configuration file takes from other files: `{$ref: "tools.json#/search"}`, `${file:tools.json}`,
// `file://tools.json`. They are read from the same side, relative to the file that names them, before the value is used.

import { isObject } from '../config/cases.ts'
import { readAt, resolveReference } from '../config/paths.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Json, Link } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { failed } from './front-matter.ts'

/** What each reference stands for, as it is written. */
export type Files = ReadonlyMap<string, Json>

const MAX_FILES = 50
const WRITTEN = /["']?\$ref["']?\s*:\s*["']?([^"'\s,}]{1,300})|\$\{file:([^}\n]{1,300})\}/g

/** Reads every file that the text refers to, makes the draft with them, and notes where they come from. */
export async function withReferences<T extends { readonly links?: readonly Link[] }>(
  tree: Tree,
  from: { readonly path: string; readonly text: string },
  make: (files: Files) => T,
): Promise<T> {
  const links: Link[] = []
  const files = await filesOf(tree, from, { links, within: [from.path] })
  const made = make(files)
  return links.length === 0 ? made : { ...made, links: [...(made.links ?? []), ...links] }
}

type Walk = { readonly links: Link[]; readonly within: readonly string[] }

async function filesOf(tree: Tree, from: { readonly path: string; readonly text: string }, walk: Walk): Promise<Files> {
  const files = new Map<string, Json>()
  if (!/\$ref|\$\{file:/.test(from.text)) return files
  for (const match of from.text.matchAll(WRITTEN)) {
    const written = match[1] ?? match[2] ?? ''
    // Within the file itself, or on the web, where nothing is fetched from.
    if (files.has(written) || written.startsWith('#') || /^https?:/.test(written)) continue
    const value = await fileOf(tree, written, { ...walk, path: from.path })
    if (value !== undefined) files.set(written, value)
  }
  return files
}

/** Undefined for what is no reference after all: words of a prompt may look like one, and a file may lead back to itself. */
async function fileOf(tree: Tree, written: string, walk: Walk & { readonly path: string }): Promise<Json | undefined> {
  const [file = '', pointer = ''] = written.split('#')
  const path = insideOrNull(file, walk.path)
  if (path === null || walk.within.includes(path)) return undefined
  const text = await readAt(tree, path, { path: walk.path })
  if (text === null) return undefined
  if (walk.links.length >= MAX_FILES) throw tooMany(walk.path)
  walk.links.push({ from: walk.path, to: path, how: 'refers to' })
  return part(await contentOf(tree, { path, text }, walk), pointer)
}

/** The path of a reference, or null when it leads out of the repository: such a file is never read. */
export function insideOrNull(reference: string, from: string): string | null {
  try {
    return resolveReference(reference, { path: from })
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** A JSON or YAML file as data, with its own references in place; any other file as text. */
async function contentOf(
  tree: Tree,
  file: { readonly path: string; readonly text: string },
  walk: Walk,
): Promise<Json> {
  if (!/\.(json|ya?ml)$/i.test(file.path)) return file.text.trim()
  const parsed = parseYaml(file.path, file.text)
  if (!parsed.ok) throw failed(file.path, parsed.problems)
  return filled(parsed.file.value, await filesOf(tree, file, { ...walk, within: [...walk.within, file.path] }))
}

function part(value: Json, pointer: string): Json {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  let at: Json | undefined = value
  for (const key of keys)
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined
  return at ?? null
}

/** The value with what its references stand for in their place. */
export function filled(value: Json, files: Files): Json {
  if (files.size === 0) return value
  if (typeof value === 'string') {
    const written = /^\$\{file:([^}\n]+)\}$/.exec(value.trim())?.[1]
    return written === undefined ? value : (files.get(written) ?? value)
  }
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, files))
  if (!isObject(value)) return value
  const { $ref } = value
  const whole = typeof $ref === 'string' ? files.get($ref) : undefined
  if (whole !== undefined) return whole
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, files)]))
}

function tooMany(path: string): UserError {
  return new UserError({
    what: `More than ${MAX_FILES} files are referred to.`,
    remedy: 'Join some of them.',
    place: { path },
  })
}
