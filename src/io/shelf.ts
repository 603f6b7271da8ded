// Texts put away in a file without a name: it is gone with the process, however that ends, and nobody else can open it.

import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import type { Shelf } from '../ports.ts'
import { diskFailure } from './disk-failure.ts'
import { makeFolder } from './folders.ts'

/** Bytes that wait for the next write. */
const WAITING_BYTES = 256 * 1024
const LENGTH_BYTES = 4
/** Read at once: most texts end within it. */
const FIRST_PIECE_BYTES = 2 * 1024
const AHEAD_BYTES = 64 * 1024

/**
 * The file appears with the first texts. A number is the byte at which a text's length stands, the text behind it.
 *
 * @param onUse called once, when there is something to keep: only a large set has that
 */
export function createShelf(directory: string, onUse: () => void = () => undefined): Shelf & { close(): void } {
  let fd: number | null = null
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let written = 0
  const textAt = createReader()

  const write = () => {
    if (waiting.length === 0) return
    const bytes = Buffer.concat(waiting)
    try {
      fd ??= openNameless(directory)
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, written + done)
    } catch (error) {
      throw diskFailure(error, {
        path: `${directory}/`,
        option: 'state-dir',
        what: 'the texts of this run',
        bytes: bytes.length,
      })
    }
    written += bytes.length
    waiting = []
    waitingBytes = 0
  }
  const put = (text: string) => {
    const ticket = written + waitingBytes
    if (ticket === 0) onUse()
    const bytes = Buffer.allocUnsafe(LENGTH_BYTES + Buffer.byteLength(text))
    bytes.writeUInt32LE(bytes.length - LENGTH_BYTES)
    bytes.write(text, LENGTH_BYTES)
    waiting.push(bytes)
    waitingBytes += bytes.length
    if (waitingBytes > WAITING_BYTES) write()
    return ticket
  }
  const get = (ticket: number) => {
    if (ticket >= written) write()
    if (fd === null) throw new Error('nothing was put on the shelf')
    return textAt(fd, ticket)
  }
  const close = () => {
    if (fd !== null) closeSync(fd)
    fd = null
  }
  return { put, get, close }
}

function openNameless(directory: string): number {
  makeFolder(directory, 0o700)
  const path = `${directory}/.texts-${process.pid}-${process.hrtime.bigint()}`
  const fd = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return fd
}

/** Reads on where texts are asked for in their order, and a little where they are not; into one buffer, however many there are. */
function createReader(): (fd: number, ticket: number) => string {
  const buffer = Buffer.allocUnsafe(AHEAD_BYTES)
  let [start, length] = [0, 0]
  const has = (ticket: number, bytes: number) => ticket >= start && ticket + bytes <= start + length
  const fill = (fd: number, ticket: number) => {
    const isNext = ticket >= start && ticket <= start + length
    length = readSync(fd, buffer, 0, isNext ? AHEAD_BYTES : FIRST_PIECE_BYTES, ticket)
    start = ticket
  }
  return (fd, ticket) => {
    if (!has(ticket, LENGTH_BYTES)) fill(fd, ticket)
    const size = LENGTH_BYTES + buffer.readUInt32LE(ticket - start)
    if (!has(ticket, size) && size <= AHEAD_BYTES) fill(fd, ticket)
    if (has(ticket, size)) return buffer.toString('utf8', ticket - start + LENGTH_BYTES, ticket - start + size)
    return longText(fd, ticket + LENGTH_BYTES, size - LENGTH_BYTES)
  }
}

function longText(fd: number, at: number, length: number): string {
  const whole = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const more = readSync(fd, whole, done, length - done, at + done)
    if (more === 0) throw new Error('a text on the shelf was cut short')
    done += more
  }
  return whole.toString('utf8')
}
