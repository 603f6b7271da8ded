// Files that `init` hands out: in dist/ as the build copies them there, or where they are kept in the sources.

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../errors.ts'

const PLACES = {
  workflows: ['../templates/workflows', '../../docs/workflows'],
  shims: ['../templates/shims', '../../templates/shims'],
} as const

export async function readTemplate(kind: keyof typeof PLACES, name: string): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url))
  for (const place of PLACES[kind]) {
    const text = await readFile(join(here, place, name), 'utf8').catch(() => null)
    if (text !== null) return text
  }
  throw new UserError({
    what: `${kind}/${name} is not beside this program.`,
    remedy: 'Use dist/ as a whole, with dist/templates.',
  })
}
