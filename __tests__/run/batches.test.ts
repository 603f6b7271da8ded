// Batches against the fake providers, which ask and check each of their requests as a single one.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/io/clock.ts'
import { createHttp } from '../../src/io/http.ts'
import { createStore } from '../../src/io/store.ts'
import type { Clock, Http } from '../../src/ports.ts'
import { hideKeys } from '../../src/report/known-keys.ts'
import { BATCHES_FILE, noteOver } from '../../src/run/batch-file.ts'
import type { BatchDeps } from '../../src/run/batch-state.ts'
import { openBatches } from '../../src/run/batches.ts'
import { ANSWERS_FILE, RAW_FILE } from '../../src/run/record.ts'
import { createRunner } from '../../src/run/runner.ts'
import { batchAtOnce, batched, batchLane } from '../../src/run/tuned.ts'
import { attempt } from '../../src/targets/call.ts'
import { endpointFor } from '../../src/targets/providers.ts'
import { type FakeLlm, type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import { request, trial } from '../targets/requests.ts'

const KEY = 'sk-batches-0123456789'

let directory: string
const closers: (() => unknown)[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parity-batches-'))
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  rmSync(directory, { recursive: true, force: true })
})

type Sleeper = { readonly untilMs: number; readonly wake: () => void }

/** Hours pass at once, and only while nobody waits for a provider: what happens when is the same on every machine. */
function idleClock(http: Http): { readonly clock: Clock; readonly http: Http } {
  let nowMs = systemClock.now()
  let open = 0
  let turns = 0
  const sleepers = new Set<Sleeper>()
  const turn = () => {
    turns = open > 0 ? 0 : turns + 1
    // What follows an answer may take some turns of its own.
    const [first] = turns < 5 ? [] : [...sleepers].sort((one, other) => one.untilMs - other.untilMs)
    if (first !== undefined) {
      turns = 0
      nowMs = Math.max(nowMs, first.untilMs)
      sleepers.delete(first)
      first.wake()
    }
    if (sleepers.size > 0) setImmediate(turn)
  }
  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper = { untilMs: nowMs + ms, wake: resolve }
      signal?.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason), { once: true })
      sleepers.add(sleeper)
      if (sleepers.size === 1) setImmediate(turn)
    })
  const counted: Http = (request) => {
    open += 1
    return http(request).finally(() => {
      open -= 1
    })
  }
  return { clock: { now: () => nowMs, sleep }, http: counted }
}

async function provider(options: FakeLlmOptions): Promise<FakeLlm> {
  const llm = await startFakeLlm({ answer: ({ prompt }) => `to ${prompt}`, ...options })
  closers.push(llm.close)
  return llm
}

type Options = {
  readonly names?: readonly string[]
  readonly models?: readonly string[]
  readonly cases?: number
  readonly endsOnceHandedOver?: boolean | number
  readonly run?: BatchDeps['run']
}

async function run(
  llm: FakeLlm,
  { names = ['openai'], models = ['model'], cases = 12, endsOnceHandedOver = false, run: of = null }: Options = {},
) {
  const ended = new AbortController()
  const { signal } = ended
  const real = createHttp({ environment: () => undefined })
  closers.push(real.close)
  const { clock, http } = idleClock(real)
  const environment = (name: string) =>
    ({
      ...{ OPENAI_API_KEY: 'sk-o-123456', ANTHROPIC_API_KEY: 'sk-a-123456', GEMINI_API_KEY: 'g-123456' },
      ...{ OPENAI_BASE_URL: `${llm.url}/v1`, ANTHROPIC_BASE_URL: llm.url, GEMINI_BASE_URL: llm.url },
    })[name]
  const sources = { environment, credentialFile: () => null, configProviders: {} }
  const store = createStore(directory)
  const lines: string[] = []
  const withoutKeys = hideKeys([KEY])
  const { call, awaited, lost } = await openBatches({
    ...{ http, clock, store, signal, withoutKeys, run: of },
    call: async () => attempt({ state: 'answered', answer: { text: 'not in a batch', latencyMs: 1 } }),
    connect: async (name) => ({ endpoint: await endpointFor(name, sources), secrets: [] }),
    log: {
      info: (line) => {
        lines.push(line)
        if (lines.length === Number(endsOnceHandedOver)) setImmediate(() => ended.abort())
      },
    },
  })
  const runner = await createRunner({
    ...{ call, clock, store, signal, withoutKeys },
    limits: { backoffMs: 1, maxBackoffMs: 5 },
    budget: { price: () => 1n, maxPico: null, maxCalls: null },
    concurrencyOf: (work) => batchAtOnce(work),
    accountOf: (work) => batchLane(work),
    useStored: () => false,
  })
  const endpoints = { openai: 'chat', anthropic: 'messages', gemini: 'generate', other: 'chat' } as const
  const asked = names.flatMap((name) => models.map((model) => ({ name, model })))
  const works = asked.flatMap(({ name, model }) =>
    Array.from({ length: cases }, (_, index) =>
      batched({
        trial: trial({ caseId: `${name} ${index}` }),
        request: request({
          provider: name,
          model: `${name}-${model}`,
          endpoint: endpoints[name as keyof typeof endpoints],
          messages: [{ role: 'user', content: `${name} ${index}` }],
        }),
      }),
    ),
  )
  const outcomes = await runner.run(works)
  await store.flush()
  const said = outcomes.map(({ outcome }) =>
    outcome.state === 'answered' ? outcome.answer.text : `${outcome.failure.cause}: ${outcome.failure.message}`,
  )
  return { said, lines, outcomes, stats: runner.stats(), awaited, lost }
}

const orders = (llm: FakeLlm) => llm.requests.length
const expected = (name: string, cases = 12) => Array.from({ length: cases }, (_, index) => `to ${name} ${index}`)

describe('batches', () => {
  it.each(['openai', 'anthropic', 'gemini'])('%s answers each request in one batch', async (name) => {
    const llm = await provider({ batches: { polls: 3 } })
    const { said, lines, outcomes } = await run(llm, { names: [name] })
    expect(said).toEqual(expected(name))
    expect(lines).toHaveLength(1)
    expect(llm.violations).toEqual([])
    expect(orders(llm)).toBe(12)
    const [first] = outcomes
    expect(first?.outcome.state === 'answered' && first.outcome.answer.latencyMs).toBeNull()
    expect(first?.outcome.state === 'answered' && first.outcome.answer.usage?.output).toBeGreaterThan(0)
  })

  it.each(['openai', 'anthropic', 'gemini'])('%s: no answer of a batch keeps a key that it repeats', async (name) => {
    const llm = await provider({ batches: {}, answer: () => ({ text: `to ${KEY}`, model: KEY, fingerprint: KEY }) })
    const { said, outcomes } = await run(llm, { names: [name], cases: 2 })
    expect(said).toEqual(['to [redacted: configured key]', 'to [redacted: configured key]'])
    const written = [ANSWERS_FILE, RAW_FILE].map((file) => readFileSync(join(directory, file), 'utf8')).join('')
    expect(written).toContain('[redacted: configured key]')
    expect(`${written}${JSON.stringify(outcomes)}`).not.toContain(KEY)
  })

  it('goes past providers without batches, and makes one for each model', async () => {
    const llm = await provider({ batches: {} })
    const { said, lines } = await run(llm, { names: ['openai', 'other', 'anthropic'] })
    expect(said.filter((text) => text === 'not in a batch')).toHaveLength(12)
    expect(lines).toHaveLength(2)
    expect(llm.violations).toEqual([])
  })

  it.each(['openai', 'anthropic', 'gemini'])(
    '%s: a request that expires or fails is asked again, the others not',
    async (name) => {
      const llm = await provider({ batches: { expire: 3 } })
      const { said } = await run(llm, { names: [name], cases: 6 })
      // Of six three are left, of which none is answered in the next batch; then they are given up.
      expect(said.slice(0, 3)).toEqual(expected(name, 3))
      expect(said.slice(3).every((text) => /^(server|timeout)/.test(text))).toBe(true)
      expect(orders(llm)).toBe(3)
    },
  )

  it.each(['openai', 'anthropic', 'gemini'])(
    '%s: what is refused in a batch says what a call would have said',
    async (name) => {
      const llm = await provider({ batches: {}, knownModels: ['nothing'] })
      const { said } = await run(llm, { names: [name], cases: 2 })
      expect(said.every((text) => text.startsWith('unknown-model'))).toBe(true)
    },
  )

  it('a batch that fails as a whole is made anew', async () => {
    const llm = await provider({ batches: { fail: [1] } })
    const { said, lines } = await run(llm, { cases: 3 })
    expect(said).toEqual(expected('openai', 3))
    expect(lines).toHaveLength(2)
  })

  it.each(['openai', 'anthropic', 'gemini'])(
    '%s: the id of a batch that is waited for ends its calls',
    async (name) => {
      const llm = await provider({ batches: { polls: 3, sameId: true } })
      const { said, stats } = await run(llm, { names: [name], cases: 3, models: ['one', 'other'] })
      const wanted = /^malformed-answer: the provider gave two batches the same id \(\S+1\)$/
      // Of the first nobody knows what is found under the id; nothing waits for good.
      expect([said.length, said.filter((text) => wanted.test(text)).length]).toEqual([6, 3])
      // What was handed over may be billed.
      expect(stats.uncertainPico).toBeGreaterThanOrEqual(3n)
    },
  )

  it.each(['openai', 'anthropic', 'gemini'])(
    '%s: a run that ends early is collected by the next, with no request twice',
    async (name) => {
      const llm = await provider({ batches: { polls: 1_000_000 } })
      const first = await run(llm, { names: [name], endsOnceHandedOver: true })
      expect(first.said.every((text) => text.startsWith('cancelled'))).toBe(true)
      expect(first.lines).toHaveLength(1)
      llm.configure({ batches: { polls: 0 }, answer: ({ prompt }) => `to ${prompt}` })
      const second = await run(llm, { names: [name] })
      expect(second.said).toEqual(expected(name))
      expect(second.lines).toEqual([])
      expect(second.stats.lost).toBe(0)
      expect(orders(llm)).toBe(12)
      // A third asks anew: an answer is a draw, and is used once.
      const third = await run(llm, { names: [name] })
      expect(third.lines).toHaveLength(1)
      expect(orders(llm)).toBe(24)
    },
  )

  const job = (day: number, concluded: string | null = null, config = 'parity.yaml') => ({
    ...{ config, at: `2026-12-0${day}T05:00:00.000Z` },
    concludedAt: () => concluded,
  })

  it.each(['openai', 'anthropic', 'gemini'])(
    '%s: what a job has collected serves the next one of its run, and none of another',
    async (name) => {
      // Three of six are answered; the job ends once the others are ordered again.
      const llm = await provider({ batches: { polls: 0, expire: 3 } })
      const options = { names: [name], cases: 6 }
      const first = await run(llm, { ...options, run: job(1), endsOnceHandedOver: 2 })
      expect(first.said.filter((text) => text.startsWith('to '))).toHaveLength(3)
      expect([...first.awaited]).toEqual([trial().evalSet])
      llm.configure({ batches: { polls: 0 }, answer: ({ prompt }) => `to ${prompt}` })
      // As after a kill: nothing was said of the end of the first.
      const second = await run(llm, { ...options, run: job(2) })
      expect([second.said, second.lines]).toEqual([expected(name, 6), []])
      expect([second.stats.pico, orders(llm), second.awaited.size]).toEqual([3n, 6, 0])
      const third = await run(llm, { ...options, run: job(3) })
      expect([third.said, third.lines, third.stats.pico]).toEqual([expected(name, 6), [], 0n])
      // Another configuration, what the history has, and a run that is over without it.
      expect((await run(llm, { ...options, run: job(4, null, 'other.yaml') })).lines).toHaveLength(1)
      expect((await run(llm, { ...options, run: job(4, job(3).at) })).lines).toHaveLength(1)
      expect((await run(llm, { ...options, run: job(5, job(3).at) })).lines).toEqual([])
      const store = createStore(directory)
      await noteOver(store, job(5), [trial().evalSet])
      await store.close()
      expect((await run(llm, { ...options, run: job(6) })).lines).toHaveLength(1)
    },
  )

  it.each(['openai', 'anthropic', 'gemini'])('%s: a key that is refused meanwhile loses no batch', async (name) => {
    const llm = await provider({ batches: { refusePolls: 401 } })
    const first = await run(llm, { names: [name], cases: 4 })
    expect(first.said.every((text) => text.startsWith('authentication'))).toBe(true)
    llm.configure({ batches: { polls: 0 }, answer: ({ prompt }) => `to ${prompt}` })
    const second = await run(llm, { names: [name], cases: 4 })
    expect([second.said, second.lines, orders(llm)]).toEqual([expected(name, 4), [], 4])
  })

  it('a provider that is down for long ends the wait, and the batch stays with it', async () => {
    const llm = await provider({ batches: { refusePolls: 503 } })
    const first = await run(llm, { cases: 2 })
    expect(first.said.every((text) => text.startsWith('server'))).toBe(true)
    expect(first.lines).toHaveLength(1)
    llm.configure({ batches: { polls: 0 }, answer: ({ prompt }) => `to ${prompt}` })
    const second = await run(llm, { cases: 2 })
    expect([second.said, orders(llm)]).toEqual([expected('openai', 2), 2])
  })

  it.each(['openai', 'anthropic', 'gemini'])(
    '%s: an order whose answer is lost counts as one that may be billed, before it is made again',
    async (name) => {
      const llm = await provider({ batches: { unheard: { orders: 1, status: 500 } } })
      const { said, lines, stats } = await run(llm, { names: [name], cases: 4 })
      expect([said, lines]).toEqual([expected(name, 4), [expect.stringMatching(/2: 4 calls/)]])
      expect([stats.pico, stats.uncertainPico]).toEqual([4n, 4n])
    },
  )

  it('openai: an order whose answer is lost is found by its file', async () => {
    const llm = await provider({ batches: { unheard: { orders: 1, status: 500 }, lists: true } })
    const { said, lines, stats } = await run(llm, { cases: 4 })
    expect([said, lines]).toEqual([expected('openai', 4), [expect.stringMatching(/^Batch batch_1: 4 calls/)]])
    expect([stats.pico, stats.uncertainPico]).toEqual([4n, 0n])
  })

  it('a process that was killed while it ordered is told, once', async () => {
    const llm = await provider({ batches: {} })
    expect((await run(llm, { cases: 2 })).lost).toBe(0)
    const file = join(directory, BATCHES_FILE)
    const [ordering = ''] = readFileSync(file, 'utf8').split('\n')
    expect(ordering).toContain('"ordering":')
    writeFileSync(file, `${ordering}\n`)
    expect((await run(llm, { cases: 2 })).lost).toBe(2)
    expect((await run(llm, { cases: 2 })).lost).toBe(0)
  })

  it('keeps no text of a request or an answer with the batches', async () => {
    const llm = await provider({ batches: {} })
    await run(llm, { cases: 2 })
    const file = readFileSync(join(directory, BATCHES_FILE), 'utf8')
    expect(file).toContain('batch_1')
    expect(file).not.toMatch(/openai 0|sk-o/)
  })

  it('an address without batches is said, and no call is made one by one', async () => {
    const llm = await provider({})
    await expect(run(llm, { cases: 2 })).rejects.toThrow(/no batch endpoint/)
  })
})
