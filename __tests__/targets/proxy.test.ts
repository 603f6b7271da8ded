// The proxy against applications that mean no good, and against what the network does.

import { describe, expect, it } from 'vitest'
import type { HttpOpen, OpenRequest } from '../../src/ports.ts'
import { lostMs, type OpenCase, type SeenCall } from '../../src/targets/proxy/session.ts'
import { type Flag, flag, proxied } from './proxied.ts'

const say = (what: string) => `say({ id: asked.id, output: ${what} })`
/** A provider that has heard the call and never answers. */
const hang = (arrived: Flag) => ({
  kind: 'hang' as const,
  when: () => {
    arrived.raise()
    return true
  },
})

describe('who may call whom', () => {
  it('passes on with the real key what comes with the token of a process, and keeps what was asked', async () => {
    await using at = await proxied()
    const answer = await at.ask(
      at.pool(
        `const told = await ask('What is 1 + 2?'); ${say("told.status + ' ' + JSON.parse(told.body).choices[0].message.content + ' ' + token")}`,
      ),
    )
    expect(answer.text).toMatch(/^200 3 sk-parity-[0-9a-f]{48}$/)
    expect(answer.calls).toMatchObject([
      {
        provider: 'openai',
        model: 'gpt-4.1',
        answered: 'gpt-4.1',
        counted: 'measured',
        prompt: 'openai/gpt-4.1\n\nuser:\nWhat is 1 + 2?',
      },
    ])
    expect(at.llm.violations).toEqual([])
    expect(at.kept.join()).toContain('What is 1 + 2?')
    expect(at.kept.join()).not.toContain('sk-real')
    expect(at.records.map(({ purpose, trial }) => [purpose, trial.caseId])).toEqual([['model', 'c1']])
  })

  it.each<[string, string, number, boolean?]>([
    ['no key', `{ key: '' }`, 401, true],
    ['a key that was never given out', `{ key: 'sk-parity-' + 'a'.repeat(48) }`, 401, true],
    ['the real key', `{ key: 'sk-real-0123456789' }`, 401, true],
    [
      'another host by an absolute address',
      `{ url: base.replace('/openai/v1', '/http://example.com/v1/chat/completions') }`,
      404,
      true,
    ],
    [
      'a provider that this run cannot reach',
      `{ url: base.replace('/openai/v1', '/anthropic/v1/messages') }`,
      404,
      true,
    ],
    ['a path that climbs', `{ url: base + '/../../../admin/chat/completions' }`, 404, true],
    ['an encoded path that climbs', `{ url: base + '/%2e%2e/%2e%2e/keys' }`, 404, true],
    ['files of the account', `{ url: base + '/files', method: 'GET' }`, 404],
    ['fine-tuning', `{ url: base + '/fine_tuning/jobs' }`, 404],
    ['a method that nobody knows', `{ method: 'DELETE' }`, 404],
    ['a list as the body', `{ body: '[1]' }`, 400],
    ['no JSON', `{ body: 'x' }`, 400],
    ['a prototype as the provider', `{ url: base.replace('/openai/v1', '/__proto__/chat/completions') }`, 404, true],
  ])('refuses %s, and nothing reaches a provider', async (_name, how, status, isStray = false) => {
    await using at = await proxied()
    const app = at.pool(
      `if (asked.id === 'c1') globalThis.told = await ask('hello', ${how}); ${say("told.status + ' ' + told.retry + ' ' + told.body")}`,
    )
    const answer = await at.ask(app)
    const { text } = await at.ask(app, 'c2')
    expect(text).toMatch(new RegExp(`^${status} false .*Prompt Parity's proxy: `))
    expect(at.llm.requests).toEqual([])
    expect(at.refused()).toBe(isStray ? 1 : 0)
    if (status === 401) expect([answer.text, answer.calls]).toEqual([text, undefined])
    // No provider takes such a body either.
    else if (status === 400) expect(answer.calls).toMatchObject([{ failure: { cause: 'refused-request', status } }])
    else expect(answer).toMatchObject({ kind: 'transient', cause: 'not-passed-on' })
  })

  it.each([
    ['covers the refusal up', 'await ask'],
    ['throws what it is told', 'throw new Error((await ask'],
    ['ends', 'process.exit((await ask'],
  ])('a call that it passes on to nobody is no doing of an application that %s', async (_name, how) => {
    await using at = await proxied()
    const refused = "('x', { url: base + '/images/generations?key=' + token })"
    const app = at.pool(`${how}${refused}${how === 'await ask' ? '' : ').body)'}; ${say("'answered'")}`)
    const answer = await at.ask(app)
    expect(answer).toMatchObject({ kind: 'transient', cause: 'not-passed-on' })
    expect('message' in answer && answer.message).toMatch(
      /: POST \/openai\/v1\/images\/generations is not passed on by the proxy: Chat Completions, /,
    )
    expect(at.refused()).toBe(0)
  })

  it('an application of one case that has called a model does not wait for the end of its input', async () => {
    await using at = await proxied()
    const slow = `lines.on('close', () => process.exit(0)); await ask('What is 1 + 2?'); setTimeout(() => { ${say("'late'")} }, 4500)`
    expect((await at.ask(at.pool(slow, { perCase: true }), 'c1', 8000)).text).toBe('late')
  })

  it('refuses CONNECT and an absolute-form request line: it is no open proxy', async () => {
    await using at = await proxied()
    const raw = `const { hostname, port } = new URL(base)
      const talk = (text) => new Promise((done) => { let all = ''; const socket = require('net').connect(port, hostname, () => socket.write(text)); socket.on('data', (part) => { all += part }); socket.on('close', () => done(all)); socket.on('error', () => done(all)); setTimeout(() => socket.destroy(), 15_000) })
      const connect = await talk('CONNECT example.com:443 HTTP/1.1\\r\\nHost: example.com\\r\\n\\r\\n')
      const absolute = await talk('GET http://example.com/v1/models HTTP/1.1\\r\\nHost: example.com\\r\\nConnection: close\\r\\nAuthorization: Bearer ' + token + '\\r\\n\\r\\n')
      const broken = await talk('\\0\\0\\0 nothing like HTTP\\r\\n\\r\\n')
      globalThis.told = JSON.stringify([connect.slice(0, 12), absolute.slice(0, 12), broken])`
    const app = at.pool(`if (asked.id === 'c1') { ${raw} }; ${say('told')}`)
    await at.ask(app)
    const answer = await at.ask(app, 'c2')
    expect(JSON.parse(answer.text ?? '')).toEqual([expect.not.stringContaining('200'), 'HTTP/1.1 404', ''])
    expect(at.llm.requests).toEqual([])
  })

  it('an absolute-form request line that names the proxy itself is one to the proxy, and the key goes where it should', async () => {
    await using at = await proxied()
    const raw = `const { hostname, port } = new URL(base)
      const body = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'What is 1 + 2?' }] })
      const lines = ['POST ' + base.replace('http:', 'HTTP:') + '/chat/completions HTTP/1.1', 'Host: elsewhere', 'Connection: close', 'Authorization: Bearer ' + token, 'Content-Type: application/json', 'Content-Length: ' + body.length, '', body]
      const told = await new Promise((done) => { let all = ''; const socket = require('net').connect(port, hostname, () => socket.write(lines.join('\\r\\n'))); socket.on('data', (part) => { all += part }); socket.on('close', () => done(all)) })
      ${say('told.slice(0, 12)')}`
    const answer = await at.ask(at.pool(raw))
    expect(answer.text).toBe('HTTP/1.1 200')
    expect(answer.calls).toHaveLength(1)
    expect(at.llm.violations).toEqual([])
  })

  it('a token dies with its process', async () => {
    await using at = await proxied()
    const first = await at.ask(at.pool(say('token'), { perCase: true }))
    const second = await at.ask(
      at.pool(`const told = await ask('hello', { key: '${first.text}' }); ${say('String(told.status)')}`),
    )
    expect(second.text).toBe('401')
  })

  it('the bodies of both ways have their limits', async () => {
    await using at = await proxied()
    const app = at.pool(
      `if (asked.id === 'c1') globalThis.told = await ask('x'.repeat(40 * 1024 * 1024)).catch((error) => ({ status: 'cut ' + error })); ${say('String(told.status)')}`,
    )
    const message = expect.stringContaining('is not passed on by the proxy: its body is larger than 32 MB')
    expect(await at.ask(app)).toMatchObject({ kind: 'transient', cause: 'not-passed-on', message })
    expect((await at.ask(app, 'c2')).text).toMatch(/^(413|cut )/)
    expect(at.llm.requests).toEqual([])
    const other = await at.ask(at.pool(`${say("String((await ask('fine')).status)")}`))
    expect(other.text).toBe('200')
  })
})

describe('a body that comes compressed', () => {
  const asked = "JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'What is 1 + 2?' }] })"
  const chunks = async function* () {
    yield Buffer.from(JSON.stringify({ model: 'gpt-4.1', choices: [{ message: { content: '3' } }] }))
  }

  it.each([
    ['gzip', 'gzipSync'],
    ['deflate', 'deflateSync'],
    ['br', 'brotliCompressSync'],
  ])('with %s is read, and goes on as it came', async (encoding, compress) => {
    const sent: OpenRequest[] = []
    const open: HttpOpen = async (request) => {
      sent.push(request)
      return { status: 200, headers: {}, chunks: chunks() }
    }
    await using at = await proxied({ world: { open } })
    const app = at.pool(
      `const body = require('zlib').${compress}(${asked}); await ask('', { body, headers: { 'content-encoding': '${encoding}' } }); ${say("body.toString('base64')")}`,
    )
    const answer = await at.ask(app)
    expect(answer.calls).toMatchObject([{ model: 'gpt-4.1', prompt: expect.stringContaining('What is 1 + 2?') }])
    expect(
      sent.map(({ body, headers }) => [headers['content-encoding'], Buffer.from(body ?? '').toString('base64')]),
    ).toEqual([[encoding, answer.text]])
    expect(at.kept.join()).toContain('What is 1 + 2?')
  })

  it.each([
    ['is larger than 32 MB once it is read', 'gzip', "require('zlib').gzipSync(Buffer.alloc(40 * 1024 * 1024, 'x'))"],
    ['cannot be read', 'gzip', "'{}'"],
    ['cannot be read', 'zstd', "'{}'"],
  ])('and %s (%s) goes nowhere', async (_why, encoding, body) => {
    await using at = await proxied()
    const app = at.pool(
      `await ask('', { body: ${body}, headers: { 'content-encoding': '${encoding}' } }); ${say("'answered'")}`,
    )
    const message = expect.stringMatching(/by the proxy: its body (is larger than 32 MB|cannot be read)\./)
    expect(await at.ask(app)).toMatchObject({ cause: 'not-passed-on', message })
    expect(at.llm.requests).toEqual([])
  })
})

describe('what an application does at the wrong time', () => {
  it('calls after the answer belong to no case', async () => {
    await using at = await proxied()
    const heard = flag()
    const app = at.pool(`${say("'done'")}; ${heard.wait}; await ask('too late')`)
    expect((await at.ask(app)).text).toBe('done')
    heard.raise()
    await expect.poll(() => at.refused(), { timeout: 20_000 }).toBe(1)
    expect(at.llm.requests).toEqual([])
  })

  it('calls that are open when it answers are counted, and what hangs is given up', async () => {
    const arrived = flag()
    const slow = () => {
      arrived.raise()
      return { text: 'slow', latencyMs: 300 }
    }
    await using at = await proxied({ llm: { answer: slow } })
    const answer = await at.ask(at.pool(`ask('in the background'); ${arrived.wait}; ${say("'early'")}`))
    expect(answer.text).toBe('early')
    expect(answer.calls).toMatchObject([{ counted: 'measured', latencyMs: expect.any(Number) }])
  })

  it('many calls at once are all that case’s', async () => {
    await using at = await proxied()
    const app = at.pool(
      `const told = await Promise.all(Array.from({ length: 50 }, (_, i) => ask('What is ' + i + ' + 1?'))); ${say('told.map((one) => JSON.parse(one.body).choices[0].message.content).join()')}`,
    )
    const [one, two] = [await at.ask(app, 'c1'), await at.ask(app, 'c2')]
    expect(one.text).toBe(Array.from({ length: 50 }, (_, i) => i + 1).join())
    expect([one.calls?.length, two.calls?.length]).toEqual([50, 50])
    expect(new Set(at.records.map((record) => record.trial.caseId))).toEqual(new Set(['c1', 'c2']))
  })

  it('a circle of calls is stopped', async () => {
    await using at = await proxied({ llm: { validate: 'shapes' } })
    const app = at.pool(
      `for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 10 }, () => ask('again'))); const last = await ask('again'); ${say('last.status + last.body')}`,
    )
    const answer = await at.ask(app, 'c1', 150_000)
    expect(answer.text).toContain('at most 1000 calls')
    expect(answer.calls).toHaveLength(1000)
    expect([at.refused(), at.excess()]).toEqual([0, 1])
  })

  it('a client that leaves in the middle of a stream ends the call, and nothing else', async () => {
    const long = Array.from({ length: 400 }, () => 'word').join(' ')
    await using at = await proxied({ llm: { answer: () => long } })
    const app = at.pool(`const stop = new AbortController()
      const told = await fetch(base + '/chat/completions', { signal: stop.signal, method: 'POST', headers: { authorization: 'Bearer ' + token }, body: JSON.stringify({ model: 'gpt-4.1', stream: true, messages: [{ role: 'user', content: 'tell' }] }) })
      await told.body.getReader().read(); stop.abort(); ${say("'enough'")}`)
    const answer = await at.ask(app)
    expect(answer.text).toBe('enough')
    expect(answer.calls).toHaveLength(1)
    expect((await at.ask(at.pool(say("String((await ask('fine')).status)")))).text).toBe('200')
  })
})

describe('time that is not the application’s own', () => {
  const call = (arrivedMs: number, attemptMs: number | null, endedMs: number | null, committed = false) =>
    ({ arrivedMs, endedMs, hash: '', made: null, relayed: { attemptMs, committed } }) as unknown as SeenCall
  const of = (...calls: SeenCall[]) => lostMs({ calls } as unknown as OpenCase, 1000)

  it('is what lies before the attempt that answered, and all of what has no answer yet; overlaps count once', () => {
    expect(of()).toBe(0)
    expect(of(call(100, 100, 300))).toBe(0)
    expect(of(call(100, 250, 300))).toBe(150)
    expect(of(call(100, null, 300))).toBe(200)
    expect(of(call(100, 250, null))).toBe(900)
    expect(of(call(100, 250, null, true))).toBe(150)
    expect(of(call(100, 250, 300), call(200, 400, 500), call(150, 200, 210))).toBe(300)
    expect(of(call(600, 700, 800), call(100, 200, 300))).toBe(200)
  })
})

describe('what the network does', () => {
  it('a provider that is not there is no answer of the side', async () => {
    await using at = await proxied()
    await at.llm.close()
    const told = await at.ask(at.pool(`const told = await ask('hello'); ${say('told.body')}`))
    expect(told).toMatchObject({
      kind: 'transient',
      cause: 'connection',
      message: expect.stringContaining('a call that the application made had no answer'),
    })
  })

  it('an error that echoes the key is passed on without it', async () => {
    await using at = await proxied({ llm: { apiKeys: ['other'] } })
    const told = await at.ask(at.pool(`const told = await ask('hello'); throw new Error(told.status + told.retry)`))
    expect(told).toMatchObject({ kind: 'transient', cause: 'authentication' })
    expect(JSON.stringify(told)).not.toContain('sk-real')
  })

  it('what a library tries again by itself and then gets is good', async () => {
    await using at = await proxied({
      deps: { limits: { maxAttempts: 1 } },
      llm: { faults: [{ kind: 'server-error', firstAttempts: 1 }] },
    })
    const told = await at.ask(
      at.pool(
        `let told = await ask('hello'); if (told.status === 500) told = await ask('hello'); ${say('String(told.status)')}`,
      ),
    )
    expect(told.text).toBe('200')
    expect(told.calls?.map((call) => call.failure?.cause ?? 'fine')).toEqual(['server', 'fine'])
  })

  it('waiting for a limit is not the application’s time', async () => {
    const when = ({ prompt }: { readonly prompt: string }) => prompt.includes('c1')
    const faults = [{ kind: 'rate-limit', firstAttempts: 1, retryAfter: 4, when }] as const
    await using at = await proxied({ llm: { faults } })
    const app = at.pool(`const told = await ask(asked.id); ${say('String(told.status)')}`)
    // It has started, and made a call, before its time is taken.
    expect((await at.ask(app, 'c0')).text).toBe('200')
    expect((await at.ask(app, 'c1', 3000)).text).toBe('200')
  })

  it('an application that waits less long than the provider takes is not blamed for it', async () => {
    const arrived = flag()
    await using at = await proxied({ llm: { faults: [hang(arrived)] } })
    const told = await at.ask(
      at.pool(
        `const stop = new AbortController()
        const told = fetch(base + '/chat/completions', { signal: stop.signal, method: 'POST', headers: { authorization: 'Bearer ' + token }, body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }] }) })
        ${arrived.wait}; stop.abort(); ${say('(await told).status')}`,
      ),
    )
    expect(told).toMatchObject({
      kind: 'transient',
      cause: 'timeout',
      message: expect.stringContaining('slower than the application waits'),
    })
  })
})

describe('an error that comes before the end of the call that it is about', () => {
  it('is seen together with it', async () => {
    const arrived = flag()
    await using at = await proxied({ llm: { faults: [hang(arrived)] } })
    // The answer is written, and only then the connection is let go.
    const told = await at.ask(
      at.pool(
        `const stop = new AbortController()
        fetch(base + '/chat/completions', { signal: stop.signal, method: 'POST', headers: { authorization: 'Bearer ' + token }, body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }] }) }).catch(() => undefined)
        ${arrived.wait}; setTimeout(() => stop.abort(), 200); throw new Error('took too long')`,
      ),
    )
    expect(told).toMatchObject({ kind: 'transient', cause: 'timeout' })
  })
})

describe('an application that mistreats its pipes', () => {
  it.each([
    [
      'floods stdout',
      `for (let i = 0; i < 200; i++) process.stdout.write('noise '.repeat(20_000) + '\\n'); ${say("'fine'")}`,
    ],
    [
      'prints 100 MB without a line break',
      `for (let i = 0; i < 100; i++) process.stdout.write('x'.repeat(1024 * 1024)); ${say("'fine'")}`,
    ],
    ['floods stderr', `for (let i = 0; i < 100; i++) process.stderr.write('e'.repeat(1024 * 1024)); ${say("'fine'")}`],
    ['answers twice', `${say("'fine'")}; ${say("'again'")}`],
    ['answers to somebody else first', `say({ id: 'nobody', output: 'wrong' }); ${say("'fine'")}`],
  ])('that %s is heard all the same', async (_name, handle) => {
    await using at = await proxied()
    const app = at.pool(handle)
    expect((await at.ask(app, 'c1')).text).toBe('fine')
    expect((await at.ask(app, 'c2')).text).toBe('fine')
  })

  it('100 MB without a line break where the answer is expected is garbage, and memory stays', async () => {
    await using at = await proxied()
    const before = process.memoryUsage().rss
    const told = await at.ask(
      at.pool(
        `const fs = require('fs'); console.error('filling'); for (let i = 0; i < 100; i++) fs.writeSync(3, 'x'.repeat(1024 * 1024)); fs.writeSync(3, '\\n')`,
      ),
      'c1',
      60_000,
    )
    expect(told).toMatchObject({
      kind: 'behavioural',
      cause: 'application-garbage',
      message: expect.stringContaining('it wrote: filling'),
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('closed stdin and silence end with the timeout, with the last words; wrong ids alone do, too', async () => {
    await using at = await proxied()
    const app = at.pool(
      `if (asked.id === 'c0') { ${say("'started'")}; return } console.error('closing'); process.stdin.destroy(); setTimeout(() => undefined, 60_000)`,
    )
    expect((await at.ask(app, 'c0')).text).toBe('started')
    const closed = await at.ask(app, 'c1', 2000)
    expect(closed).toMatchObject({
      kind: 'transient',
      cause: 'timeout',
      message: expect.stringContaining('it wrote: closing'),
    })
    const wrong = await at.ask(at.pool(`say({ id: 'other', output: 1 })`), 'c1', 500)
    expect(wrong).toMatchObject({ kind: 'transient', cause: 'timeout' })
  })
})
