// Blobs of a repository through one long-lived `git cat-file --batch`: it answers in the order of the questions.

import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { gitArguments, gitEnvironment, gitFailed } from './git-process.ts'

/** The text of a blob, or its size where that is beyond what was asked for. */
export type Blob = { readonly text: string } | { readonly bytes: number }
export type BlobReader = { read(id: string, maxBytes: number): Promise<Blob> }

type Waiting = {
  readonly maxBytes: number
  readonly resolve: (blob: Blob) => void
  readonly reject: (error: Error) => void
}

export function startBlobReader(root: string): BlobReader {
  const child = spawn('git', gitArguments(root, ['cat-file', '--batch']), {
    env: gitEnvironment({ root }),
    stdio: 'pipe',
  })
  const waiting: Waiting[] = []
  const pipes = [child.stdin, child.stdout, child.stderr] as unknown as readonly Socket[] // pipes are sockets, so that they can be unref'd
  const keepAlive = (alive: boolean) => {
    for (const handle of [child, ...pipes]) alive ? handle.ref() : handle.unref()
  }
  const settle = (answer: Blob | null) => {
    const next = waiting.shift()
    if (answer === null) next?.reject(gitFailed('read a file of the repository', 'the object is missing'))
    else next?.resolve(answer)
    if (waiting.length === 0) keepAlive(false) // an idle reader must not hold the process
  }
  const parser = batchParser({ emit: settle, maxBytes: () => waiting[0]?.maxBytes ?? 0 })
  const fail = () => {
    for (const one of waiting.splice(0)) one.reject(gitFailed('read a file of the repository', ''))
  }
  child.stdout.on('data', parser)
  child.stdin.on('error', fail)
  child.on('close', fail)
  child.on('error', fail)
  keepAlive(false)
  return {
    read: (id, maxBytes) =>
      new Promise((resolve, reject) => {
        keepAlive(true)
        waiting.push({ maxBytes, resolve, reject })
        child.stdin.write(`${id}\n`)
      }),
  }
}

type Answers = {
  emit(answer: Blob | null): void
  /** Of the blob that comes next. */
  maxBytes(): number
}

/**
 * A blob as it comes. A large one is decoded piece by piece, so that its bytes are never there a second time; one that is
 * too large is passed over.
 */
type Body = { left: number; readonly parts: string[] | null; readonly decoder: StringDecoder }

/** Parses `<id> <type> <size>\n<bytes>\n` or `<id> missing\n`, however it is cut into chunks. */
function batchParser({ emit, maxBytes }: Answers): (chunk: Buffer) => void {
  let header = ''
  let body: Body | null = null
  // Bytes of a blob, and the line break behind it.
  const readBody = (blob: Body, chunk: Buffer, at: number): number => {
    const end = Math.min(chunk.length, at + blob.left)
    if (end > at && blob.parts !== null) blob.parts.push(blob.decoder.write(chunk.subarray(at, end)))
    blob.left -= end - at
    if (blob.left > 0 || end === chunk.length) return end
    body = null
    if (blob.parts !== null) emit({ text: [...blob.parts, blob.decoder.end()].join('') })
    return end + 1
  }
  const readHeader = (chunk: Buffer, at: number): number => {
    const newline = chunk.indexOf(LINE_BREAK, at)
    const end = newline < 0 ? chunk.length : newline
    header += chunk.toString('latin1', at, end)
    if (newline < 0) return end
    const size = blobSize(header)
    header = ''
    if (size === null) {
      emit(null)
      return end + 1
    }
    const isTooLarge = size > maxBytes()
    body = { left: size, parts: isTooLarge ? null : [], decoder: new StringDecoder('utf8') }
    if (isTooLarge) emit({ bytes: size })
    return end + 1
  }
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) at = body === null ? readHeader(chunk, at) : readBody(body, chunk, at)
  }
}

const LINE_BREAK = 0x0a

/** What is missing is answered with the question, which may be a path and contain anything. */
function blobSize(header: string): number | null {
  const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(header)?.[1]
  return size === undefined ? null : Number(size)
}
