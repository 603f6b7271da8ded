import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { definitionCheck } from './check.ts'
import { fraction } from './draw.ts'
import { type FakeLlm, type FakeLlmOptions, type LlmFault, seededCases, startFakeLlm } from './llm.ts'
import { NODE24 } from './runner.ts'

const open: FakeLlm[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake.close()))
})

async function start(options: FakeLlmOptions = {}): Promise<FakeLlm> {
  const fake = await startFakeLlm(options)
  open.push(fake)
  return fake
}

type Json = { readonly [key: string]: unknown }
const ENDPOINTS = {
  chat: {
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer key' },
    body: (text: string): Json => ({ model: 'm', messages: [{ role: 'user', content: text }], max_tokens: 900 }),
    say: (answer: Json) => at(answer, 'choices', 0, 'message', 'content'),
    check: definitionCheck('openai', 'ChatAnswer'),
  },
  responses: {
    path: '/v1/responses',
    headers: { authorization: 'Bearer key' },
    body: (text: string): Json => ({ model: 'm', input: [{ role: 'user', content: text }], max_output_tokens: 900 }),
    say: (answer: Json) => at(answer, 'output', 0, 'content', 0, 'text'),
    // What the SDK adds to the wire's answer.
    check: (answer: unknown) =>
      definitionCheck('openai', 'ResponsesAnswer')({ output_text: '', access_programs: null, ...(answer as Json) }),
  },
  messages: {
    path: '/v1/messages',
    headers: { 'x-api-key': 'key', 'anthropic-version': '2023-06-01' },
    body: (text: string): Json => ({ model: 'm', messages: [{ role: 'user', content: text }], max_tokens: 900 }),
    say: (answer: Json) => at(answer, 'content', 0, 'text'),
    check: definitionCheck('anthropic', 'MessagesAnswer'),
  },
  generate: {
    path: '/v1beta/models/m:generateContent',
    headers: { 'x-goog-api-key': 'key' },
    body: (text: string): Json => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    say: (answer: Json) => at(answer, 'candidates', 0, 'content', 'parts', 0, 'text'),
    check: definitionCheck('gemini', 'GenerateAnswer'),
  },
} as const
const NAMES = Object.keys(ENDPOINTS) as (keyof typeof ENDPOINTS)[]

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as { readonly [key: string | number]: unknown } | undefined)?.[key],
    value,
  )
}

async function post(
  fake: FakeLlm,
  name: keyof typeof ENDPOINTS,
  change: { body?: Json; headers?: Json; raw?: string; signal?: AbortSignal } = {},
) {
  const { path, headers, body } = ENDPOINTS[name]
  const response = await fetch(`${fake.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...(change.headers as Record<string, string>) },
    body: change.raw ?? JSON.stringify(change.body ?? body('hello')),
    signal: change.signal ?? null,
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return {}
  }
}

describe.each(NAMES)('%s', (name) => {
  const { body, headers, say, check } = ENDPOINTS[name]

  test('answers a good request in the published shape, without a violation', async () => {
    const fake = await start({ answer: () => ({ text: 'forty-two', reasoningTokens: 3 }) })
    const { status, json } = await post(fake, name)
    expect(status).toBe(200)
    expect(check(json)).toEqual([])
    expect(JSON.stringify(json)).toContain('forty-two')
    expect(fake.violations).toEqual([])
    expect(fake.requests.map(({ model, prompt, status }) => ({ model, prompt, status }))).toEqual([
      { model: 'm', prompt: 'hello', status: 200 },
    ])
  })

  test('shapes tool calls, a refusal, a filter and a cut as published', async () => {
    const specs = [
      { text: '', toolCalls: [{ name: 'look', arguments: { q: 1 } }] },
      { text: 'I cannot help.', finish: 'refusal' as const },
      { text: '', finish: 'content_filter' as const },
      { text: 'long '.repeat(2000) },
    ]
    for (const spec of specs) {
      const fake = await start({ answer: () => spec })
      expect(check((await post(fake, name)).json)).toEqual([])
    }
  })

  test('refuses a request without a key', async () => {
    const fake = await start()
    const bare = Object.fromEntries(Object.keys(headers).map((header) => [header, '']))
    expect((await post(fake, name, { headers: bare })).status).toBe(401)
    expect(fake.violations[0]).toContain('no API key header')
  })

  test('refuses an unknown parameter, a wrong type and what is not JSON', async () => {
    const fake = await start()
    const bodies = [
      { ...body('x'), zzz: 1 },
      { ...body('x'), [name === 'generate' ? 'contents' : 'model']: 7 },
    ]
    for (const wrong of bodies) expect((await post(fake, name, { body: wrong })).status).toBe(400)
    expect((await post(fake, name, { raw: '{"model": ' })).status).toBe(400)
    expect(fake.violations).toHaveLength(3)
    expect(fake.violations[0]).toContain('unknown parameter zzz')
    expect(fake.stats().answered).toBe(0)
  })

  test('does not know a model that is not listed', async () => {
    const fake = await start({ knownModels: ['other'] })
    const { status, text } = await post(fake, name)
    expect(status).toBe(404)
    expect(text).toMatch(/model_not_found|not_found_error|NOT_FOUND/)
    expect(fake.violations).toEqual([])
  })

  test('counts tokens the same every time, reasoning where the provider puts it', async () => {
    const fake = await start({ answer: () => ({ text: '12345678' }), reasoningTokens: 10 })
    const { json } = await post(fake, name, { body: body('x'.repeat(40)) })
    const usage = (json.usage ?? json.usageMetadata) as Json
    const { prompt_tokens, input_tokens, promptTokenCount, completion_tokens, output_tokens } = usage
    expect(prompt_tokens ?? input_tokens ?? promptTokenCount).toBe(10)
    const spoken = (usage.candidatesTokenCount as number) + (usage.thoughtsTokenCount as number)
    expect(completion_tokens ?? output_tokens ?? spoken).toBe(12)
  })

  test('says each kind of failure in words and status that can be told apart', async () => {
    const kinds: readonly (readonly [LlmFault['kind'], readonly number[]])[] = [
      ['rate-limit', [429]],
      ['quota', [429, 400]],
      ['server-error', [500]],
      ['overloaded', [503, 529]],
      ['invalid-key', [401, 400]],
      ['forbidden', [403]],
      ['unknown-model', [404]],
      ['content-filter', [400, 200]],
      ['unsupported-parameter', [400]],
      ['context-too-long', [400]],
      ['error-in-200', [200]],
      ['html', [502]],
    ]
    const texts = new Set<string>()
    for (const [kind, statuses] of kinds) {
      const fake = await start({ faults: [{ kind }] })
      const { status, text, headers: got } = await post(fake, name)
      expect(statuses, kind).toContain(status)
      expect(got.has('retry-after'), kind).toBe(kind === 'rate-limit')
      if (kind !== 'error-in-200') texts.add(text)
      expect(fake.violations).toEqual([])
      expect(fake.stats().byFault).toEqual({ [kind]: 1 })
    }
    expect(texts.size).toBe(kinds.length - 1)
  })

  test('answers come from the text and the number of the call, not from the order', async () => {
    const answer: FakeLlmOptions['answer'] = ({ prompt, call, random }) => `${prompt} ${call} ${random()}`
    const run = async (order: readonly string[]) => {
      const fake = await start({ answer })
      const said: string[] = []
      for (const text of order) said.push(String(say((await post(fake, name, { body: body(text) })).json)))
      return said.sort()
    }
    expect(await run(['a', 'b', 'a', 'c'])).toEqual(await run(['c', 'a', 'a', 'b']))
  })
})

describe('keys and headers', () => {
  test('a wrong key is refused, Anthropic needs its version header', async () => {
    const fake = await start({ apiKeys: ['right'] })
    expect((await post(fake, 'chat')).status).toBe(401)
    expect(
      (await post(fake, 'messages', { headers: { 'x-api-key': 'right', 'anthropic-version': '1999' } })).status,
    ).toBe(400)
    expect((await post(fake, 'chat', { headers: { authorization: 'Bearer right' } })).status).toBe(200)
    expect(fake.violations).toHaveLength(1)
  })

  test('a key in the address, another path and another content type are violations', async () => {
    const fake = await start()
    const { headers, body } = ENDPOINTS.generate
    const init = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/plain' },
      body: JSON.stringify(body('x')),
    }
    await fetch(`${fake.url}/v1beta/models/m:generateContent?key=secret`, init)
    expect((await fetch(`${fake.url}/v2/chat`, init)).status).toBe(404)
    expect(fake.violations).toHaveLength(3)
    expect(fake.violations.join()).not.toContain('secret')
  })

  test('Azure takes the model from the path and its own header', async () => {
    const fake = await start()
    const response = await fetch(`${fake.url}/openai/deployments/prod/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': 'k', 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(response.status).toBe(200)
    expect(fake.requests[0]?.model).toBe('prod')
    expect(fake.violations).toEqual([])
  })

  test('lists the models it knows', async () => {
    const fake = await start({ knownModels: ['a', 'b'] })
    expect((await fetch(`${fake.url}/v1/models`)).status).toBe(401)
    const list = (await (
      await fetch(`${fake.url}/v1/models`, { headers: { authorization: 'Bearer k' } })
    ).json()) as Json
    expect(definitionCheck('openai', 'ModelList')(list)).toEqual([])
    expect(at(list, 'data', 1, 'id')).toBe('b')
  })
})

describe('faults', () => {
  const statuses = async (options: FakeLlmOptions, order: readonly number[], width: number) => {
    const fake = await start(options)
    const found = new Map<number, readonly number[]>()
    const queue = [...order]
    const worker = async () => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const body = ENDPOINTS.chat.body(`question ${id}`)
        const first = (await post(fake, 'chat', { body })).status
        found.set(id, [first, (await post(fake, 'chat', { body })).status])
      }
    }
    await Promise.all(Array.from({ length: width }, worker))
    return Object.fromEntries([...found].sort(([one], [other]) => one - other))
  }

  test('are the same whatever the order and concurrency, and others with another seed', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => index)
    const options = { rate429: 0.2, rate500: 0.1, seed: 7 }
    const alone = await statuses(options, ids, 1)
    expect(await statuses(options, [...ids].reverse(), 12)).toEqual(alone)
    expect(await statuses({ ...options, seed: 8 }, ids, 1)).not.toEqual(alone)
    const refused = Object.values(alone)
      .flat()
      .filter((status) => status !== 200).length
    expect(refused).toBeGreaterThan(15)
    expect(refused).toBeLessThan(60)
  })

  test('spoilt answers do not use up the call: the retry hears what the spoilt one would have said', async () => {
    const answer: FakeLlmOptions['answer'] = ({ call }) => `call ${call}`
    for (const kind of ['broken-json', 'empty'] as const) {
      const fake = await start({ answer, faults: [{ kind, firstAttempts: 2 }] })
      await post(fake, 'chat')
      await post(fake, 'chat')
      expect(ENDPOINTS.chat.say((await post(fake, 'chat')).json)).toBe('call 1')
      expect(ENDPOINTS.chat.say((await post(fake, 'chat')).json)).toBe('call 2')
    }
  })

  test('a cut body, a reset and broken JSON fail as on a real wire', async () => {
    for (const kind of ['truncated', 'reset'] as const) {
      await expect(post(await start({ faults: [{ kind }] }), 'chat')).rejects.toThrow()
    }
    const { status, text } = await post(await start({ faults: [{ kind: 'broken-json' }] }), 'chat')
    expect(status).toBe(200)
    expect(() => JSON.parse(text) as unknown).toThrow()
  })

  test.each(['hang', 'stall'] as const)('%s never ends until the client gives up', async (kind) => {
    const fake = await start({ faults: [{ kind }] })
    const controller = new AbortController()
    const { path, headers, body } = ENDPOINTS.chat
    const init = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body('x')),
    }
    const asked = fetch(`${fake.url}${path}`, { ...init, signal: controller.signal }).then((response) =>
      response.text(),
    )
    const early = await Promise.race([asked.then(() => 'ended'), new Promise((done) => setTimeout(done, 150, 'open'))])
    expect(early).toBe('open')
    controller.abort()
    await expect(asked).rejects.toThrow()
    expect(fake.stats().byFault).toEqual({ [kind]: 1 })
  })

  test('Retry-After comes as seconds, a date that is not early, milliseconds or not at all; early retries are seen', async () => {
    const header = async (retryAfter: NonNullable<LlmFault['retryAfter']>) =>
      (await post(await start({ faults: [{ kind: 'rate-limit', retryAfter }] }), 'chat')).headers
    expect((await header(3)).get('retry-after')).toBe('3')
    expect((await header({ ms: 250 })).get('retry-after-ms')).toBe('250')
    expect((await header('none')).has('retry-after')).toBe(false)
    const asked = Date.now()
    expect(Date.parse((await header({ dateInSeconds: 2 })).get('retry-after') ?? '')).toBeGreaterThanOrEqual(
      asked + 2000,
    )
    const fake = await start({ faults: [{ kind: 'rate-limit', retryAfter: 60, firstAttempts: 1 }] })
    await post(fake, 'chat')
    await post(fake, 'chat')
    expect(fake.stats()).toMatchObject({ retries: 1, earlyRetries: 1 })
  })

  test('limits: requests in a minute and requests at once', async () => {
    const slow = await start({ requestsPerMinute: 2 })
    const said: number[] = []
    for (const text of ['a', 'b', 'c'])
      said.push((await post(slow, 'chat', { body: ENDPOINTS.chat.body(text) })).status)
    expect(said).toEqual([200, 200, 429])
    const when = ({ prompt }: { readonly prompt: string }) => prompt.includes('slow')
    const narrow = await start({ maxConcurrent: 2, faults: [{ kind: 'hang', when }] })
    const ask = (text: string) => post(narrow, 'chat', { body: ENDPOINTS.chat.body(text) })
    expect((await ask('a')).status).toBe(200)
    const open = ['slow', 'slower'].map(ask)
    await expect.poll(() => narrow.stats().inFlight, { timeout: 20_000 }).toBe(2)
    expect((await Promise.all(['b', 'c'].map(ask))).map(({ status }) => status)).toEqual([429, 429])
    await narrow.close()
    await Promise.allSettled(open)
  })

  test("slots: more calls than that wait in line, in their order, and one that goes away takes nobody's turn", async () => {
    const fake = await start({ slots: 1, latency: 300 })
    const order: string[] = []
    const ask = async (text: string, signal = new AbortController().signal) => {
      const { status } = await post(fake, 'chat', { body: ENDPOINTS.chat.body(text), signal })
      order.push(`${text} ${status}`)
    }
    const gone = new AbortController()
    const first = ask('a')
    await expect.poll(() => fake.stats().requests).toBe(1)
    const second = ask('b', gone.signal).catch(() => undefined)
    await expect.poll(() => fake.stats().requests).toBe(2)
    const third = ask('c')
    gone.abort()
    await Promise.all([first, second, third])
    expect(order).toEqual(['a 200', 'c 200'])
    expect(fake.stats()).toMatchObject({ requests: 3, answered: 2, abandoned: 1 })
  })

  test('down answers 503 to all until it is configured back', async () => {
    const fake = await start({ down: true })
    expect((await post(fake, 'chat')).status).toBe(503)
    fake.configure({ down: false })
    expect((await post(fake, 'chat')).status).toBe(200)
  })
})

describe('truth', () => {
  test('seeded cases pass at their true rates and repeat exactly', async () => {
    const rates: { readonly [id: string]: number } = { sure: 1, never: 0, often: 0.8 }
    const spec = { passRate: (id: string) => rates[id] ?? 0, right: () => 'right', wrong: () => 'wrong' }
    const run = async () => {
      const fake = await start({ answer: seededCases(spec) })
      const said: string[] = []
      for (const id of ['sure', 'never'])
        said.push(
          String(ENDPOINTS.chat.say((await post(fake, 'chat', { body: ENDPOINTS.chat.body(`case ${id}`) })).json)),
        )
      for (let n = 0; n < 200; n++) {
        said.push(
          String(ENDPOINTS.chat.say((await post(fake, 'chat', { body: ENDPOINTS.chat.body('case often') })).json)),
        )
      }
      return said
    }
    const first = await run()
    expect(first.slice(0, 2)).toEqual(['right', 'wrong'])
    const share = first.slice(2).filter((text) => text === 'right').length / 200
    expect(Math.abs(share - 0.8)).toBeLessThan(0.1)
    expect(await run()).toEqual(first)
  })

  test('draws are even and depend on each part of their key', () => {
    const draws = Array.from({ length: 4000 }, (_, index) => fraction('seed', index))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02)
    expect(fraction('a', 'bc')).not.toBe(fraction('ab', 'c'))
  })

  test('a prefix seen before is counted as cached; Anthropic needs a mark', async () => {
    const prefix = 'The same long instructions. '.repeat(300)
    const fake = await start()
    const chat = async (text: string) =>
      (await post(fake, 'chat', { body: ENDPOINTS.chat.body(`${prefix}${text}`) })).json
    expect(at(await chat('one'), 'usage', 'prompt_tokens_details', 'cached_tokens')).toBe(0)
    const cached = Number(at(await chat('two'), 'usage', 'prompt_tokens_details', 'cached_tokens'))
    expect(cached).toBeGreaterThanOrEqual(1024)
    expect(cached % 128).toBe(0)
    const marked = (text: string) => ({
      model: 'm',
      max_tokens: 10,
      system: [{ type: 'text', text: prefix, cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: text }],
    })
    const one = (await post(fake, 'messages', { body: marked('one') })).json.usage as Json
    const two = (await post(fake, 'messages', { body: marked('two') })).json.usage as Json
    expect(one.cache_creation_input_tokens).toBe(2100)
    expect(two).toMatchObject({ cache_read_input_tokens: 2100, cache_creation_input_tokens: 0, input_tokens: 1 })
    expect((await post(fake, 'messages', { body: { ...marked('x'), system: prefix } })).json.usage).toMatchObject({
      cache_read_input_tokens: 0,
    })
  })

  test('streams chat and messages as events', async () => {
    const fake = await start({ answer: () => 'one two three four five six seven' })
    const chunk = definitionCheck('openai', 'ChatChunk')
    const chat = await post(fake, 'chat', {
      body: { ...ENDPOINTS.chat.body('x'), stream: true, stream_options: { include_usage: true } },
    })
    const events = chat.text
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)) as Json)
    expect(events.flatMap(chunk)).toEqual([])
    expect(events.map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('')).toBe(
      'one two three four five six seven',
    )
    expect(chat.text.endsWith('data: [DONE]\n\n')).toBe(true)
    const messages = await post(fake, 'messages', { body: { ...ENDPOINTS.messages.body('x'), stream: true } })
    expect(messages.text).toContain('event: message_stop')
    expect(fake.violations).toEqual([])
  })

  test('validation by form still sees a new form of body', async () => {
    const fake = await start({ validate: 'shapes', record: false })
    expect((await post(fake, 'chat', { body: ENDPOINTS.chat.body('a') })).status).toBe(200)
    expect((await post(fake, 'chat', { body: ENDPOINTS.chat.body('b') })).status).toBe(200)
    for (let n = 0; n < 2; n++)
      expect((await post(fake, 'chat', { body: { ...ENDPOINTS.chat.body('c'), temperature: 'hot' } })).status).toBe(400)
    expect(fake.requests).toEqual([])
    expect(fake.violations).toHaveLength(2)
  })
})

test('runs as a process under node24 and ends on SIGTERM', async () => {
  const script = fileURLToPath(new URL('./llm-server.ts', import.meta.url))
  const child = spawn(NODE24, [script, '--port', '0', '--rate500', '1', '--no-record'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
  )
  const { url } = JSON.parse(line) as { readonly url: string }
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    body: JSON.stringify(ENDPOINTS.chat.body('x')),
  })
  expect(response.status).toBe(500)
  expect(await (await fetch(`${url}/__stats`)).json()).toMatchObject({ requests: 1, violations: 0 })
  child.kill('SIGTERM')
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
})

describe('demands beyond the published types', () => {
  const spoken = { role: 'user', parts: [{ text: 'Weather?' }] }
  const calls = (signature: object) => ({
    role: 'model',
    parts: [{ functionCall: { name: 'f' }, ...signature }, { functionCall: { name: 'g' } }],
  })
  const results = { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] }
  test('Gemini 3 wants a signature at the first call of each step of the turn that goes on', async () => {
    const good = { thoughtSignature: 'abc_' }
    for (const [wanted, contents] of [
      [400, [spoken, calls({}), results]],
      [400, [spoken, calls(good), results, calls({}), results]],
      [400, [spoken, calls({ thoughtSignature: 'no base64' }), results]],
      [200, [spoken, calls(good), results]],
      [200, [spoken, calls({}), results, spoken]],
    ] as const) {
      const fake = await start()
      const response = await fetch(`${fake.url}/v1beta/models/gemini-3-pro-preview:generateContent`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': 'key' },
        body: JSON.stringify({ contents }),
      })
      expect([response.status, fake.violations.length]).toEqual([wanted, wanted === 200 ? 0 : 1])
    }
  })
})
