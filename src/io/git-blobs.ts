// Objects of a repository through one long-lived `git cat-file --batch`: it answers in the order of the questions. A process of its
// own for each of them would cost a run more than all that they say.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { UserError } from '../errors.ts'
import { gitArguments, gitEnvironment, gitFailed, hasNoPipes, startFailed } from './git-process.ts'
import { expectText, isLargeText } from './heap.ts'

/** The text of a blob (empty where it was taken in pieces), or its size where that is beyond what was asked for. */
export type Blob = { readonly text: string } | { readonly bytes: number }
type Take = (piece: string) => void
export type BlobReader = {
  /** Throws when there is no such object. A large text goes to `take`, as it comes; it must not throw. */
  read(id: string, maxBytes: number, take?: Take): Promise<Blob>
  /** The same of an object whose bytes are no text, by an expression that names it; null where it is larger or missing. */
  bytes(
    expression: string,
    maxBytes: number,
  ): Promise<{ readonly id: string; readonly type: string; readonly bytes: Buffer } | null>
  /** Id of the object that an expression such as `main^{commit}` names; null when there is none here, or no repository. */
  resolve(expression: string): Promise<string | null>
  /** It ended, which it does not do by itself. */
  failure(): Error | null
}

type Waiting = {
  readonly maxBytes: number
  /** What is to become of the object: a text as a whole, or as it comes, or bytes. */
  readonly take: Take | 'bytes' | undefined
  readonly answer: (found: Found | null) => void
  readonly reject: (error: Error) => void
}
type Found = { readonly id: string; readonly type: string; readonly blob: Blob | { readonly raw: Buffer } }

let ahead: { readonly root: string; readonly reader: BlobReader } | null = null

/** The next who reads there finds git running. */
export function readAhead(root: string): void {
  ahead = { root, reader: startBlobReader(root) }
}

export function startedAhead(root: string): BlobReader | undefined {
  const started = ahead?.root === root ? ahead.reader : undefined
  ahead = null
  return started
}

export function startBlobReader(root: string): BlobReader {
  const child = spawn('git', gitArguments(root, ['cat-file', '--batch']), {
    env: gitEnvironment({ root }),
    stdio: 'pipe',
  })
  if (hasNoPipes(child)) return failingReader(child)
  const waiting: Waiting[] = []
  const pipes = [child.stdin, child.stdout, child.stderr] as unknown as readonly Socket[] // pipes are sockets, so that they can be unref'd
  const keepAlive = (alive: boolean) => {
    for (const handle of [child, ...pipes]) alive ? handle.ref() : handle.unref()
  }
  const settle = (found: Found | null) => {
    waiting.shift()?.answer(found)
    if (waiting.length === 0) keepAlive(false) // an idle reader must not hold the process
  }
  const parser = batchParser({ emit: settle, next: () => waiting[0] })
  let isOver = false
  let notStarted: UserError | null = null
  const failed = () => notStarted ?? gitFailed('read the files of the repository to their end: it stopped', '')
  const fail = () => {
    isOver = true
    for (const one of waiting.splice(0)) one.reject(failed())
  }
  child.stdout.on('data', parser)
  child.stdin.on('error', fail)
  child.on('close', fail)
  child.on('error', (error: NodeJS.ErrnoException) => {
    notStarted = startFailed(error)
    fail()
  })
  keepAlive(false)
  const ask = (question: string, maxBytes: number, take?: Waiting['take']): Promise<Found | null> =>
    new Promise((answer, reject) => {
      if (isOver) return reject(failed())
      keepAlive(true)
      waiting.push({ maxBytes, take, answer, reject })
      child.stdin.write(`${question}\n`)
    })
  return {
    read: async (id, maxBytes, take) => {
      const found = await ask(id, maxBytes, take)
      if (found === null || 'raw' in found.blob)
        throw gitFailed('read a file of the repository', 'the object is missing')
      return found.blob
    },
    bytes: async (expression, maxBytes) => {
      const found = await ask(expression, maxBytes, 'bytes')
      return found !== null && 'raw' in found.blob ? { id: found.id, type: found.type, bytes: found.blob.raw } : null
    },
    resolve: async (expression) => {
      // A line break would be the end of the question, and no name of git's has one.
      if (/[\n\0]/.test(expression)) return null
      const found = await ask(expression, 0).catch(() => null)
      if (notStarted !== null) throw notStarted
      return found?.id ?? null
    },
    failure: () => (isOver ? failed() : null),
  }
}

/** It never started; why, its error says. */
function failingReader(child: ChildProcess): BlobReader {
  const failed = new Promise<never>((_, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(startFailed(error)))
  })
  failed.catch(() => undefined)
  return { read: () => failed, bytes: () => failed, resolve: () => failed, failure: () => null }
}

type Answers = {
  emit(found: Found | null): void
  /** Who asked for the blob that comes next. */
  next(): Pick<Waiting, 'maxBytes' | 'take'> | undefined
}

/**
 * A blob as it comes. A large one is decoded piece by piece, so that its bytes are never there a second time; one that is
 * too large is passed over.
 */
type Body = { readonly id: string; readonly type: string; left: number; readonly sink: Sink | null }
type Sink = { take(piece: Buffer): void; end(): Found['blob'] }

function asText(take?: Take): Sink {
  const decoder = new StringDecoder('utf8')
  const parts: string[] = []
  const give = take ?? ((piece: string) => void parts.push(piece))
  return {
    take: (piece) => give(decoder.write(piece)),
    end: () => {
      give(decoder.end())
      return { text: parts.join('') }
    },
  }
}

function asBytes(): Sink {
  const parts: Buffer[] = []
  return { take: (piece) => parts.push(piece), end: () => ({ raw: Buffer.concat(parts) }) }
}

/** Parses `<id> <type> <size>\n<bytes>\n` or `<id> missing\n`, however it is cut into chunks. */
function batchParser({ emit, next }: Answers): (chunk: Buffer) => void {
  let header = ''
  let body: Body | null = null
  // Bytes of a blob, and the line break behind it.
  const readBody = (blob: Body, chunk: Buffer, at: number): number => {
    const end = Math.min(chunk.length, at + blob.left)
    if (end > at) blob.sink?.take(chunk.subarray(at, end))
    blob.left -= end - at
    if (blob.left > 0 || end === chunk.length) return end
    body = null
    if (blob.sink !== null) emit({ id: blob.id, type: blob.type, blob: blob.sink.end() })
    return end + 1
  }
  const readHeader = (chunk: Buffer, at: number): number => {
    const newline = chunk.indexOf(LINE_BREAK, at)
    const end = newline < 0 ? chunk.length : newline
    header += chunk.toString('latin1', at, end)
    if (newline < 0) return end
    const object = objectIn(header)
    header = ''
    if (object === null) {
      emit(null)
      return end + 1
    }
    const { id, type, size } = object
    const { maxBytes = 0, take } = next() ?? {}
    const isTooLarge = size > maxBytes
    if (!isTooLarge) expectText(size)
    body = { id, type, left: size, sink: isTooLarge ? null : sinkFor(size, take) }
    if (isTooLarge) emit({ id, type, blob: { bytes: size } })
    return end + 1
  }
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) at = body === null ? readHeader(chunk, at) : readBody(body, chunk, at)
  }
}

function sinkFor(size: number, take: Waiting['take']): Sink {
  if (take === 'bytes') return asBytes()
  return asText(take !== undefined && isLargeText(size) ? take : undefined)
}

const LINE_BREAK = 0x0a

/** What is missing is answered with the question, which may be a path and contain anything. */
function objectIn(header: string): { readonly id: string; readonly type: string; readonly size: number } | null {
  const [, id, type = '', size] = /^([0-9a-f]+) ([a-z]+) (\d+)$/.exec(header) ?? []
  return id === undefined ? null : { id, type, size: Number(size) }
}
