// Writes the generated parts of README.md: the tables of inputs and outputs from action.yml, the workflow to copy from
// docs/workflows. `--check` writes nothing and exits 1 when README.md differs.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

type Documented = { readonly description?: string; readonly default?: string }
type Manifest = {
  readonly inputs: { readonly [name: string]: Documented }
  readonly outputs: { readonly [name: string]: Documented }
}

const root = join(import.meta.dirname, '..')
const file = join(root, 'README.md')

const [readme, manifest, workflow] = await Promise.all([
  readFile(file, 'utf8'),
  readFile(join(root, 'action.yml'), 'utf8').then((text) => parse(text) as Manifest),
  readFile(join(root, 'docs/workflows/pull-request.yml'), 'utf8'),
])
const parts = {
  workflow: `\`\`\`yaml\n${workflow.trimEnd()}\n\`\`\``,
  inputs: inputTable(manifest.inputs),
  outputs: outputTable(manifest.outputs),
}
const generated = Object.entries(parts).reduce((text, [name, body]) => replacePart(text, name, body), readme)

if (generated === readme) console.log('README.md is up to date.')
else if (process.argv.includes('--check')) {
  console.error('README.md differs from action.yml or docs/workflows/pull-request.yml. Run `node scripts/readme.ts`.')
  process.exitCode = 1
} else {
  await writeFile(file, generated)
  console.log('README.md written.')
}

function inputTable(inputs: Manifest['inputs']): string {
  const rows = Object.entries(inputs).map(([name, input]) =>
    row([`\`${name}\``, code(input.default ?? ''), sentence(input)]),
  )
  return [row(['input', 'default', 'meaning']), row(['---', '---', '---']), ...rows].join('\n')
}

function outputTable(outputs: Manifest['outputs']): string {
  const rows = Object.entries(outputs).map(([name, output]) => row([`\`${name}\``, sentence(output)]))
  return [row(['output', 'meaning']), row(['---', '---']), ...rows].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function code(value: string): string {
  return value === '' ? '' : `\`${inCell(value)}\``
}

function sentence({ description = '' }: Documented): string {
  return inCell(description)
}

/** A table cell is one line, and a bar ends it. */
function inCell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|')
}

/** Replaces what stands between `<!-- name:start -->` and `<!-- name:end -->`. */
function replacePart(text: string, name: string, body: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`README.md lacks ${start} … ${end}`)
  return `${text.slice(0, from + start.length)}\n${body}\n${text.slice(to)}`
}
