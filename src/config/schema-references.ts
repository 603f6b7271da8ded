// `$ref` of a JSON Schema into other files: they become definitions of the one schema, so that it is checked as a whole, and
// a change of any of them is a change of the scorer.

import type { Json, JsonObject, Link } from '../domain.ts'
import { insideOrNull } from '../formats/referenced.ts'
import type { Tree } from '../ports.ts'
import { isObject } from './cases.ts'
import { readAt } from './paths.ts'
import { parseYaml } from './yaml.ts'

const MAX_FILES = 50
const MAX_DEPTH = 100

type Bundle = {
  readonly tree: Tree
  readonly root: string
  /** Where references point to: `$defs` when the schema has them, else what older dialects know, too. */
  readonly home: 'definitions' | '$defs'
  readonly parts: Map<string, { readonly key: string; value: Json }>
  readonly links: Link[]
}

/** The schema with everything that it refers to inside the repository, and the way to it. */
export async function bundleSchema(
  tree: Tree,
  path: string,
  schema: JsonObject,
): Promise<{ readonly schema: JsonObject; readonly links: readonly Link[] }> {
  const home = isObject(schema.$defs) ? '$defs' : 'definitions'
  const bundle: Bundle = { tree, root: path, home, parts: new Map(), links: [] }
  const own = await walked(schema, path, { bundle, depth: 0 })
  if (bundle.parts.size === 0 || !isObject(own)) return { schema, links: [] }
  const known = isObject(own[home]) ? own[home] : {}
  const added = Object.fromEntries([...bundle.parts.values()].map(({ key, value }) => [key, value]))
  return { schema: { ...own, [home]: { ...known, ...added } }, links: bundle.links }
}

type Walk = { readonly bundle: Bundle; readonly depth: number }

async function walked(value: Json, path: string, { bundle, depth }: Walk): Promise<Json> {
  if (depth > MAX_DEPTH) return value
  const inner = { bundle, depth: depth + 1 }
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value as readonly Json[]) items.push(await walked(item, path, inner))
    return items
  }
  if (!isObject(value)) return value
  const entries: (readonly [string, Json])[] = []
  for (const [key, item] of Object.entries(value)) {
    const isReference = key === '$ref' && typeof item === 'string'
    entries.push([key, isReference ? await pointed(item, path, inner) : await walked(item, path, inner)])
  }
  return Object.fromEntries(entries)
}

/** Where a reference is found in the bundle; itself when it stays in the root, leads to the web or to nothing. */
async function pointed(reference: string, from: string, walk: Walk): Promise<string> {
  const [file = '', pointer = ''] = reference.split('#')
  const path = file === '' ? from : insideOrNull(file, from)
  if (path === null || /^[a-z][a-z\d+.-]*:/i.test(file)) return reference
  if (path !== from) walk.bundle.links.push({ from, to: path, how: 'refers to' })
  if (path === walk.bundle.root) return `#${pointer}`
  const key = await partOf(path, from, walk)
  return key === null ? reference : `#/${walk.bundle.home}/${key}${pointer}`
}

async function partOf(path: string, from: string, { bundle, depth }: Walk): Promise<string | null> {
  const known = bundle.parts.get(path)
  if (known) return known.key
  if (bundle.parts.size >= MAX_FILES) return null
  const text = await readAt(bundle.tree, path, { path: from })
  const parsed = text === null ? null : parseYaml(path, text)
  if (!parsed?.ok || !isObject(parsed.file.value)) return null
  const part = { key: `file${bundle.parts.size + 1}_${path.replace(/\W/g, '_')}`, value: null as Json }
  bundle.parts.set(path, part)
  // An address of its own would change what its references are relative to.
  const { $id: _, id: __, $schema: ___, ...content } = parsed.file.value
  part.value = await walked(content, path, { bundle, depth })
  return part.key
}
