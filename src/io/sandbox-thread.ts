// One thread for scripts: a script at a time, each with a limit of time; whatever breaks the thread fails its script only.

import { Worker } from 'node:worker_threads'
import type { ScriptResult } from '../ports.ts'
import type { Reply } from './sandbox-worker.ts'

/** `scriptMs` for one script; `startMs` for the thread to load its engine, which is not the script's time. */
export type SandboxLimits = { readonly scriptMs: number; readonly startMs: number }

export type SandboxThread = {
  busy(): boolean
  /** Only when it is not busy. `done` is called once. */
  run(program: string, done: (result: ScriptResult) => void): void
  /** A script that runs gets `result`. */
  end(result: ScriptResult): Promise<void>
}

/**
 * Of the thread's own JavaScript; the engine's memory is limited where it is made. Generous, because Node may end as a whole
 * when a thread runs out of it: what goes in and out is limited in size so that it is never reached.
 */
const RESOURCES = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }

/** Source runs beside a source file, the bundle beside a bundled one: every chunk is in the same folder. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './sandbox-worker.ts' : './sandbox-worker.cjs', import.meta.url)
}

/** `onGone` is called once, before the script that ran is told, when the thread can take no more. */
export function openThread(limits: SandboxLimits, onGone: () => void): SandboxThread {
  const worker = new Worker(workerUrl(), {
    env: {},
    argv: [],
    execArgv: [],
    // Standard output belongs to the command. What a thread prints is not read, for reading would keep the program alive.
    stdout: true,
    stderr: true,
    resourceLimits: RESOURCES,
  })
  let ready = false
  let gone = false
  let running: ((result: ScriptResult) => void) | null = null
  let timer: NodeJS.Timeout | undefined

  const finish = (result: ScriptResult): void => {
    clearTimeout(timer)
    timer = undefined
    worker.unref()
    const done = running
    running = null
    done?.(result)
  }
  const end = async (result: ScriptResult): Promise<void> => {
    if (!gone) onGone()
    gone = true
    finish(result)
    await worker.terminate()
  }
  const limit = (): void => {
    clearTimeout(timer)
    const ms = ready ? limits.scriptMs : limits.startMs
    const why = ready ? `it ran for too long (more than ${ms / 1000} s)` : `the sandbox did not start in ${ms / 1000} s`
    // When our own thread was busy, the answer may be waiting already: it is read before what setImmediate was given.
    const mine = setTimeout(() => setImmediate(() => timer === mine && void end(failed(why))), ms)
    timer = mine
  }

  worker.on('message', (reply: Reply) => {
    if (reply !== 'ready') return finish(reply)
    ready = true
    if (running !== null) limit()
  })
  worker.on('messageerror', (error) => void end(failed(`its result could not be read: ${error.message}`)))
  worker.on('error', (error) => void end(failed(wordsOf(error))))
  worker.on('exit', () => void end(failed('the sandbox ended')))

  return {
    busy: () => running !== null,
    run: (program, done) => {
      running = done
      worker.ref()
      limit()
      worker.postMessage(program)
    },
    end,
  }
}

const failed = (why: string): ScriptResult => ({ state: 'failed', why })

function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it used too much memory' : `the sandbox failed: ${error}`
}
