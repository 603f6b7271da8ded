// Writes the report directory: every rendering of one report, redacted, safe to upload.

import { accessSync, constants, mkdirSync, rmSync } from 'node:fs'
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
    throw cannotWrite(directory, error)
  }
}

/** Found before the first call: a report that cannot be written is not worth paying for. */
export function openReportDir(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
    rmSync(join(directory, 'calls.jsonl'), { force: true })
    accessSync(directory, constants.W_OK)
  } catch (error) {
    throw cannotWrite(directory, error)
  }
}

function cannotWrite(directory: string, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error)
  return new UserError({
    what: `the report could not be written to ${directory} (${why}).`,
    remedy: 'Make the folder writable, or name another one by `report-dir`.',
  })
}
