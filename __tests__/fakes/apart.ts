// Programs started from a small process beside this one. A test worker holds hundreds of megabytes, and whenever it forks
// the machine copies the tables of all of them: ten to twenty milliseconds, in which the worker does nothing else.

import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

type Program = {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: { readonly [name: string]: string | undefined }
  /** Standard input, at an end after it; default: nothing. */
  readonly input?: string | Uint8Array
}
type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null }
type Heard = (name: 'stdout' | 'stderr', bytes: Buffer) => void
type Apart = {
  /** Rejects where it cannot be started. */
  readonly ended: Promise<Ended>
  readonly kill: (signal: NodeJS.Signals) => void
}
type Told = { id: number; name?: 'stdout' | 'stderr'; bytes?: Uint8Array; ended?: Ended; error?: string }
type Waiting = { heard: Heard; resolve(ended: Ended): void; reject(error: Error): void }

let starter: ChildProcess | undefined
let last = 0
const waiting = new Map<number, Waiting>()

export function startApart(start: Program, heard: Heard): Apart {
  starter ??= startStarter()
  const process = starter
  const id = ++last
  const ended = new Promise<Ended>((resolve, reject) => waiting.set(id, { heard, resolve, reject }))
  // While somebody waits, this process must not end.
  process.channel?.ref()
  process.send({ id, start })
  return { ended, kill: (signal) => process.send({ id, signal }) }
}

function startStarter(): ChildProcess {
  const child = fork(join(import.meta.dirname, 'starter.mjs'), { serialization: 'advanced', execArgv: [], env: {} })
  child.on('message', ({ id, name, bytes, ended, error }: Told) => {
    const one = waiting.get(id)
    if (one === undefined) return
    if (name !== undefined && bytes !== undefined) {
      one.heard(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      return
    }
    waiting.delete(id)
    if (waiting.size === 0) child.channel?.unref()
    if (ended !== undefined) one.resolve(ended)
    else one.reject(new Error(error))
  })
  child.on('exit', () => {
    starter = undefined
    for (const one of waiting.values()) one.reject(new Error('what starts programs has ended'))
    waiting.clear()
  })
  child.unref()
  return child
}
