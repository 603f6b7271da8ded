// Values of promptfoo tests that stand in files of their own: variables and rubric prompts.

import { posix } from 'node:path'
import { readReferenced, resolveReference } from '../config/paths.ts'
import type { Source } from '../config/scorer-files.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Json, JsonObject, Place } from '../domain.ts'
import type { Tree } from '../ports.ts'
import { failed } from './front-matter.ts'

type Context = {
  readonly tree: Tree
  /** Path of the promptfoo file. */
  readonly config: string
  readonly sources: Source[]
  readonly notCarried: Set<string>
}

/**
 * From where a `file://` of a test is named: promptfoo looks in the folder of its configuration, also for tests that stand in a
 * file elsewhere. Where nothing is there, beside that file.
 */
export async function namedFrom(
  reference: string,
  from: Place,
  { tree, config }: Pick<Context, 'tree' | 'config'>,
): Promise<Place> {
  if (posix.dirname(from.path) === posix.dirname(config)) return from
  const isThere = async () => (await tree.read(resolveReference(reference, { path: config }))) !== null
  return (await isThere().catch(() => false)) ? { ...from, path: config } : from
}

/** `rubricPrompt: file://x` becomes the file's text. */
export async function rubricFile(options: JsonObject, from: Place, context: Context): Promise<JsonObject> {
  const { rubricPrompt } = options
  if (typeof rubricPrompt !== 'string' || !rubricPrompt.startsWith('file://')) return options
  const { tree, sources } = context
  const reference = rubricPrompt.slice('file://'.length)
  const path = resolveReference(reference, await namedFrom(reference, from, context))
  sources.push({ path, role: 'scorer file' })
  return { ...options, rubricPrompt: await readReferenced(tree, path, from) }
}

/** `vars: file://vars.yaml`: a map of variables, of which none may name a file in turn. */
export async function varsFile(written: string, from: Place, { tree, sources }: Context): Promise<Json> {
  const path = resolveReference(written.replace(/^file:\/\//, ''), from)
  const parsed = parseYaml(path, await readReferenced(tree, path, from))
  sources.push({ path, role: 'cases' })
  if (!parsed.ok) throw failed(path, parsed.problems)
  return parsed.file.value
}

/** `file://` values become the file's text; a trailing line break of texts goes. */
export async function loadVars(vars: JsonObject, from: Place, context: Context): Promise<JsonObject> {
  const { tree, sources, notCarried } = context
  const loaded: [string, Json][] = []
  for (const [name, value] of Object.entries(vars)) {
    if (typeof value === 'string' && /^file:\/\/[^\n]+\n?$/.test(value)) {
      const reference = value.slice('file://'.length).trimEnd()
      const path = resolveReference(reference, await namedFrom(reference, from, context))
      if (!/\.(txt|md|json|ya?ml|html?|xml|csv)$/i.test(path)) {
        notCarried.add(`The variable "${name}" from ${path} is not read.`)
        continue
      }
      sources.push({ path, role: 'cases' })
      loaded.push([name, (await readReferenced(tree, path, from)).trim()])
    } else {
      if (typeof value === 'string' && /\{\{/.test(value))
        notCarried.add(`The variable "${name}" contains {{…}}: values are data here and are not rendered.`)
      loaded.push([name, typeof value === 'string' ? value.replace(/\n$/, '') : value])
    }
  }
  return Object.fromEntries(loaded)
}
