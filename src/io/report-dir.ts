// Writes the report directory: every rendering of one report, redacted, safe to upload.

import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'

export async function writeReportDir(directory: string, files: { readonly [name: string]: string }): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
    for (const [name, text] of Object.entries(files)) {
      // Whoever reads the folder meanwhile sees the file whole; and nothing is written through a link that someone left there.
      const temporary = join(directory, `.${name}.new`)
      await rm(temporary, { force: true })
      await writeFile(temporary, text, { flag: 'wx' })
      await rename(temporary, join(directory, name))
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError({
      what: `the report could not be written to ${directory} (${why}).`,
      remedy: 'Make the folder writable, or name another one by `report-dir`.',
    })
  }
}
