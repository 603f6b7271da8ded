// Blobs of a repository through one long-lived `git cat-file --batch`: it answers in the order of the questions.

import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { gitArguments, gitEnvironment, gitFailed } from './git-process.ts'

export type BlobReader = { read(id: string): Promise<string> }

type Waiting = { readonly resolve: (text: string) => void; readonly reject: (error: Error) => void }

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
  const settle = (answer: BatchAnswer) => {
    const next = waiting.shift()
    if (answer.text === null) next?.reject(gitFailed('read a file of the repository', 'the object is missing'))
    else next?.resolve(answer.text)
    if (waiting.length === 0) keepAlive(false) // an idle reader must not hold the process
  }
  const parser = batchParser(settle)
  const fail = () => {
    for (const one of waiting.splice(0)) one.reject(gitFailed('read a file of the repository', ''))
  }
  child.stdout.on('data', parser)
  child.stdin.on('error', fail)
  child.on('close', fail)
  child.on('error', fail)
  keepAlive(false)
  return {
    read: (id) =>
      new Promise((resolve, reject) => {
        keepAlive(true)
        waiting.push({ resolve, reject })
        child.stdin.write(`${id}\n`)
      }),
  }
}

type BatchAnswer = { readonly text: string | null }

/** A blob as it comes. A large one is decoded piece by piece, so that its bytes are never there a second time. */
type Body = { left: number; readonly decoder: StringDecoder; readonly parts: string[] }

/** Parses `<id> <type> <size>\n<bytes>\n` or `<id> missing\n`, however it is cut into chunks. */
function batchParser(emit: (answer: BatchAnswer) => void): (chunk: Buffer) => void {
  let header = ''
  let body: Body | null = null
  // Bytes of a blob, and the line break behind it.
  const readBody = (blob: Body, chunk: Buffer, at: number): number => {
    const end = Math.min(chunk.length, at + blob.left)
    if (end > at) blob.parts.push(blob.decoder.write(chunk.subarray(at, end)))
    blob.left -= end - at
    if (blob.left > 0 || end === chunk.length) return end
    body = null
    emit({ text: [...blob.parts, blob.decoder.end()].join('') })
    return end + 1
  }
  const readHeader = (chunk: Buffer, at: number): number => {
    const newline = chunk.indexOf(LINE_BREAK, at)
    const end = newline < 0 ? chunk.length : newline
    header += chunk.toString('latin1', at, end)
    if (newline < 0) return end
    const size = blobSize(header)
    header = ''
    if (size === null) emit({ text: null })
    else body = { left: size, decoder: new StringDecoder('utf8'), parts: [] }
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
