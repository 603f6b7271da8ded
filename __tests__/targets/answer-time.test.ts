// What counts as the time of an answer: the work on it, and neither the start of its process nor what others took.
// The clock jumps by an hour when a file is there, so that no test depends on how fast a machine is.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '../../src/domain.ts'
import { systemClock } from '../../src/io/clock.ts'
import { createProcesses } from '../../src/io/processes.ts'
import type { Clock } from '../../src/ports.ts'
import { answerTime } from '../../src/targets/answer-time.ts'
import { type CommandPool, type CommandTarget, createCommandPool } from '../../src/targets/command.ts'
import { NODE24 } from '../fakes/runner.ts'
import { request, trial } from './requests.ts'

const HOUR_MS = 3_600_000

let cwd: string
const ends: (() => void)[] = []
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'parity-time-'))
})
afterEach(() => {
  for (const end of ends.splice(0)) end()
  rmSync(cwd, { recursive: true, force: true })
})

type Files = { readonly [name: string]: string }

/** How the clock waits, and what passed beside. */
type Time = Pick<Clock, 'sleep'> & { passedMs(): number }
const PLAIN: Time = { sleep: systemClock.sleep, passedMs: () => 0 }

const HOURS = ['loaded', 'worked']

/** Starting takes an hour (`loaded`), and so does each answer that says so (`worked`). */
function pool(files: Files, target: Partial<CommandTarget>, time: Time = PLAIN): CommandPool {
  for (const name of ['asked', 'heard', ...HOURS]) rmSync(join(cwd, name), { force: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const now = () => {
    const passed = HOURS.filter((name) => existsSync(join(cwd, name))).length
    writeFileSync(join(cwd, 'asked'), '')
    // Whoever looks at the clock after the start has heard that it is over.
    if (existsSync(join(cwd, 'loaded'))) writeFileSync(join(cwd, 'heard'), '')
    return systemClock.now() + passed * HOUR_MS + time.passedMs()
  }
  const clock: Clock = { ...systemClock, now, sleep: time.sleep }
  const processes = createProcesses()
  const PATH = `${dirname(NODE24)}:${process.env.PATH}`
  const made = createCommandPool(
    { kind: 'command', command: [], perCase: false, workers: 1, environment: [], ...target },
    'head',
    {
      ...{ processes, clock, workTrees: { directory: async () => cwd } },
      environment: (name) => (name === 'PATH' ? PATH : undefined),
      withoutKeys: (text) => text,
    },
  )
  ends.push(made.close, processes.close)
  return made
}

async function ask(from: CommandPool, id: string): Promise<Answer> {
  const asked = request({
    ...{ kind: 'command', provider: 'command', model: null, endpoint: 'application', messages: [] },
    application: { command: [], contentId: 'x', input: { id, vars: { id } } },
  })
  const context = { trial: trial({ caseId: id }), timeoutMs: 120_000, signal: new AbortController().signal }
  const { outcome } = await from.call(asked, context)
  if (outcome.state === 'failed') throw new Error(outcome.failure.message)
  return outcome.answer
}

const pause = (ms: number) => `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms});`
const waitFor = (name: string) => `while (!require('fs').existsSync('${name}')) ${pause(5)};`
/** The start is not over before the question is there, however busy the machine is. */
const LOADS = `${waitFor('asked')} ${pause(50)} require('fs').writeFileSync('loaded', '');`
const WORKS = `require('fs').writeFileSync('worked', '');`
/** `before` runs in the start, `work` with each question. */
const loop = (before: string, work = '') => `${LOADS} ${before}
const say = (line) => require('fs').writeSync(3, JSON.stringify(line) + '\\n')
require('readline').createInterface({ input: process.stdin }).on('line', (line) => { const { id } = JSON.parse(line); ${work}; say({ id, output: 'x' }) })`
const READY = `require('fs').writeSync(3, '{"ready": true}\\n');`
const node = { command: [process.execPath, 'app.cjs'] }

describe('a process that says nothing of its start', () => {
  it('has no latency of its first answer, only the most that it can be, and has one of the next', async () => {
    const app = pool({ 'app.cjs': loop('') }, node)
    const [first, second] = [await ask(app, 'a'), await ask(app, 'b')]
    expect(first.latencyMs).toBeNull()
    expect(first.latencyAtMostMs).toBeGreaterThanOrEqual(HOUR_MS)
    expect(second.latencyMs).toBeLessThan(HOUR_MS / 2)
    expect(second).not.toHaveProperty('latencyAtMostMs')
  })

  it('in place of one that ended, too', async () => {
    const app = pool({ 'app.cjs': `${loop('', `if (id === 'b') process.exit(1)`)}` }, node)
    expect((await ask(app, 'a')).latencyMs).toBeNull()
    await expect(ask(app, 'b')).rejects.toThrow('exited with code 1')
    expect((await ask(app, 'c')).latencyMs).toBeNull()
    expect((await ask(app, 'd')).latencyMs).not.toBeNull()
  })

  it('and serves one case alone: starting is part of every answer', async () => {
    const app = pool({ 'app.cjs': loop('') }, { ...node, perCase: true })
    expect((await ask(app, 'a')).latencyMs).toBeGreaterThanOrEqual(HOUR_MS)
    const ready = pool({ 'app.cjs': loop(READY) }, { ...node, perCase: true })
    expect((await ask(ready, 'a')).latencyMs).toBeGreaterThanOrEqual(HOUR_MS)
  })
})

describe('a process that says when it is ready', () => {
  it('has the latency of its first answer without its start, and with its work', async () => {
    const app = pool({ 'app.cjs': loop(READY) }, node)
    expect((await ask(app, 'a')).latencyMs).toBeLessThan(HOUR_MS / 2)
    const works = pool({ 'app.cjs': loop(READY, `${waitFor('heard')} ${WORKS}`) }, node)
    const { latencyMs } = await ask(works, 'a')
    expect(latencyMs).toBeGreaterThanOrEqual(HOUR_MS)
    expect(latencyMs).toBeLessThan(1.5 * HOUR_MS)
  })

  it('cannot make a later answer shorter, nor the first one by saying it twice', async () => {
    const late = `${waitFor('heard')} ${WORKS} ${READY}`
    const app = pool({ 'app.cjs': loop(READY, late) }, node)
    expect((await ask(app, 'a')).latencyMs).toBeGreaterThanOrEqual(HOUR_MS)
    rmSync(join(cwd, 'worked'))
    expect((await ask(app, 'b')).latencyMs).toBeGreaterThanOrEqual(HOUR_MS)
  })

  it('may say it on standard output; a line with an id is an answer', async () => {
    const printed = loop(`console.log('PARITY {"ready": true}');`)
    expect((await ask(pool({ 'app.cjs': printed }, node), 'a')).latencyMs).not.toBeNull()
    const within = loop(`process.stdout.write('loading... PARITY {"ready": true}\\n');`)
    expect((await ask(pool({ 'app.cjs': within }, node), 'a')).latencyMs).not.toBeNull()
    const answers = loop('', `say({ id, ready: true })`)
    await expect(ask(pool({ 'app.cjs': answers }, node), 'a')).rejects.toThrow('neither output nor error')
  })
})

const shim = (name: string) => readFileSync(new URL(`../../templates/shims/${name}`, import.meta.url), 'utf8')
const PYTHON_LOADS = "open('loaded', 'w').close()\n"
const ASGI = `async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        open('loaded', 'w').close()
        await send({'type': 'lifespan.startup.complete'})
        return
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'x'})
`
const MODULE = `import { writeFileSync } from 'node:fs'\nwriteFileSync('loaded', '')\n`
const PYTHON: readonly (readonly [string, Files, Partial<CommandTarget>])[] = [
  [
    'a Python function',
    { 'app.py': `${PYTHON_LOADS}def answer(id): return 'x'\n`, 'parity_function.py': shim('parity_function.py') },
    { command: ['python3', 'parity_function.py', 'app:answer'] },
  ],
  [
    'an ASGI route, its lifespan included',
    { 'app.py': ASGI, 'parity_function.py': shim('parity_function.py'), 'parity_asgi.py': shim('parity_asgi.py') },
    { command: ['python3', 'parity_asgi.py', 'app:app', 'GET', '/'] },
  ],
]
const NODE: typeof PYTHON = [
  [
    'a function of a module',
    { 'app.mjs': `${MODULE}export const answer = () => 'x'\n` },
    { module: { path: 'app.mjs', name: 'answer' } },
  ],
  [
    'an Express route',
    {
      'app.mjs': `${MODULE}export const app = (request, response) => response.end('x')\n`,
      'parity-express.mjs': shim('parity-express.mjs'),
    },
    { command: ['node', 'parity-express.mjs', 'app.mjs', 'GET', '/'] },
  ],
]
const hasPython = spawnSync('python3', ['--version']).status === 0

it.each([...NODE, ...(hasPython ? PYTHON : [])])(
  'what serves %s leaves its start out',
  async (_what, files, target) => {
    const app = pool(files, target)
    const answer = await ask(app, 'a')
    expect(existsSync(join(cwd, 'loaded'))).toBe(true)
    expect(answer).toMatchObject({ text: 'x', latencyMs: expect.any(Number) })
    expect(answer.latencyMs).toBeLessThan(HOUR_MS / 2)
  },
)

it.skipIf(!hasPython)('an ASGI application that does not start is an error of each answer, as before', async () => {
  const failing = `async def app(scope, receive, send):
    await receive()
    await send({'type': 'lifespan.startup.failed', 'message': 'no index'})
`
  const [, files, target] = PYTHON[1] ?? ['', {}, {}]
  const app = pool({ ...files, 'app.py': failing }, target)
  await expect(ask(app, 'a')).rejects.toThrow('RuntimeError: no index')
  await expect(ask(app, 'b')).rejects.toThrow('RuntimeError: no index')
})

describe('a process for one case', () => {
  const alone = { ...node, perCase: true }
  const READ_ON_MS = 5000
  /** Our wait for an answer before we end the input takes no time, and an hour passes. */
  const skips = () => {
    let skippedMs = 0
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (ms !== READ_ON_MS) return systemClock.sleep(ms, signal)
      skippedMs += HOUR_MS
    }
    return { sleep, passedMs: () => skippedMs }
  }
  const STARTS = `require('fs').appendFileSync('starts', 's');`
  const starts = () => readFileSync(join(cwd, 'starts'), 'utf8').length
  const READS_ON = `${STARTS} const { id } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
if (id === 'bad') process.exit(7)
console.log('PARITY ' + JSON.stringify({ id, output: 'read' }))`

  it('that reads to the end of its input is not made to wait for it twice, and our wait is no latency', async () => {
    const app = pool({ 'app.cjs': READS_ON }, alone, skips())
    const first = await ask(app, 'a')
    expect(first).toMatchObject({ text: 'read', latencyMs: null })
    expect(first.latencyAtMostMs).toBeGreaterThanOrEqual(HOUR_MS)
    for (const id of ['b', 'c']) {
      const next = await ask(app, id)
      expect(next.text).toBe('read')
      expect(next.latencyMs).toBeLessThan(HOUR_MS / 2)
    }
    expect(starts()).toBe(3)
  })

  it('that reads to the end and crashes does so for its own reasons', async () => {
    const app = pool({ 'app.cjs': READS_ON }, alone, skips())
    await ask(app, 'a')
    await expect(ask(app, 'bad')).rejects.toThrow('exited with code 7')
    expect((await ask(app, 'c')).latencyMs).toBeLessThan(HOUR_MS / 2)
  })

  it('that works for long has the latency of all of its work', async () => {
    const app = pool({ 'app.cjs': loop('', WORKS) }, alone, skips())
    expect((await ask(app, 'a')).latencyMs).toBeNull()
    rmSync(join(cwd, 'worked'))
    expect((await ask(app, 'b')).latencyMs).toBeGreaterThanOrEqual(HOUR_MS)
  })

  it('that ends with its input answers, though another one answered after that end', async () => {
    // The answer to `a` crosses the end of the input; all others would be lost by an end that comes with the question.
    const lost = `process.stdin.on('end', () => process.exit(3)); if (id !== 'a') { setTimeout(() => say({ id, output: 'x' }), 1000); return }
      process.stdin.removeAllListeners('end').on('end', () => say({ id, output: 'x' })); return`
    let waits = 0
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (ms === READ_ON_MS && waits++ === 0) return
      // Of the others none is slow.
      return systemClock.sleep(ms === READ_ON_MS ? HOUR_MS : ms, signal)
    }
    const app = pool({ 'app.cjs': `${STARTS} ${loop('', lost)}` }, alone, { sleep, passedMs: () => 0 })
    for (const id of ['a', 'b', 'c', 'd']) expect((await ask(app, id)).text).toBe('x')
    // Of `b` there were two, and then it is known.
    expect(starts()).toBe(5)
  })
})

it('what others took counts from the moment on from which the answer counts', () => {
  const [asked, ready, answered] = [
    { ms: 0, lostMs: 0 },
    { ms: 1000, lostMs: 600 },
    { ms: 1500, lostMs: 700 },
  ]
  expect(answerTime(asked, ready, answered)).toEqual({ latencyMs: 400 })
  expect(answerTime(asked, null, answered)).toEqual({ latencyMs: null, latencyAtMostMs: 800 })
  expect(answerTime(asked, asked, { ms: 1500, lostMs: 1600 })).toEqual({ latencyMs: 0 })
})
