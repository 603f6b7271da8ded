// Blobs of a repository through one long-lived `git cat-file --batch`: it answers in the order of the questions.

import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
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

/** Parses `<id> <type> <size>\n<bytes>\n` or `<id> missing\n`, however it is cut into chunks; too large a blob is passed over. */
function batchParser({ emit, maxBytes }: Answers): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let have = 0
  let need = 1
  let skip = 0
  const add = (chunk: Buffer) => {
    const kept = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - kept.length
    if (kept.length > 0) chunks.push(kept)
    have += kept.length
  }
  const keep = (rest: Buffer) => {
    chunks = []
    have = 0
    need = 1
    add(rest)
  }
  return (chunk) => {
    add(chunk)
    while (have >= need) {
      const [only] = chunks
      // One chunk with many small answers is cut, not copied for each of them.
      const buffer = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
      chunks = [buffer]
      const newline = buffer.indexOf('\n')
      if (newline < 0) {
        need = have + 1
        return
      }
      const start = newline + 1
      const size = blobSize(buffer.toString('utf8', 0, newline))
      if (size !== null && size > maxBytes()) {
        skip = size + 1
        emit({ bytes: size })
        keep(buffer.subarray(start))
        continue
      }
      const end = start + (size === null ? 0 : size + 1)
      if (have < end) {
        need = end
        return
      }
      emit(size === null ? null : { text: buffer.toString('utf8', start, start + size) })
      keep(buffer.subarray(end))
    }
  }
}

/** What is missing is answered with the question, which may be a path and contain anything. */
function blobSize(header: string): number | null {
  const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(header)?.[1]
  return size === undefined ? null : Number(size)
}
