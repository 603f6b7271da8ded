// Loads the chunks of dist/lib as Node's `require` does, with what V8 made of them before.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'
import type { Code } from './code-cache.ts'

type Exports = { readonly [name: string]: unknown }
type Require = (id: string) => unknown
type Wrapped = (exports: Exports, require: Require, module: { exports: Exports }, file: string, folder: string) => void

export type Chunks = {
  load(name: string): Exports
  /** Whether one had to be compiled. */
  compiled(): boolean
  /** Of every chunk that was loaded, with the functions that have run. */
  code(): Code
}

export function createChunks(folder: string, known: Code): Chunks {
  const requireOfNode = createRequire(join(folder, 'chunks.cjs'))
  const loaded = new Map<string, { exports: Exports }>()
  const scripts = new Map<string, Script>()
  let compiled = false

  const load = (name: string): Exports => {
    const before = loaded.get(name)
    if (before !== undefined) return before.exports
    const file = join(folder, name)
    const cachedData = known.get(name)
    const text = `(function(exports,require,module,__filename,__dirname){${readFileSync(file, 'utf8')}\n})`
    const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) })
    compiled ||= script.cachedDataRejected !== false
    const module = { exports: {} }
    loaded.set(name, module)
    scripts.set(name, script)
    const run = script.runInThisContext() as Wrapped
    run(module.exports, requireChunk, module, file, folder)
    return module.exports
  }
  const requireChunk: Require = (id) => (id.startsWith('./') ? load(id.slice(2)) : requireOfNode(id))

  return {
    load,
    compiled: () => compiled,
    code: () => new Map([...scripts].map(([name, script]) => [name, script.createCachedData()])),
  }
}
