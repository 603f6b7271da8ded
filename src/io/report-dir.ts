// Writes the report directory: every rendering of one report, redacted, safe to upload.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'

export async function writeReportDir(directory: string, files: { readonly [name: string]: string }): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
    for (const [name, text] of Object.entries(files)) {
      await rm(join(directory, name), { force: true }) // never through a link that someone left there
      await writeFile(join(directory, name), text, { flag: 'wx' })
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError({
      what: `the report could not be written to ${directory} (${why}).`,
      remedy: 'Make the folder writable, or name another one by `report-dir`.',
    })
  }
}
