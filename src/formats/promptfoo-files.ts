// Values of promptfoo tests that stand in files of their own: variables and rubric prompts.

import { readReferenced, resolveReference } from '../config/paths.ts'
import type { Source } from '../config/scorer-files.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Json, JsonObject, Place } from '../domain.ts'
import type { Tree } from '../ports.ts'
import { failed } from './front-matter.ts'

type Context = { readonly tree: Tree; readonly sources: Source[]; readonly notCarried: Set<string> }

/** `rubricPrompt: file://x` becomes the file's text. */
export async function rubricFile(options: JsonObject, from: Place, { tree, sources }: Context): Promise<JsonObject> {
  const { rubricPrompt } = options
  if (typeof rubricPrompt !== 'string' || !rubricPrompt.startsWith('file://')) return options
  const path = resolveReference(rubricPrompt.slice('file://'.length), from)
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
export async function loadVars(
  vars: JsonObject,
  from: Place,
  { tree, sources, notCarried }: Context,
): Promise<JsonObject> {
  const loaded: [string, Json][] = []
  for (const [name, value] of Object.entries(vars)) {
    if (typeof value === 'string' && value.startsWith('file://')) {
      const path = resolveReference(value.slice('file://'.length), from)
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
