// Values of scorers that are files: JSON schemas, rubrics, label files.

import type { Json, Link, Place, ScorerSpec } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { recordedQuality } from '../scorers/calibration.ts'
import { isObject } from './cases.ts'
import { readReferenced, resolveReference } from './paths.ts'
import { bundleSchema } from './schema-references.ts'
import { parseYaml } from './yaml.ts'

export type Source = { readonly path: string; readonly role: string }

const SCHEMA_TYPES = new Set(['is-json', 'contains-json'])

/**
 * Replaces a value that names a file (`file://x`, or a path for is-json) by the file's content, and makes `labels` a path
 * from the root. `from` is where a file is named, if not where the scorer stands. Returns the files it depends on. Throws a UserError for files that are missing or cannot be read.
 */
export async function withFiles(
  tree: Tree,
  spec: ScorerSpec,
  from: Place = spec.place,
): Promise<{ spec: ScorerSpec; sources: readonly Source[]; links: readonly Link[] }> {
  const sources: Source[] = []
  const links: Link[] = []
  let loaded = spec
  const reference = fileReference(spec)
  if (reference !== undefined) {
    const path = resolveReference(reference, from)
    const value = asValue(path, await readReferenced(tree, path, spec.place))
    loaded = { ...loaded, value, options: { ...loaded.options, file: path } }
    sources.push({ path, role: SCHEMA_TYPES.has(spec.type) ? 'schema' : 'scorer file' })
  }
  if (SCHEMA_TYPES.has(spec.type) && isObject(loaded.value)) {
    const bundled = await bundleSchema(tree, sources[0]?.path ?? spec.place.path, loaded.value)
    loaded = { ...loaded, value: bundled.schema }
    links.push(...bundled.links)
    sources.push(...bundled.links.map(({ to }) => ({ path: to, role: 'schema' })))
  }
  const labels = spec.options.labels
  if (typeof labels === 'string') {
    const path = resolveReference(labels, spec.place)
    const text = spec.type === 'llm-rubric' ? await tree.read(path) : null
    loaded = { ...loaded, options: { ...loaded.options, labels: path } }
    // A file that is not there yet is a warning of `validate`: the labels may be made by a run.
    if (text !== null) loaded = { ...loaded, calibration: recordedQuality(text, loaded) }
    sources.push({ path, role: 'labels' })
  }
  return { spec: loaded, sources, links }
}

function fileReference({ type, value }: ScorerSpec): string | undefined {
  if (typeof value !== 'string') return undefined
  if (value.startsWith('file://')) return value.slice('file://'.length)
  return SCHEMA_TYPES.has(type) && /\.(json|ya?ml)$/i.test(value.trim()) && !/[\n{]/.test(value)
    ? value.trim()
    : undefined
}

function asValue(path: string, text: string): Json {
  if (!/\.(json|ya?ml)$/i.test(path)) return text
  const parsed = parseYaml(path, text)
  if (parsed.ok) return parsed.file.value
  const [first, ...rest] = parsed.problems
  throw new UserError(first ?? { what: `${path} cannot be read.`, remedy: 'Correct it.' }, ...rest)
}
