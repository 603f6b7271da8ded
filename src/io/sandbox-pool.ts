// Scripts of scorers on threads of their own. The engine counts a script's steps, but cannot look up within one long
// native call; a thread can be ended in the middle of it.

import type { Sandbox, ScriptResult } from '../ports.ts'
import { programOf } from '../scorers/sandbox.ts'
import { openThread, type SandboxLimits, type SandboxThread } from './sandbox-thread.ts'

const THREADS = 2
const LIMITS: SandboxLimits = { scriptMs: 5000, startMs: 30_000 }

export type SandboxPool = { readonly run: Sandbox; close(): Promise<void> }

/**
 * Threads are started when they are needed and used again; an idle one does not keep the program alive. A script that
 * uses up its time takes its thread with it and is `failed`, like one that was not finished at `close`.
 */
export function createSandboxPool(limits: Partial<SandboxLimits> = {}): SandboxPool {
  const threads = new Set<SandboxThread>()
  const waiting: { readonly program: string; readonly settle: (result: ScriptResult) => void }[] = []
  let closed = false
  const start = (): SandboxThread => {
    const thread = openThread({ ...LIMITS, ...limits }, () => threads.delete(thread))
    threads.add(thread)
    return thread
  }
  const next = (): void => {
    const idle = [...threads].find((thread) => !thread.busy())
    if (idle === undefined && threads.size >= THREADS) return
    const job = waiting.shift()
    if (job === undefined) return
    const done = (result: ScriptResult) => {
      job.settle(result)
      next()
    }
    try {
      const thread = idle ?? start()
      thread.run(job.program, done)
    } catch (error) {
      // Node itself may refuse threads.
      done({ state: 'failed', why: `the sandbox did not start: ${error}` })
    }
  }
  return {
    run: (body, data) =>
      new Promise((settle) => {
        if (closed) return settle(ENDED)
        const program = programOf(body, data)
        if (program.state === 'failed') return settle(program)
        waiting.push({ program: program.text, settle })
        next()
      }),
    close: async () => {
      closed = true
      for (const { settle } of waiting.splice(0)) settle(ENDED)
      await Promise.all([...threads].map((thread) => thread.end(ENDED)))
    },
  }
}

const ENDED: ScriptResult = { state: 'failed', why: 'the run ended before it did' }
