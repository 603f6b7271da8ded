// Blobs of a repository through one long-lived `git cat-file --batch`: it answers in the order of the questions.

import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
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

/** Parses `<id> <type> <size>\n<bytes>\n` or `<id> missing\n`, however it is cut into chunks. */
function batchParser(emit: (answer: BatchAnswer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let have = 0
  let need = 1
  return (chunk) => {
    chunks.push(chunk)
    have += chunk.length
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
      const size = blobSize(buffer.toString('utf8', 0, newline))
      const end = newline + 1 + (size === null ? 0 : size + 1)
      if (have < end) {
        need = end
        return
      }
      emit({ text: size === null ? null : buffer.toString('utf8', newline + 1, newline + 1 + size) })
      const rest = buffer.subarray(end)
      chunks = rest.length === 0 ? [] : [rest]
      have = rest.length
      need = 1
    }
  }
}

/** What is missing is answered with the question, which may be a path and contain anything. */
function blobSize(header: string): number | null {
  const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(header)?.[1]
  return size === undefined ? null : Number(size)
}
