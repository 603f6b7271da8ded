// The recording proxy with everything around it but the command line: real processes, a real engine, the fake provider.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Answer, Failure } from '../../src/domain.ts'
import { systemClock } from '../../src/io/clock.ts'
import { createHttp } from '../../src/io/http.ts'
import { systemLoopback } from '../../src/io/loopback.ts'
import { createProcesses } from '../../src/io/processes.ts'
import { createStore } from '../../src/io/store.ts'
import { hideKeys } from '../../src/report/known-keys.ts'
import type { CallRecord } from '../../src/run/call-record.ts'
import { createRunner } from '../../src/run/runner.ts'
import type { RunDeps } from '../../src/run/state.ts'
import { type CommandPool, type CommandTarget, createCommandPool } from '../../src/targets/command.ts'
import { keysOfRun, reachable } from '../../src/targets/proxy/environment.ts'
import { createProxy, type ProxyWorld } from '../../src/targets/proxy/proxy.ts'
import { type FakeLlm, type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import { request, trial } from './requests.ts'

export const KEY = 'sk-real-0123456789'

const LOOP = `
const lines = require('readline').createInterface({ input: process.stdin })
const say = (message) => require('fs').writeSync(3, JSON.stringify(message) + '\\n')
const base = process.env.OPENAI_BASE_URL
const token = process.env.OPENAI_API_KEY
const ask = async (text, { key = token, url = base + '/chat/completions', method = 'POST', body, headers = {} } = {}) => {
  const sent = body ?? JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: text }] })
  const answer = await fetch(url, { method, headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json', ...headers }, ...(method === 'GET' ? {} : { body: sent }) })
  return { status: answer.status, body: await answer.text(), retry: answer.headers.get('x-should-retry') }
}
lines.on('line', async (line) => { const asked = JSON.parse(line); try { await handle(asked) } catch (error) { say({ id: asked.id, error: String(error) }) } })
`

export type Told =
  | (Answer & { readonly kind?: undefined })
  | (Failure & { readonly text?: undefined; readonly calls?: undefined })

/** What an application waits for, in words of its own; it lives as long as the tests of a file. */
export type Flag = { readonly wait: string; raise(): void }

export function flag(): Flag {
  const path = join(FLAGS, String(flags++))
  const wait = `while (!require('fs').existsSync(${JSON.stringify(path)})) await new Promise((done) => setTimeout(done, 5))`
  return { wait, raise: () => writeFileSync(path, '') }
}
const FLAGS = mkdtempSync(join(tmpdir(), 'parity-flags-'))
let flags = 0
afterAll(() => rmSync(FLAGS, { recursive: true, force: true }))

export type Proxied = {
  readonly llm: FakeLlm
  readonly records: readonly CallRecord[]
  readonly kept: readonly string[]
  refused(): number
  excess(): number
  pool(handle: string, extra?: Partial<CommandTarget>): CommandPool
  ask(from: CommandPool, id?: string, timeoutMs?: number): Promise<Told>
  [Symbol.asyncDispose](): Promise<void>
}

export async function proxied(
  options: {
    readonly llm?: FakeLlmOptions
    readonly deps?: Partial<RunDeps>
    readonly world?: Partial<ProxyWorld>
  } = {},
): Promise<Proxied> {
  const llm = await startFakeLlm({ apiKeys: [KEY], ...options.llm })
  const directory = mkdtempSync(join(tmpdir(), 'parity-proxied-'))
  const named: { readonly [name: string]: string } = {
    PATH: process.env.PATH ?? '',
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${llm.url}/v1`,
  }
  const environment = (name: string) => named[name]
  const http = createHttp({ environment: () => undefined })
  const processes = createProcesses()
  const records: CallRecord[] = []
  const kept: string[] = []
  const withoutKeys = hideKeys([KEY])
  const runner = await createRunner({
    call: () => Promise.reject(new Error('nobody calls this')),
    clock: systemClock,
    store: createStore(directory),
    withoutKeys,
    budget: { price: () => 1n, maxPico: null, maxCalls: null },
    limits: { backoffMs: 1, maxBackoffMs: 5 },
    onCall: (record) => records.push(record),
    ...options.deps,
  })
  const sources = { environment, credentialFile: () => null, configProviders: {} }
  const proxy = createProxy({
    loopback: systemLoopback,
    open: http.open,
    clock: systemClock,
    endpoints: await reachable(sources),
    submit: runner.submit,
    isPriced: () => true,
    keep: (line) => kept.push(JSON.stringify(line)),
    ...options.world,
  })
  const keys = keysOfRun(sources)
  const pools: CommandPool[] = []
  const pool = (handle: string, extra: Partial<CommandTarget> = {}) => {
    const script = join(directory, `app-${pools.length}.cjs`)
    writeFileSync(script, `${LOOP}\nasync function handle(asked) { ${handle} }`)
    const target: CommandTarget = {
      kind: 'command',
      command: [process.execPath, script],
      perCase: false,
      workers: 1,
      environment: [],
      ...extra,
    }
    const workTrees = { directory: async () => directory }
    const made = createCommandPool(target, 'head', {
      processes,
      workTrees,
      environment,
      clock: systemClock,
      withoutKeys,
      proxy,
      keys,
    })
    pools.push(made)
    return made
  }
  return {
    ...{ llm, records, kept, pool },
    refused: () => proxy.refused(),
    excess: () => proxy.excess(),
    ask: async (from, id = 'c1', timeoutMs = 120_000) => {
      const asked = {
        kind: 'command',
        provider: 'command',
        model: null,
        endpoint: 'application',
        messages: [],
      } as const
      const application = { command: [], contentId: 'x', input: { id, vars: { q: id } } }
      const context = { trial: trial({ caseId: id }), timeoutMs, signal: new AbortController().signal }
      const { outcome } = await from.call(request({ ...asked, application }), context)
      return outcome.state === 'answered' ? outcome.answer : outcome.failure
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of pools) one.close()
      proxy.close()
      processes.close()
      http.close()
      await llm.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
