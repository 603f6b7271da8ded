// The state directory: append-only files of whole lines, for nobody but their owner.
// Two runs in one directory may share it: every write is whole lines at the end of the file (O_APPEND), so that lines of
// both stand one after the other and neither waits for a lock that a killed run left behind.

import { closeSync, constants, fchmodSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import type { Store } from '../ports.ts'
import { codeOf, diskFailure, type FolderOption } from './disk-failure.ts'
import { makeFolder } from './folders.ts'
import { rest } from './heap.ts'

/** Written without waiting for `flush` once this much is kept back. Larger texts are made in memory of their own each. */
const MAX_BUFFER_CHARS = 64 * 1024

/** `option` is for errors. */
type Folder = { readonly directory: string; readonly option: FolderOption }
type File = {
  readonly fd: number
  readonly path: string
  /** A write of ours was cut short: what follows begins a line of its own. */
  torn: boolean
}

/** Files appear with their first line. `close` flushes. Names are plain file names. */
export function createStore(
  directory: string,
  option: FolderOption = 'state-dir',
): Required<Store> & { close(): Promise<void> } {
  const folder: Folder = { directory, option }
  const files = new Map<string, File>()
  const buffers = new Map<string, string[]>()
  let kept = 0

  const fileOf = (name: string) => {
    const file = files.get(name) ?? openForAppend(folder, name)
    files.set(name, file)
    return file
  }
  const writeAll = () => {
    for (const [name, lines] of buffers) {
      buffers.delete(name)
      lines.push('')
      writeWhole(fileOf(name), lines.join('\n'), folder)
    }
    kept = 0
  }
  const append = (name: string, line: string) => {
    if (line.includes('\n')) throw new Error(`a line for ${name} has a line break in it`)
    const lines = buffers.get(name)
    if (lines === undefined) {
      checkName(name)
      buffers.set(name, [line])
    } else lines.push(line)
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
    return fstatSync(fileOf(name).fd).size
  }
  const linesFrom = (name: string, offset: number) => {
    checkName(name)
    writeAll()
    return readLinesFrom(fileOf(name).fd, offset)
  }
  const flush = async () => writeAll()
  const close = async () => {
    writeAll()
    for (const { fd } of files.values()) closeSync(fd)
    files.clear()
  }
  return { append, readLines, eachLine, end, linesFrom, flush, close }
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no plain file name`)
}

/** Symbolic links are refused; a torn last line of a killed run is closed, so that the next line does not stick to it. */
function openForAppend({ directory, option }: Folder, name: string): File {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants
  const path = `${directory}/${name}`
  try {
    makeFolder(directory, 0o700)
    const fd = openSync(path, O_APPEND | O_CREAT | O_RDWR | (O_NOFOLLOW ?? 0), 0o600)
    fchmodSync(fd, 0o600)
    return { fd, path, torn: isTorn(fd) }
  } catch (error) {
    throw diskFailure(error, { path, option, what: RECORD })
  }
}

const RECORD = 'the record of this run'

function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(fd, last, 0, 1, size - 1)
  return last[0] !== 0x0a
}

function writeWhole(file: File, text: string, { option }: Folder): void {
  const bytes = Buffer.from(file.torn ? `\n${text}` : text, 'utf8')
  let done = 0
  try {
    while (done < bytes.byteLength) done += writeSync(file.fd, bytes, done)
    file.torn = false
  } catch (error) {
    if (done > 0) file.torn = bytes[done - 1] !== LINE_BREAK
    throw diskFailure(error, { path: file.path, option, what: RECORD, bytes: bytes.byteLength - done })
  }
}

const LINE_BREAK = 0x0a

/** In pieces, since a record may be longer than a string may be. What follows the last line break is torn and left out. */
async function visitCompleteLines(
  folder: Folder,
  name: string,
  visit: (line: string, offset: number) => void,
): Promise<void> {
  const path = `${folder.directory}/${name}`
  const failed = (error: unknown) => diskFailure(error, { path, option: folder.option, what: RECORD })
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let file: number
  try {
    // Whatever stands there in place of a file must not be waited for.
    file = openSync(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw failed(error)
  }
  try {
    if (!fstatSync(file).isFile()) throw failed(Object.assign(new Error(), { code: 'EEXIST' }))
    await visitLines(file, visit)
  } finally {
    closeSync(file)
  }
}

const LARGE_PIECE_BYTES = 1024 * 1024
const REST_BYTES = 16 * LARGE_PIECE_BYTES

const SMALL_FILE_BYTES = 4 * LARGE_PIECE_BYTES

/** A text made once and cut costs a fraction of a text made for each line; a large one would be in memory whole. */
function visitSmall(bytes: Buffer, visit: (line: string, offset: number) => void): void {
  const text = bytes.toString('utf8')
  const isAscii = text.length === bytes.length
  let [start, offset] = [0, 0]
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (end > start) visit(text.slice(start, end), offset)
    start = end + 1
    offset = isAscii ? start : bytes.indexOf(LINE_BREAK, offset) + 1
  }
}

/** Through one buffer, however long the file is: what a stream hands out is only free when it is collected. */
async function visitLines(file: number, visit: (line: string, offset: number) => void): Promise<void> {
  const { size } = fstatSync(file)
  if (size <= SMALL_FILE_BYTES) return visitSmall(readFileSync(file), visit)
  let buffer = Buffer.allocUnsafe(Math.min(LARGE_PIECE_BYTES, size + 1))
  let kept = 0
  let offset = 0
  for (;;) {
    const bytesRead = readSync(file, buffer, kept, buffer.length - kept, null)
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
