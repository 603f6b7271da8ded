import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/io/clock.ts'
import { createProcesses } from '../../src/io/processes.ts'
import type { Clock } from '../../src/ports.ts'
import type { CommandPool, CommandTarget, CommandWorld } from '../../src/targets/command.ts'
import { createCommandPool } from '../../src/targets/command.ts'
import { request, trial } from './requests.ts'

let cwd: string
const processes = createProcesses()
const pools: CommandPool[] = []
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'parity-cmd-'))
})
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close()
})
afterAll(() => {
  processes.close()
  rmSync(cwd, { recursive: true, force: true })
})

const LOOP = `
const lines = require('readline').createInterface({ input: process.stdin })
const say = (message) => require('fs').writeSync(3, JSON.stringify(message) + '\\n')
lines.on('line', (line) => { const asked = JSON.parse(line); handle(asked) })
`
function pool(handle: string, extra: Partial<CommandTarget> = {}, world: Partial<CommandWorld> = {}): CommandPool {
  const script = join(cwd, `app-${Math.abs(hash(handle))}.cjs`)
  writeFileSync(script, `${LOOP}\nfunction handle(asked) { ${handle} }`)
  const target: CommandTarget = {
    kind: 'command',
    command: [process.execPath, script],
    perCase: false,
    workers: 1,
    environment: [],
    ...extra,
  }
  const made = createCommandPool(target, 'head', {
    processes,
    workTrees: { directory: async () => cwd },
    environment: (name) =>
      ({ PATH: process.env.PATH, OPENAI_API_KEY: 'sk-x', NODE_AUTH_TOKEN: 'npm-x', LISTED: 'yes', HOME: '/h' })[name],
    clock: systemClock,
    withoutKeys: (text) => text,
    ...world,
  })
  pools.push(made)
  return made
}
/** Its time is over when it has spoken, however long it takes to start. */
function spoken(handle: string): CommandPool {
  const said = join(cwd, `said-${Math.abs(hash(handle))}`)
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + (existsSync(said) ? 1_000_000 : 0),
    sleep: async (_ms, signal) => {
      while (!existsSync(said)) await systemClock.sleep(20, signal)
      await systemClock.sleep(100, signal)
    },
  }
  return pool(`${handle}; require('fs').writeFileSync(${JSON.stringify(said)}, '')`, {}, { clock })
}
const hash = (text: string) => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7)
const asked = (id: string, vars = {}) =>
  request({
    kind: 'command',
    provider: 'command',
    model: null,
    endpoint: 'application',
    messages: [],
    application: { command: [], contentId: 'x', input: { id, vars } },
  })
async function ask(from: CommandPool, id = 'c1', timeoutMs = 120_000, signal = new AbortController().signal) {
  const { outcome } = await from.call(asked(id, { q: id }), { trial: trial({ caseId: id }), timeoutMs, signal })
  return outcome.state === 'answered'
    ? outcome.answer
    : { ...outcome.failure, kind: outcome.failure.kind, text: undefined }
}

describe('the protocol', () => {
  it.each(['""', 'null', 'false'])('an error that is %s is none', async (error) => {
    expect((await ask(pool(`say({ id: asked.id, output: 'yes', error: ${error} })`))).text).toBe('yes')
    expect(await ask(pool(`say({ id: asked.id, error: ${error} })`))).toMatchObject({ cause: 'application-garbage' })
  })

  it('one process per case may read its input to the end before it answers', async () => {
    const script = join(cwd, 'whole.cjs')
    writeFileSync(
      script,
      "const { id } = JSON.parse(require('fs').readFileSync(0, 'utf8')); require('fs').writeSync(3, JSON.stringify({ id, output: 'read' }) + '\\n')",
    )
    const app = pool('', { command: [process.execPath, script], perCase: true })
    expect([(await ask(app, 'c1')).text, (await ask(app, 'c2')).text]).toEqual(['read', 'read'])
  })

  it('one process per case that ends with its input is given the time to answer', async () => {
    const later = `lines.on('close', () => process.exit(0)); setTimeout(() => say({ id: asked.id, output: 'later' }), 1000)`
    expect((await ask(pool(later, { perCase: true }))).text).toBe('later')
  })

  it('an answer in the wrong place is told where the time is over before it is given up', async () => {
    const app = pool(`console.log(JSON.stringify({ id: asked.id, output: 'here' }))`)
    expect(await ask(app, 'c1', 1500)).toMatchObject({
      cause: 'timeout',
      message: expect.stringContaining('it printed one without `PARITY ` before it'),
    })
  })

  it('an answer in the wrong place that names the marker in its text is told as what it is', async () => {
    const app = spoken(`console.log(JSON.stringify({ id: asked.id, output: 'PARITY {"id":"c1"' }))`)
    expect(await ask(app)).toMatchObject({ message: expect.stringContaining('without `PARITY ` before it') })
  })

  it('no end of a line that JSON allows in a text ends the line of a question', async () => {
    const app = pool('say({ id: asked.id, output: asked.vars.q })')
    const text = 'a\u2028b\u2029c\u0085d\u2028'
    expect((await ask(app, text)).text).toBe(text)
  })

  it('asks with v, id, vars and side, and hears everything that may be said', async () => {
    const app = pool(
      `say({ id: asked.id, output: JSON.stringify(asked), usage: { input: 3, output: 4 }, model: 'm', retrieved: [{ id: 'd1', text: 't', score: 0.5 }, { nope: 1 }], tool_calls: [{ name: 'f', arguments: { a: 1 } }], timings: { retrieval: 5, bad: 'x' } })`,
    )
    const answer = await ask(app)
    expect(JSON.parse(answer.text ?? '')).toEqual({ v: 1, id: 'c1', vars: { q: 'c1' }, side: 'head' })
    expect(answer).toMatchObject({
      usage: { input: 3, output: 4 },
      model: 'm',
      retrieved: [{ id: 'd1', text: 't', score: 0.5 }],
      toolCalls: [{ name: 'f', arguments: { a: 1 } }],
      timings: { retrieval: 5 },
      latencyAtMostMs: expect.any(Number),
    })
  })

  it.each([
    [
      'Anthropic, with both kinds of writes',
      {
        ...{ input_tokens: 50, output_tokens: 80, cache_read_input_tokens: 1111, cache_creation_input_tokens: 248 },
        cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
      },
      { input: 1409, output: 80, cachedInput: 1111, cacheWrite5m: 148, cacheWrite1h: 100 },
    ],
    [
      'Gemini, whose thoughts stand apart',
      { promptTokenCount: 1000, candidatesTokenCount: 200, thoughtsTokenCount: 500, totalTokenCount: 1700 },
      { input: 1000, output: 700, reasoning: 500 },
    ],
    [
      'Bedrock, whose cache stands apart',
      { inputTokens: 50, outputTokens: 80, cacheReadInputTokens: 10, cacheWriteInputTokens: 5 },
      { input: 65, output: 80, cachedInput: 10, cacheWrite5m: 5 },
    ],
    [
      'Chat, with audio',
      { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { audio_tokens: 6, cached_tokens: 2 } },
      { input: 10, output: 4, audioInput: 6, cachedInput: 2 },
    ],
    [
      'our own names',
      { input: 9, output: 4, cacheWrite1h: 3, audioInput: 2 },
      { input: 9, output: 4, cacheWrite1h: 3, audioInput: 2 },
    ],
  ])('counts of tokens may be handed on as a provider gave them: %s', async (_whose, usage, counted) => {
    const app = pool(`say({ id: asked.id, output: 'x', usage: ${JSON.stringify(usage)} })`)
    expect(await ask(app)).toMatchObject({ usage: counted })
  })

  it('an answer may come on stdout after the prefix, between other prints, and be no text', async () => {
    const app = pool(
      `console.log('noise {"id":"c1","output":"wrong"}'); console.log('PARITY ' + JSON.stringify({ id: asked.id, output: { a: [1] } }))`,
    )
    expect((await ask(app)).text).toBe('{"a":[1]}')
  })

  it.each([
    ['words', `'loading model... '`],
    ['what looks like a marker', `'the PARITY is loading, PARITY { '`],
    ['an answer to something else', `'PARITY {"id":"c0","output":"old"}PARITY {"id":"c0"} '.slice(7)`],
    ['a bar that is drawn over', `'\\r 50 % \\r100 % \\u001b[2K\\r'`],
  ])('an answer is found in a line that does not begin with it, after %s', async (_what, before) => {
    const answer = `'PARITY ' + JSON.stringify({ id: asked.id, output: 'said PARITY {"id":"c1","output":"within"}' })`
    const app = pool(`process.stdout.write(${before} + ${answer} + '\\n')`)
    for (const id of ['c1', 'c2']) expect((await ask(app, id)).text).toBe('said PARITY {"id":"c1","output":"within"}')
  })

  it.each([
    ['that something follows', `JSON.stringify({ id: asked.id, output: 'x' }) + ' done'`],
    ['to another question', `JSON.stringify({ id: 'c0', output: 'x' })`],
    ['that is none', `JSON.stringify({ id: asked.id })`],
  ])('an answer within a line %s is told where the time is over', async (_what, answer) => {
    expect(await ask(spoken(`console.log('loading... PARITY ' + ${answer})`), 'c1', 1500)).toMatchObject({
      cause: 'timeout',
      message: expect.stringMatching(/gave no answer within 1.5 s; it printed `PARITY ` within a line/),
    })
  })

  it.each([
    ['goes on', ''],
    ['ends', '; process.exit(0)'],
  ])('an answer without the prefix is told as what it is, where the application %s', async (_how, then) => {
    const waits: number[] = []
    const clock: Clock = {
      ...systemClock,
      sleep: (ms, signal) => {
        waits.push(ms)
        // The end of a process comes before any ten seconds, and on a busy machine not before 50 ms.
        return systemClock.sleep(ms === 10_000 && then === '' ? 50 : ms, signal)
      },
    }
    const app = pool(`console.log(JSON.stringify({ id: asked.id, output: 'hello' }))${then}`, {}, { clock })
    const answer = await ask(app)
    expect(answer).toMatchObject({
      kind: 'behavioural',
      message: expect.stringContaining('without `PARITY ` before it'),
    })
    expect(answer).toMatchObject({ cause: then === '' ? 'application-garbage' : 'application-crash' })
    expect(waits).toContain(10_000)
  })

  it.each([
    ['a log of what it answers', `{ id: asked.id, output: 'logged' }`],
    ['of its question', 'asked'],
    ['of another answer', `{ id: 'c0', output: 'old' }`],
    ['of something else', `{ level: 'info', id: 7 }`],
    ['of a list', '[1]'],
  ])('what is printed is no fault by itself: %s', async (_what, printed) => {
    const late = `setTimeout(() => say({ id: asked.id, output: 'said' }), 100)`
    const app = pool(`console.log(JSON.stringify(${printed})); ${late}`)
    expect((await ask(app)).text).toBe('said')
    expect((await ask(app, 'c2')).text).toBe('said')
    const silent = pool(`console.log(JSON.stringify(${printed}))`)
    expect(await ask(silent, 'c1', 300)).toMatchObject({ kind: 'transient', cause: 'timeout' })
  })

  it('a program that runs to its end without an answer is told how to give one', async () => {
    const app = pool(`console.log('hello'); process.exit(asked.id === 'c1' ? 0 : 3)`)
    const how = expect.stringContaining('standard output after `PARITY `')
    expect(await ask(app)).toMatchObject({ cause: 'application-crash', message: how })
    expect(await ask(app, 'c2')).toMatchObject({
      cause: 'application-crash',
      message: expect.not.stringContaining('PARITY'),
    })
  })

  it('an error is the side’s own, unless it says that it passes', async () => {
    const app = pool(`say({ id: asked.id, error: 'no index', transient: asked.id === 'busy' })`)
    expect(await ask(app)).toMatchObject({
      kind: 'behavioural',
      cause: 'application-error',
      message: expect.stringContaining('no index'),
    })
    expect(await ask(app, 'busy')).toMatchObject({ kind: 'transient', cause: 'server' })
    const nested = pool(`say({ id: asked.id, error: { message: 'later', transient: true } })`)
    expect(await ask(nested)).toMatchObject({ kind: 'transient', message: expect.stringContaining('later') })
  })

  it('answers to other questions are passed over', async () => {
    const app = pool(
      `say({ id: 'other', output: 'wrong' }); say({ id: asked.id, output: 'right' }); say({ id: asked.id, output: 'again' })`,
    )
    expect((await ask(app)).text).toBe('right')
    expect((await ask(app, 'c2')).text).toBe('right')
  })
})

describe('the pool', () => {
  it('keeps processes, at most as many as workers', async () => {
    const app = pool(`setTimeout(() => say({ id: asked.id, output: String(process.pid) }), 30)`, { workers: 2 })
    const texts = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(async (id) => (await ask(app, id)).text))
    expect(new Set(texts).size).toBe(2)
  })

  it('per_case starts a new one each time', async () => {
    const app = pool(`say({ id: asked.id, output: String(process.pid) })`, { perCase: true })
    const texts = [await ask(app, 'a'), await ask(app, 'b')].map(({ text }) => text)
    expect(new Set(texts).size).toBe(2)
  })

  it('runs setup once, before the first call, in the side’s directory', async () => {
    const log = join(cwd, 'setup.log')
    const setup = [process.execPath, '-e', `require('fs').appendFileSync('setup.log', process.cwd() + '\\n')`]
    const app = pool(`say({ id: asked.id, output: require('fs').readFileSync('setup.log', 'utf8') })`, {
      setup,
      workers: 3,
    })
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => ask(app, id)))
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1)
    expect(answers.every(({ text }) => text?.includes('parity-cmd-'))).toBe(true)
  })

  it('a setup that fails is nobody’s regression, and is not repeated', async () => {
    const setup = [
      process.execPath,
      '-e',
      `require('fs').appendFileSync('fail.log', 'x'); console.error('registry is down'); process.exit(7)`,
    ]
    const app = pool('', { setup })
    const failure = {
      kind: 'transient',
      cause: 'application-crash',
      message: expect.stringMatching(/ended with code 7; it wrote: registry is down/),
    }
    expect([await ask(app, 'a'), await ask(app, 'b')]).toMatchObject([failure, failure])
    expect(readFileSync(join(cwd, 'fail.log'), 'utf8')).toBe('x')
  })

  it('a setup that there is no program for says that it could not be started', async () => {
    const told = await ask(pool('', { setup: ['no-such-program-here', 'x'] }), 'a')
    expect(told).toMatchObject({
      kind: 'transient',
      message: 'setup (no-such-program-here x) on head could not be started: spawn no-such-program-here ENOENT',
    })
  })

  it('the child sees the allow-list, what is listed and what we set: no key', async () => {
    const app = pool(
      `say({ id: asked.id, output: process.env })`,
      { environment: ['LISTED', 'UNSET', 'OPENAI_API_KEY', 'COPY_OF_KEY'] },
      {
        environment: (name) =>
          ({ PATH: process.env.PATH, HOME: '/h', LISTED: 'yes', OPENAI_API_KEY: 'sk-x', COPY_OF_KEY: 'Bearer sk-x' })[
            name
          ],
        keys: { names: new Set(['OPENAI_API_KEY']), secrets: ['sk-x'] },
        proxy: {
          session: async () => ({
            token: 'token',
            variables: { OPENAI_BASE_URL: 'http://proxy', OPENAI_API_KEY: 'token' },
            begin: () => ({ lostMs: () => 0, hasCalled: () => false, end: async () => [] }),
            close: () => undefined,
          }),
          refused: () => 0,
          excess: () => 0,
          close: () => undefined,
        },
      },
    )
    const { PROMPT_PARITY_PROCESS: _mark, ...seen } = JSON.parse((await ask(app)).text ?? '')
    expect(seen).toEqual({
      PATH: process.env.PATH,
      HOME: '/h',
      LISTED: 'yes',
      COPY_OF_KEY: 'Bearer token',
      OPENAI_BASE_URL: 'http://proxy',
      OPENAI_API_KEY: 'token',
    })
  })
})

/** Until the pool has seen it: what a process does beside answering comes in its own time. */
async function seen(app: CommandPool, is: (facts: ReturnType<CommandPool['facts']>) => boolean): Promise<void> {
  while (!is(app.facts())) await systemClock.sleep(5)
}

describe('an answer that comes twice', () => {
  const twice = `global.n = (global.n ?? 0) + 1; say({ id: asked.id, output: process.pid + ' early ' + global.n })
    setTimeout(() => say({ id: asked.id, output: process.pid + ' late' }), 10)`

  it('is no answer to the same question of later: another process, or a new one, is asked', async () => {
    // It is listened to for as long as the second answer takes.
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (ms > 1000) return systemClock.sleep(ms, signal)
      return seen(app, ({ repeated }) => repeated > 0)
    }
    const app: CommandPool = pool(twice, {}, { clock: { ...systemClock, sleep } })
    const answers: (string | undefined)[] = []
    for (let time = 0; time < 4; time += 1) answers.push((await ask(app)).text)
    expect(answers.map((text) => text?.split(' ').slice(1).join(' '))).toEqual([
      'early 1',
      'early 1',
      'early 1',
      'early 1',
    ])
    expect(new Set(answers.map((text) => text?.split(' ')[0])).size).toBe(4)
    expect(app.facts()).toMatchObject({ answers: 4, ended: 0 })
    expect(app.facts().repeated).toBeGreaterThanOrEqual(1)
  })

  it('on both ways, and of another question while one is asked', async () => {
    const both = `const line = { id: asked.id, output: asked.id }; say(line); process.stdout.write('PARITY ' + JSON.stringify(line) + '\\n')`
    const app = pool(both)
    expect([(await ask(app, 'a')).text, (await ask(app, 'b')).text]).toEqual(['a', 'b'])
    await seen(app, ({ repeated }) => repeated === 2)
    const later = pool(
      `if (asked.id === 'b') say({ id: 'a', output: 'late' }); say({ id: asked.id, output: asked.id })`,
    )
    expect([(await ask(later, 'a')).text, (await ask(later, 'b')).text]).toEqual(['a', 'b'])
    expect(later.facts()).toMatchObject({ answers: 2, repeated: 1 })
  })

  it('a process that answers once is asked again, also what it has answered', async () => {
    const app = pool(`say({ id: asked.id, output: String(process.pid) }); say({ id: 'nobody', output: 'x' })`)
    const [first, second] = [await ask(app), await ask(app)]
    expect([second.text, app.facts().repeated]).toEqual([first.text, 0])
  })

  it('one that has not answered it goes first', async () => {
    const app = pool(`setTimeout(() => say({ id: asked.id, output: String(process.pid) }), 50)`, { workers: 2 })
    const both = await Promise.all([ask(app, 'a'), ask(app, 'b')])
    const again = [(await ask(app, 'a')).text, (await ask(app, 'b')).text]
    expect(again).toEqual([both[1].text, both[0].text])
  })
})

describe('a process that ends by itself after it has answered', () => {
  it.each([
    ['an exit code', `process.exit(3)`, 'the application exited with code 3'],
    ['a signal', `process.kill(process.pid, 'SIGSEGV')`, 'the application was ended by SIGSEGV'],
    ['a promise that nobody waits for', `Promise.reject(new Error('floating'))`, 'it wrote: Error: floating'],
  ])('with %s: is counted, with how the first one ended', async (_what, ends, how) => {
    const app = pool(`say({ id: asked.id, output: 'fine' }); ${ends}`)
    for (const [index, id] of ['a', 'b'].entries()) {
      expect((await ask(app, id)).text).toBe('fine')
      await seen(app, ({ ended }) => ended === index + 1)
    }
    expect(app.facts()).toMatchObject({ answers: 2, ended: 2, how: expect.stringContaining(how) })
  })

  it('at its second question is counted, and at its first one, for good, is the crash that it is', async () => {
    const second = `global.n = (global.n ?? 0) + 1; if (global.n === 2) process.exit(5); say({ id: asked.id, output: 'fine' })`
    const app = pool(second)
    for (const id of ['a', 'b', 'c']) expect((await ask(app, id)).text).toBe('fine')
    expect(app.facts()).toMatchObject({ answers: 3, ended: 2, how: 'the application exited with code 5' })
    const poisoned = pool(`if (asked.id === 'bad') process.exit(9); say({ id: asked.id, output: 'fine' })`)
    await ask(poisoned, 'a')
    expect(await ask(poisoned, 'bad')).toMatchObject({ cause: 'application-crash' })
    expect(poisoned.facts()).toMatchObject({ answers: 1, ended: 0, how: '' })
  })

  it('with code 0, or ended by us, is not', async () => {
    const app = pool(`say({ id: asked.id, output: 'fine' }); if (asked.id === 'end') process.exit(0)`)
    for (const id of ['end', 'a']) expect((await ask(app, id)).text).toBe('fine')
    const stubborn = pool(`process.on('SIGTERM', () => process.exit(4)); say({ id: asked.id, output: 'fine' })`)
    await ask(stubborn)
    app.close()
    stubborn.close()
    await systemClock.sleep(200)
    expect([app.facts().ended, stubborn.facts().ended]).toEqual([0, 0])
  })
})

describe('whatever it does is contained', () => {
  it('a crash is its own doing, with its last words, and the next case has a new process', async () => {
    const app = pool(
      `if (asked.id === 'bad') { console.error('line 1\\nTypeError: boom'); process.exit(9) } say({ id: asked.id, output: 'fine' })`,
    )
    expect(await ask(app, 'bad')).toMatchObject({
      kind: 'behavioural',
      cause: 'application-crash',
      message: expect.stringMatching(/code 9 .*line 1 \| TypeError: boom/),
    })
    expect((await ask(app, 'good')).text).toBe('fine')
  })

  it('a process that ends after its answer does not take the next case with it', async () => {
    const app = pool(`say({ id: asked.id, output: 'fine' }); process.exit(1)`)
    for (const id of ['a', 'b', 'c', 'd']) expect((await ask(app, id)).text).toBe('fine')
  })

  it('a crash in a process that served others before counts once a new one has crashed, too', async () => {
    const app = pool(
      `if (asked.id === 'bad') { console.error('asked', ++global.n); process.exit(9) } global.n = 7; say({ id: asked.id, output: 'fine' })`,
    )
    expect((await ask(app, 'good')).text).toBe('fine')
    expect(await ask(app, 'bad')).toMatchObject({ kind: 'behavioural', message: expect.stringContaining('asked NaN') })
  })

  it('a last line without a break is an answer if it is whole', async () => {
    const end = 'process.exit(0)'
    const last = (text: string) => pool(`require('fs').writeSync(3, ${text}); ${end}`, { perCase: true })
    expect((await ask(last(`JSON.stringify({ id: asked.id, output: 'fine' })`))).text).toBe('fine')
    expect(await ask(last(`'{"id":"c1","out'`))).toMatchObject({ cause: 'application-crash' })
  })

  it('an id that became a number is the id; an answer without one is garbage at once', async () => {
    expect((await ask(pool(`say({ id: Number(asked.id), output: 'fine' })`), '17')).text).toBe('fine')
    expect(await ask(pool(`say({ output: 'fine' })`))).toMatchObject({
      cause: 'application-garbage',
      message: expect.stringContaining('without the `id`'),
    })
  })

  it('another id is told once the time is over', async () => {
    expect(await ask(spoken(`say({ id: 'c01', output: 'fine' })`), 'c1', 700)).toMatchObject({
      cause: 'timeout',
      message: expect.stringContaining('but one with "c01"'),
    })
  })

  it('an end by a signal and a program that is not there are crashes', async () => {
    expect(await ask(pool(`process.kill(process.pid, 'SIGSEGV')`))).toMatchObject({
      cause: 'application-crash',
      message: expect.stringContaining('SIGSEGV'),
    })
    expect(await ask(pool('', { command: ['/no/such/app'] }))).toMatchObject({
      kind: 'behavioural',
      cause: 'application-crash',
      message: expect.stringContaining('ENOENT'),
    })
  })

  it.each([
    ['text', `require('fs').writeSync(3, 'hello\\n')`],
    ['half JSON', `require('fs').writeSync(3, '{"id":"c1"\\n')`],
    ['a list', `require('fs').writeSync(3, '[]\\n')`],
    ['neither output nor error', `say({ id: asked.id, text: 'x' })`],
    ['null', `say({ id: asked.id, output: null })`],
    ['nesting', `require('fs').writeSync(3, '['.repeat(100000) + '\\n')`],
  ])('garbage (%s) is its own doing', async (_name, handle) => {
    expect(await ask(pool(handle))).toMatchObject({ kind: 'behavioural', cause: 'application-garbage' })
  })

  it('silence ends after the timeout and is missing; the next case has a new process', async () => {
    const waiting = join(cwd, 'waiting')
    // However long it takes to start: its time is over when it waits.
    const sleep: Clock['sleep'] = async (ms, signal) => {
      if (ms !== 700) return systemClock.sleep(ms, signal)
      while (!existsSync(waiting)) await systemClock.sleep(5)
      // What it has said by then lies in the pipe: the next turn reads it.
      await systemClock.sleep(5)
      skippedMs += ms
    }
    let skippedMs = 0
    const clock = { now: () => systemClock.now() + skippedMs, sleep }
    const app = pool(
      `if (asked.id === 'mute') { console.error('waiting for a lock'); require('fs').writeFileSync('waiting', ''); return } say({ id: asked.id, output: 'fine' })`,
      {},
      { clock },
    )
    expect(await ask(app, 'mute', 700)).toMatchObject({
      kind: 'transient',
      cause: 'timeout',
      message: expect.stringContaining('waiting for a lock'),
    })
    expect((await ask(app, 'next')).text).toBe('fine')
  })

  it('a flood of lines is garbage', async () => {
    const app = pool(
      `const line = JSON.stringify({ id: 'nobody', output: 'x'.repeat(500) }) + '\\n'; const s = require('fs').createWriteStream(null, { fd: 3 }); const go = () => { while (s.write(line)); s.once('drain', go) }; go()`,
    )
    expect(await ask(app)).toMatchObject({
      kind: 'behavioural',
      cause: 'application-garbage',
      message: expect.stringContaining('more than 1000'),
    })
  })

  it.each([
    ['on descriptor 3', 3, '', '\\n'],
    ['after the marker', 1, 'PARITY ', '\\n'],
    ['after a marker within a line', 1, 'loading... PARITY ', '\\n'],
    ['at the end of its output', 3, '', ''],
  ])('an answer longer than the limit is told the limit, in bounded memory: %s', async (_where, fd, before, end) => {
    const write = `const write = (text) => { for (let rest = Buffer.from(text); rest.length > 0; ) try { rest = rest.subarray(require('fs').writeSync(${fd}, rest)) } catch (error) { if (error.code !== 'EAGAIN') throw error } }`
    const chars = `(asked.id === 'long' ? 8 * 2 ** 20 + 1 : 8 * 2 ** 20) - JSON.stringify({ id: asked.id, output: '' }).length`
    const said = `write('${before}' + JSON.stringify({ id: asked.id, output: 'x'.repeat(${chars} - ${before.length}) }) + '${end}'); ${end === '' ? 'process.exit(0)' : ''}`
    const app = pool(`${write}; ${said}`)
    expect(await ask(app, 'long')).toMatchObject({
      kind: 'behavioural',
      cause: 'application-garbage',
      message: expect.stringMatching(/a line of more than 8,388,608 characters, .* limit of an answer: \{"id":"long",/),
    })
    expect((await ask(app, 'most')).text?.length).toBeGreaterThan(8_388_500)
  })

  it('a long line of noise is noise', async () => {
    const app = pool(`process.stdout.write('x'.repeat(9e6) + '\\n', () => say({ id: asked.id, output: 'fine' }))`)
    expect((await ask(app)).text).toBe('fine')
  })

  it('can be cancelled', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 200)
    expect(await ask(pool(''), 'c1', 20_000, stop.signal)).toMatchObject({ kind: 'transient', cause: 'cancelled' })
  })
})
