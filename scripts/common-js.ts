// The chunks that esbuild has split, as CommonJS: esbuild splits ES modules only, and Node starts CommonJS faster and lets what
// V8 made of it be kept (src/io/code-cache.ts). Those that are always loaded together become one.

import { type Plugin, rollup } from 'rollup'

type Joining = { readonly entries: readonly string[]; readonly groupOf: (name: string) => string }

/** Texts by name without an ending, such as `chunk-ABC`. Throws on whatever Rollup warns about. */
export async function commonJs(
  modules: ReadonlyMap<string, string>,
  { entries, groupOf }: Joining,
): Promise<ReadonlyMap<string, string>> {
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((name) => [name, `/${name}.mjs`])),
    preserveEntrySignatures: 'allow-extension',
    external: (id) => !/^[./]/.test(id),
    plugins: [inMemory(modules)],
    treeshake: false,
    onwarn: (warning) => {
      throw new Error(warning.message)
    },
  })
  const { output } = await bundle.generate({
    format: 'cjs',
    manualChunks: (id) => groupOf(id.slice(1, -'.mjs'.length)),
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    hoistTransitiveImports: false,
    exports: 'named',
    esModule: false,
    interop: 'default',
    externalLiveBindings: false,
    freeze: false,
    compact: true,
    generatedCode: { arrowFunctions: true, constBindings: true, objectShorthand: true },
  })
  const chunks = new Map(output.flatMap((one) => (one.type === 'chunk' ? [[one.name, one.code] as const] : [])))
  for (const [name, code] of chunks) {
    if (IMPORTS_AT_RUN_TIME.test(code))
      throw new Error(`${name} imports a module of Node at run time: load a file of ours that imports it`)
  }
  for (const one of output) {
    const loaded = one.type === 'chunk' ? [...one.imports, ...one.dynamicImports] : []
    const entry = loaded.find((file) => entries.includes(file.replace(/\.cjs$/, '')))
    if (entry !== undefined) throw new Error(`${one.fileName} loads ${entry}, and would run it`)
  }
  return chunks
}

/** The command line runs chunks as scripts (src/io/start-cli.ts), where such an import fails. */
const IMPORTS_AT_RUN_TIME = /\bimport\(['"`]node:/

function inMemory(modules: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'in-memory',
    resolveId: (id) => (id.endsWith('.mjs') ? `/${id.replace(/^.*\//, '')}` : null),
    load: (id) => modules.get(id.slice(1, -'.mjs'.length)) ?? null,
  }
}
