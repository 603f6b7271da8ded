// `file://` in the providers of a promptfoo file: a provider, its tools or its schema may stand in a file of its own.

import { isObject } from '../config/cases.ts'
import { readReferenced, resolveReference } from '../config/paths.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Json, Place } from '../domain.ts'
import type { Tree } from '../ports.ts'
import { failed } from './front-matter.ts'

export type ProviderFiles = { readonly value: Json | undefined; readonly paths: readonly string[] }

const MAX_DEPTH = 20

/** The value with files of data in place of their names; code stays a name, since it is not run. Throws a UserError. */
export async function readProviderFiles(tree: Tree, written: Json | undefined, from: Place): Promise<ProviderFiles> {
  if (written === undefined || !JSON.stringify(written).includes('file://')) return { value: written, paths: [] }
  const paths = new Set<string>()
  const value = await withFiles(written, { tree, from, paths, depth: 0 })
  // A file of providers is a list in a list.
  return { value: Array.isArray(value) ? value.flat() : value, paths: [...paths] }
}

type Context = { readonly tree: Tree; readonly from: Place; readonly paths: Set<string>; readonly depth: number }

async function withFiles(value: Json, context: Context): Promise<Json> {
  if (context.depth > MAX_DEPTH) return value
  const inner = { ...context, depth: context.depth + 1 }
  if (typeof value === 'string') return /^file:\/\/.+\.(json|ya?ml|txt|md)$/i.test(value) ? fileOf(value, inner) : value
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value as readonly Json[]) items.push(await withFiles(item, inner))
    return items
  }
  if (!isObject(value)) return value
  const entries: [string, Json][] = []
  for (const [key, item] of Object.entries(value)) entries.push([key, await withFiles(item, inner)])
  return Object.fromEntries(entries)
}

async function fileOf(written: string, context: Context): Promise<Json> {
  const path = resolveReference(written.slice('file://'.length), context.from)
  const text = await readReferenced(context.tree, path, context.from)
  if (context.paths.has(path) && context.depth > 2) return written
  context.paths.add(path)
  if (!/\.(json|ya?ml)$/i.test(path)) return text.trim()
  const parsed = parseYaml(path, text)
  if (!parsed.ok) throw failed(path, parsed.problems)
  return withFiles(parsed.file.value, { ...context, from: { path } })
}
