// Bundles the example's application with its search library into one committed file, so that the demo needs Node only.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Where the bundle lies, relative to the repository's root. */
export const EXAMPLE_BUNDLE = 'evals-example/app/answer.cjs'

/** MIT asks for its notice in every copy. */
async function banner(): Promise<string> {
  const folder = join(ROOT, 'node_modules/minisearch')
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  const licence = await readFile(join(folder, 'LICENSE.txt'), 'utf8')
  const lines = [
    'Built from answer.mjs, do not edit.',
    '',
    `Contains MiniSearch ${version}:`,
    '',
    ...licence.trim().split('\n'),
  ]
  return lines.map((line) => `// ${line}`.trimEnd()).join('\n')
}

/** The text of the bundle; the same inputs give the same bytes wherever the repository lies. */
export async function bundleExample(): Promise<string> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: ['evals-example/app/answer.mjs'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: await banner() },
    logLevel: 'warning',
    write: false,
  })
  const [file] = result.outputFiles
  if (file === undefined) throw new Error('esbuild returned no file for the example')
  return file.text
}

/** Writes the bundle into the example. */
export async function buildExample(): Promise<void> {
  await writeFile(join(ROOT, EXAMPLE_BUNDLE), await bundleExample())
}
