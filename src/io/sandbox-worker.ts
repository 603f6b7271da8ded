// The thread that scripts of scorers run on. It has no environment of ours, and the script sees nothing of the thread.

import { parentPort } from 'node:worker_threads'
import type { ScriptResult } from '../ports.ts'
import { runProgram } from '../scorers/sandbox.ts'

/** `ready` once, when the engine is loaded; then one result for each program that was sent, in order. */
export type Reply = 'ready' | ScriptResult

const reply = (message: Reply): void => parentPort?.postMessage(message)

runProgram('').then(() => {
  reply('ready')
  // Programs sent before wait in the port: none may run on the time that is given for loading.
  parentPort?.on('message', async (program: string) => reply(await runProgram(program)))
})
