// Which chunks belong into one file: those that the same starts of the program load. esbuild makes a chunk for every set of
// modules that is loaded on demand, so that a run would read more than a hundred files.

import { basename } from 'node:path'
import type { Metafile } from 'esbuild'

/** What is loaded together in each kind of start, by the modules that begin it. Only time depends on these lists. */
const STARTS: { readonly [start: string]: readonly string[] } = {
  action: ['src/action.ts'],
  start: ['src/cli.ts', 'src/io/checkout.ts'],
  detect: ['src/commands/detect.ts'],
  run: ['src/commands/run.ts'],
  calls: [
    'src/engine.ts',
    'src/evaluate.ts',
    'src/cost/levers/from-run.ts',
    'src/integrity/in-vain.ts',
    'src/lifecycle/findings.ts',
  ],
}

type Graph = { readonly roots: ReadonlyMap<string, string>; readonly imports: ReadonlyMap<string, readonly string[]> }

/**
 * File of each chunk, both without endings. What none of the starts loads stays a file of its own, and so do the entries: to
 * load one of them is to run it.
 */
export function groupsOf(metafile: Metafile, entries: readonly string[]): (chunk: string) => string {
  const graph = graphOf(metafile)
  const groups = new Map<string, string[]>()
  for (const [start, modules] of Object.entries(STARTS))
    for (const chunk of loadedBy(modules, graph)) groups.set(chunk, [...(groups.get(chunk) ?? []), start])
  return (chunk) => (entries.includes(chunk) ? chunk : (nameOfGroup(groups.get(chunk)) ?? chunk))
}

function graphOf({ outputs }: Metafile): Graph {
  const [roots, imports] = [new Map<string, string>(), new Map<string, readonly string[]>()]
  for (const [path, { entryPoint, imports: of }] of Object.entries(outputs)) {
    const own = of.filter(({ kind, external }) => kind === 'import-statement' && external !== true)
    imports.set(
      nameOf(path),
      own.map((one) => nameOf(one.path)),
    )
    if (entryPoint !== undefined) roots.set(entryPoint, nameOf(path))
  }
  return { roots, imports }
}

function loadedBy(modules: readonly string[], { roots, imports }: Graph): ReadonlySet<string> {
  const loaded = new Set<string>()
  const load = (chunk: string) => {
    if (loaded.has(chunk)) return
    loaded.add(chunk)
    for (const one of imports.get(chunk) ?? []) load(one)
  }
  for (const module of modules) {
    const root = roots.get(module)
    if (root === undefined) throw new Error(`${module} is not loaded on demand any more: correct STARTS`)
    load(root)
  }
  return loaded
}

const nameOfGroup = (starts: readonly string[] | undefined) => starts && `${starts.join('-')}-parts`
const nameOf = (path: string) => basename(path, '.mjs')
