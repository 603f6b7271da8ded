// Two versions of files in, what `detect` says of them out.

import { type DetectInput, detect } from '../../src/detect.ts'
import { UserError } from '../../src/errors.ts'
import type { FileChange, Tree } from '../../src/ports.ts'

export type Versions = { readonly [path: string]: readonly [before: string | null, after: string | null] }

const tree = (id: string, files: { readonly [path: string]: string | null }): Tree => ({
  id,
  list: async () => Object.keys(files).map((path) => ({ path, id: path })),
  read: async (path, maxBytes = Number.POSITIVE_INFINITY) => {
    const text = files[path] ?? null
    if (text !== null && Buffer.byteLength(text) > maxBytes)
      throw new UserError({ what: 'the file is too large.', place: { path }, remedy: 'Split it.' })
    return text
  },
})

export async function detected(
  versions: Versions,
  options: { readonly renames?: { readonly [path: string]: string } } = {},
) {
  const renames = options.renames ?? {}
  const files = Object.entries(versions).flatMap(([path, [before, after]]): readonly FileChange[] => {
    const previousPath = renames[path]
    if (previousPath !== undefined) return [{ status: 'renamed', path, previousPath }]
    // What is the same on both sides is there to be read, and is no change.
    if (before === after) return []
    return [{ status: before === null ? 'added' : after === null ? 'deleted' : 'modified', path }]
  })
  const side = (at: 0 | 1) =>
    Object.fromEntries(
      Object.entries(versions).map(([path, both]) => [at === 0 ? (renames[path] ?? path) : path, both[at]]),
    )
  const input: DetectInput = {
    files,
    sets: { pairs: [] },
    trees: { base: tree('base', side(0)), head: tree('head', side(1)) },
    directory: '',
    config: { path: 'parity.yaml', changed: false, prompts: [], ignore: [] },
  }
  return detect(input)
}

/** One line per change: `prompt SYSTEM@3`, `model gpt-4o>gpt-4.1@2`, `parameters temperature: 0 > temperature: 1@4`. */
export const said = (path: string, before: string | null, after: string | null) => saidOf({ [path]: [before, after] })

/** The same of several files; `withPaths` says in which one: `model gpt-4o>gpt-4.1@app/config.py:2`. */
export async function saidOf(versions: Versions, options: { readonly withPaths?: boolean } = {}) {
  const { changes } = await detected(versions)
  return changes.map((change): string => {
    const place = options.withPaths ? `${change.path}:${change.line}` : change.line
    const line = change.line === undefined ? '' : `@${place}`
    if (change.kind === 'prompt') return `prompt ${change.symbol ?? 'file'}${line}`
    return `${change.kind} ${change.from ?? '-'}>${change.to ?? '-'}${line}`
  })
}
