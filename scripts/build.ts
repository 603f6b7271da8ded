// Builds dist/: two thin entries and the chunks that they share or load on demand, with the licences of everything in them.
// Same sources, same bytes: no time stamps, no absolute paths, content-addressed chunk names.

import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile, transform } from 'esbuild'
import { inAsciiPatterns } from './ascii-patterns.ts'
import { buildExample } from './build-example.ts'
import { groupsOf } from './chunk-groups.ts'
import { commonJs } from './common-js.ts'
import { plainHttp } from './plain-http.ts'
import { compiledValidators } from './validators.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

// The last two are started by their file names, so they must be beside the chunks (src/io/sandbox-thread.ts, processes.ts).
const entryPoints = {
  action: 'src/action.ts',
  cli: 'src/cli.ts',
  'sandbox-worker': 'src/io/sandbox-worker.ts',
  'module-host': 'src/io/module-host.ts',
}

const options: BuildOptions = {
  absWorkingDir: root,
  entryPoints,
  outdir: 'dist/lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  alias: { undici: './src/io/undici.ts' },
  plugins: [compiledValidators, plainHttp],
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  define: { 'process.env.PROMPT_PARITY_VERSION': JSON.stringify(await version()) },
  write: false,
  logLevel: 'warning',
}

await rm(dist, { recursive: true, force: true })
await mkdir(dist, { recursive: true })
const result = await build(options)
await mkdir(join(dist, 'lib'))
if (!result.metafile) throw new Error('esbuild gave no metafile')
await writeChunks(result.outputFiles ?? [], result.metafile)
await writeEntry('action', 'action')
await writeEntry('cli', 'start-cli')
await writeFile(join(dist, 'licenses.txt'), await licenses(result.metafile))
await copyTemplates()
await buildExample()
await report()

async function writeChunks(files: readonly OutputFile[], metafile: Metafile): Promise<void> {
  const texts = new Map(files.map(({ path, text }) => [basename(path, '.mjs'), text]))
  const entries = Object.keys(entryPoints)
  const chunks = await commonJs(texts, { entries, groupOf: groupsOf(metafile, entries) })
  const digest = createHash('sha256')
  for (const [name, code] of [...chunks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = await inAscii(code)
    digest.update(`${name}\0${text}\0`)
    await writeFile(join(dist, 'lib', `${name}.cjs`), text)
  }
  await writeStart(digest.digest('hex').slice(0, 16))
}

/** One other letter makes V8 hold a text in two bytes each, and read it half as fast. A table of bytes would only grow. */
async function inAscii(code: string): Promise<string> {
  const others = code.length - code.replace(/[^\0-\x7f]/g, '').length
  if (others === 0 || others > code.length / 20) return code
  const escaped = await transform(code, { charset: 'ascii', minifyWhitespace: true, legalComments: 'none' })
  return inAsciiPatterns(escaped.code)
}

/** What loads the chunks of the command line, with the name of this build: it is not one of them. */
async function writeStart(name: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { 'start-cli': 'src/io/start-cli.ts' },
    outdir: 'dist/lib',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'utf8',
    define: { 'process.env.PROMPT_PARITY_BUILD': JSON.stringify(name) },
    logLevel: 'warning',
  })
}

/** A Node that is too old deserves a sentence. */
async function writeEntry(name: string, chunk: string): Promise<void> {
  const shebang = name === 'cli' ? '#!/usr/bin/env node\n' : ''
  const text = `${shebang}'use strict'
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error('Prompt Parity needs Node 20 or later; this is ' + process.version + '.')
  process.exit(2)
}
require('./lib/${chunk}.cjs')
`
  await writeFile(join(dist, `${name}.cjs`), text, { mode: 0o755 })
}

/** What `init` writes (src/io/templates.ts): users of the action have dist/ alone. */
async function copyTemplates(): Promise<void> {
  const workflows = ['pull-request.yml', 'pull-request-shards.yml', 'fork.yml', 'drift.yml', 'merges.yml']
  for (const name of workflows)
    await cp(join(root, 'docs/workflows', name), join(dist, 'templates/workflows', name), { recursive: true })
  const shims = (await readdir(join(root, 'templates/shims'))).filter((name) => /\.(py|mjs)$/.test(name))
  for (const name of shims) await cp(join(root, 'templates/shims', name), join(dist, 'templates/shims', name))
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return (manifest as { version: string }).version
}

/** Licence texts of every package that ended up in a bundle, sorted by name. */
async function licenses(metafile: Metafile): Promise<string> {
  const folders = new Set<string>()
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)
    if (match?.[1]) folders.add(match[1])
  }
  const texts = await Promise.all([...folders].sort().map(licenseOf))
  return `${texts.join(`\n${'-'.repeat(80)}\n\n`)}`
}

async function licenseOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  const files = await readdir(join(root, folder))
  const file = files.sort().find((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  const text = file
    ? await readFile(join(root, folder, file), 'utf8')
    : `Licence: ${manifest.license ?? 'see package'}\n`
  return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see text'})\n\n${text.replace(/\r\n/g, '\n').trim()}\n`
}

async function report(): Promise<void> {
  const rows: string[] = []
  let total = 0
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = await readFile(join(entry.parentPath, entry.name))
    total += bytes.length
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    rows.push(
      `${relative(root, join(entry.parentPath, entry.name)).padEnd(44)} ${String(Math.round(bytes.length / 1024)).padStart(6)} kB  ${digest}`,
    )
  }
  console.log(`${rows.sort().join('\n')}\n${'total'.padEnd(44)} ${String(Math.round(total / 1024)).padStart(6)} kB`)
}
