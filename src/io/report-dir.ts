// Writes the report directory: every rendering of one report, redacted, safe to upload.

import { randomUUID } from 'node:crypto'
import { accessSync, closeSync, constants, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, diskFailure } from './disk-failure.ts'
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
  const drafts = readdirSync(directory).filter((name) => DRAFT.test(name))
  if (drafts.length > 0) await (await import('./drafts.ts')).dropDrafts(directory, drafts)
  const problems: unknown[] = []
  for (const [name, text] of Object.entries(files)) {
    try {
      writeFileOf(directory, name, text)
    } catch (error) {
      problems.push(error)
    }
  }
  if (problems.length > 0) throw problems[0]
}

/**
 * Whoever reads the folder meanwhile sees the file whole, and another run that writes it at the same time is not in the way;
 * nothing is written through a link that someone left there.
 */
function writeFileOf(directory: string, name: string, text: FileText): void {
  const temporary = join(directory, `.${name}.${randomUUID()}.new`)
  try {
    if (typeof text === 'string') writeFileSync(temporary, text, { flag: 'wx' })
    else writePieces(temporary, text)
    renameSync(temporary, join(directory, name))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw cannotWrite(join(directory, name), error, typeof text === 'string' ? Buffer.byteLength(text) : undefined)
  }
}

export const CALLS_FILE = 'calls.jsonl'
/** All that a run may leave directly in its report directory, but for what a shard adds. */
const OWN_FILES = [
  ...['report.json', 'comment.md', 'summary.md', 'report.html', 'junit.xml'],
  ...['record.jsonl', CALLS_FILE],
]

/** What an earlier run left beside the report of this one would be taken for a part of it. Files of others stay. */
export function clearReportDir(directory: string, written: readonly string[]): void {
  for (const name of OWN_FILES) {
    if (written.includes(name)) continue
    try {
      removeFile(join(directory, name))
    } catch (error) {
      // Whoever writes into it says that it is a file.
      if (codeOf(error) !== 'ENOTDIR') throw cannotWrite(join(directory, name), error)
    }
  }
}

/** Found before the first call: a report that cannot be written is not worth paying for. */
export function openReportDir(directory: string): void {
  try {
    makeFolder(directory)
    clearReportDir(directory, [])
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

function writePieces(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'wx')
  try {
    for (const piece of pieces(parts)) writeFileSync(file, piece)
  } finally {
    closeSync(file)
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
