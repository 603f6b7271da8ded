// The thread that scripts of scorers run on. It has no environment of ours, and the script sees nothing of the thread.

import { parentPort } from 'node:worker_threads'
import type { JsonObject } from '../domain.ts'
import type { ScriptResult } from '../ports.ts'
import { runScript } from '../scorers/sandbox.ts'

export type Script = { readonly body: string; readonly data: JsonObject }
/** `ready` once, when the engine is loaded; then one result for each script, in order. */
export type Reply = 'ready' | ScriptResult

const reply = (message: Reply): void => parentPort?.postMessage(message)

await runScript('return true', {})
reply('ready')
// Scripts sent before wait in the port: none may run on the time that is given for loading.
parentPort?.on('message', async ({ body, data }: Script) => reply(await runScript(body, data)))
