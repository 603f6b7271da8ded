// The state directory: append-only files of whole lines, for nobody but their owner.
// Two runs in one directory may share it: every write is whole lines at the end of the file (O_APPEND), so that lines of
// both stand one after the other and neither waits for a lock that a killed run left behind.

import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { rest } from './heap.ts'

/** Written without waiting for `flush` once this much is kept back. */
const MAX_BUFFER_CHARS = 1024 * 1024

/** The input that names the folder, for errors. */
export type FolderOption = 'state-dir' | 'report-dir'
type Folder = { readonly directory: string; readonly option: FolderOption }

/** Files appear with their first line. `close` flushes. Names are plain file names. */
export function createStore(
  directory: string,
  option: FolderOption = 'state-dir',
): Required<Store> & { close(): Promise<void> } {
  const folder: Folder = { directory, option }
  const files = new Map<string, number>()
  const buffers = new Map<string, string[]>()
  let kept = 0

  const fileOf = (name: string) => {
    const fd = files.get(name) ?? openForAppend(folder, name)
    files.set(name, fd)
    return fd
  }
  const writeAll = () => {
    for (const [name, lines] of buffers) {
      buffers.delete(name)
      writeWhole(fileOf(name), `${lines.join('\n')}\n`, folder)
    }
    kept = 0
  }
  const append = (name: string, line: string) => {
    checkName(name)
    if (line.includes('\n')) throw new Error(`a line for ${name} has a line break in it`)
    const lines = buffers.get(name)
    if (lines === undefined) buffers.set(name, [line])
    else lines.push(line)
    kept += line.length
    if (kept > MAX_BUFFER_CHARS) writeAll()
  }
  const eachLine = async (name: string, visit: (line: string, offset: number) => void) => {
    checkName(name)
    writeAll()
    await visitCompleteLines(folder, name, visit)
  }
  const readLines = async (name: string) => {
    const lines: string[] = []
    await eachLine(name, (line) => lines.push(line))
    return lines
  }
  const end = (name: string) => {
    checkName(name)
    writeAll()
    return fstatSync(fileOf(name)).size
  }
  const linesFrom = (name: string, offset: number) => {
    checkName(name)
    writeAll()
    return readLinesFrom(fileOf(name), offset)
  }
  const flush = async () => writeAll()
  const close = async () => {
    writeAll()
    for (const fd of files.values()) closeSync(fd)
    files.clear()
  }
  return { append, readLines, eachLine, end, linesFrom, flush, close }
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no plain file name`)
}

/** Symbolic links are refused; a torn last line of a killed run is closed, so that the next line does not stick to it. */
function openForAppend(folder: Folder, name: string): number {
  const { directory } = folder
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const fd = openSync(`${directory}/${name}`, O_APPEND | O_CREAT | O_RDWR | (O_NOFOLLOW ?? 0), 0o600)
    fchmodSync(fd, 0o600)
    if (isTorn(fd)) writeWhole(fd, '\n', folder)
    return fd
  } catch (error) {
    throw cannotWrite(error, folder)
  }
}

function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(fd, last, 0, 1, size - 1)
  return last[0] !== 0x0a
}

function writeWhole(fd: number, text: string, folder: Folder): void {
  const bytes = Buffer.from(text, 'utf8')
  try {
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(fd, bytes, done)
  } catch (error) {
    throw cannotWrite(error, folder)
  }
}

function cannotWrite(error: unknown, { directory, option }: Folder): unknown {
  if (error instanceof UserError) return error
  const code = codeOf(error)
  if (code === null) return error
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new UserError({
    what: full
      ? `The disk is full: ${directory} cannot take the record of this run.`
      : `The record of this run cannot be written to ${directory} (${code}).`,
    remedy: full
      ? `Make room or point ${option} elsewhere; a new run goes on from what is recorded.`
      : `Point ${option} to a directory of ours that may be written, without symbolic links.`,
  })
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

const LINE_BREAK = 0x0a

/** In pieces, since a record may be longer than a string may be. What follows the last line break is torn and left out. */
async function visitCompleteLines(
  folder: Folder,
  name: string,
  visit: (line: string, offset: number) => void,
): Promise<void> {
  const file = await open(`${folder.directory}/${name}`, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null
      throw cannotWrite(error, folder)
    },
  )
  if (file === null) return
  try {
    await visitLines(file, visit)
  } finally {
    await file.close()
  }
}

const LARGE_PIECE_BYTES = 1024 * 1024
const REST_BYTES = 16 * LARGE_PIECE_BYTES

/** Through one buffer, however long the file is: what a stream hands out is only free when it is collected. */
async function visitLines(file: FileHandle, visit: (line: string, offset: number) => void): Promise<void> {
  const { size } = await file.stat()
  let buffer = Buffer.allocUnsafe(Math.min(LARGE_PIECE_BYTES, size + 1))
  let kept = 0
  let offset = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, kept, buffer.length - kept, null)
    if (bytesRead === 0) return
    const bytes = buffer.subarray(0, kept + bytesRead)
    let start = 0
    for (let end = bytes.indexOf(LINE_BREAK, kept); end >= 0; end = bytes.indexOf(LINE_BREAK, start)) {
      if (end > start) visit(bytes.toString('utf8', start, end), offset + start)
      start = end + 1
    }
    kept = bytes.length - start
    offset += start
    if (Math.floor(offset / REST_BYTES) > Math.floor((offset - start) / REST_BYTES)) await rest()
    if (start > 0) buffer.copyWithin(0, start, bytes.length)
    else if (kept === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length)
  }
}

/** Most lines fit into the first piece. */
const FIRST_PIECE_BYTES = 4 * 1024
const PIECE_BYTES = 256 * 1024

function* readLinesFrom(fd: number, from: number): Generator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for (let at = from; ; ) {
    const piece = Buffer.allocUnsafe(at === from ? FIRST_PIECE_BYTES : PIECE_BYTES)
    const read = readSync(fd, piece, 0, piece.length, at)
    if (read === 0) return
    at += read
    const bytes = Buffer.concat([rest, piece.subarray(0, read)])
    let start = 0
    for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, start)) {
      if (end > start) yield bytes.toString('utf8', start, end)
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
}
