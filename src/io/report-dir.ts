// Writes the report directory: every rendering of one report, redacted, safe to upload.

import { randomUUID } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFailure } from './disk-failure.ts'
import { makeFolder, removeFile } from './folders.ts'

/** A text, or its parts one after the other where it is too long to be held. */
export type FileText = string | Iterable<string>

/** Of a file that is being written, or was when its process was killed. */
const DRAFT = /^\..+\.[0-9a-f-]{36}\.new$/

export async function writeReportDir(directory: string, files: { readonly [name: string]: FileText }): Promise<void> {
  try {
    makeFolder(directory)
  } catch (error) {
    throw cannotWrite(directory, error)
  }
  const drafts = (await readdir(directory).catch(() => [])).filter((name) => DRAFT.test(name))
  if (drafts.length > 0) await (await import('./drafts.ts')).dropDrafts(directory, drafts)
  // At the same time: a file system may take a while to put one in the place of another.
  const written = Object.entries(files).map(([name, text]) => writeFileOf(directory, name, text))
  for (const one of await Promise.allSettled(written)) if (one.status === 'rejected') throw one.reason
}

/**
 * Whoever reads the folder meanwhile sees the file whole, and another run that writes it at the same time is not in the way;
 * nothing is written through a link that someone left there.
 */
async function writeFileOf(directory: string, name: string, text: FileText): Promise<void> {
  const temporary = join(directory, `.${name}.${randomUUID()}.new`)
  try {
    if (typeof text === 'string') await writeFile(temporary, text, { flag: 'wx' })
    else await writePieces(temporary, text)
    await rename(temporary, join(directory, name))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw cannotWrite(join(directory, name), error, typeof text === 'string' ? Buffer.byteLength(text) : undefined)
  }
}

/** Found before the first call: a report that cannot be written is not worth paying for. */
export function openReportDir(directory: string): void {
  try {
    makeFolder(directory)
    removeFile(join(directory, 'calls.jsonl'))
    accessSync(directory, constants.W_OK)
  } catch (error) {
    throw cannotWrite(directory, error)
  }
}

function cannotWrite(path: string, error: unknown, bytes?: number): unknown {
  const size = bytes === undefined ? {} : { bytes }
  return diskFailure(error, { path, option: 'report-dir', what: 'the report', ...size })
}

/** Characters that are written at once. */
const PIECE = 256 * 1024

async function writePieces(path: string, parts: Iterable<string>): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for (const piece of pieces(parts)) await file.writeFile(piece)
  } finally {
    await file.close()
  }
}

function* pieces(parts: Iterable<string>): Generator<string> {
  let piece: string[] = []
  let length = 0
  for (const part of parts) {
    piece.push(part)
    length += part.length
    if (length < PIECE) continue
    yield piece.join('')
    piece = []
    length = 0
  }
  yield piece.join('')
}
