// Accepted failures: a file, or a list in the eval file.

import type { Place, Waiver } from '../domain.ts'
import { failed } from '../formats/front-matter.ts'
import type { Tree } from '../ports.ts'
import { subFile } from './case-files.ts'
import { isObject } from './cases.ts'
import { readReferenced, resolveReference } from './paths.ts'
import { checkerFor } from './validate.ts'
import { type ParsedFile, parseYaml } from './yaml.ts'

type WrittenWaiver = Omit<Waiver, 'evalSet' | 'place'> & { readonly eval_set?: string }

/** Waivers of the eval set `name`, with the file they came from if they have one of their own. Throws a UserError. */
export async function readWaivers(
  tree: Tree,
  file: ParsedFile,
  name: string,
): Promise<{ readonly waivers: readonly Waiver[]; readonly source?: string }> {
  const written = isObject(file.value) ? file.value.waivers : undefined
  if (written === undefined) return { waivers: [] }
  if (typeof written !== 'string') return { waivers: await waiversOf(subFile(file, ['waivers'], written), name) }
  const from = file.place(['waivers'])
  const source = resolveReference(written, from)
  return { waivers: await waiverFile(source, await readReferenced(tree, source, from), name), source }
}

async function waiverFile(path: string, text: string, name: string): Promise<readonly Waiver[]> {
  const parsed = parseYaml(path, text)
  if (!parsed.ok) throw failed(path, parsed.problems)
  const { value } = parsed.file
  if (value === null) return []
  const wrapped = isObject(value) && Array.isArray(value.waivers)
  const list = wrapped ? subFile(parsed.file, ['waivers'], value.waivers ?? []) : parsed.file
  const problems = (await checkerFor('waivers'))(list)
  if (problems.length > 0) throw failed(path, problems)
  return waiversOf(list, name)
}

// The schema has checked the list.
async function waiversOf(list: ParsedFile, name: string): Promise<readonly Waiver[]> {
  const { refuseUnknown } = await import('./waivable.ts')
  for (const [index, { rule }] of (list.value as unknown as readonly WrittenWaiver[]).entries())
    refuseUnknown(rule, list.place([index]))
  return (list.value as unknown as readonly WrittenWaiver[]).flatMap(
    ({ eval_set: evalSet = name, ...waiver }, index) => {
      const place: Place = list.place([index])
      return evalSet === name ? [{ ...waiver, evalSet, place }] : []
    },
  )
}
