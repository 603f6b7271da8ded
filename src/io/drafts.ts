// Halves of files that a process which was killed left where it wrote them.

import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Another run may be writing right now; none takes that long for one file. */
const OLD_MS = 60 * 60 * 1000

export async function dropDrafts(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(directory, name)
    const draft = await lstat(path).catch(() => null)
    const isOld = draft?.isFile() === true && Date.now() - draft.mtimeMs > OLD_MS
    if (isOld) await rm(path, { force: true }).catch(() => undefined)
  }
}
