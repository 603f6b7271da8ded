// Keys in what providers and applications say, in every form and place: gone before anything is cut, judged or written.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Json, Outcome } from '../../src/domain.ts'
import { systemClock } from '../../src/io/clock.ts'
import { createHttp } from '../../src/io/http.ts'
import type { Child } from '../../src/ports.ts'
import { hideKeys } from '../../src/report/known-keys.ts'
import { attempt } from '../../src/targets/call.ts'
import { startWorker } from '../../src/targets/command-worker.ts'
import { callHttp } from '../../src/targets/http.ts'
import { callModel } from '../../src/targets/model.ts'
import { attemptWithoutKeys, bodyWithoutKeys, withTexts } from '../../src/targets/without-keys.ts'
import { endpoint, request, trial } from './requests.ts'

const KEY = 'Zt8Qm4/Lx9Pd2Vk7Rb5Yn3Hc6Wj1Gs0Fa'
const MARK = '[redacted: configured key]'
const withoutKeys = hideKeys([KEY])

/** The longest piece of the key that a text has, from its first character on. */
function begun(text: string): number {
  let length = 0
  while (length < KEY.length && text.includes(KEY.slice(0, length + 1))) length += 1
  return length
}

describe('a body', () => {
  const escaped = (text: string) =>
    [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')

  it.each([
    ['as it is', `{"a":"${KEY}"}`],
    ['with a slash as PHP writes it', `{"a":"${KEY.replaceAll('/', '\\/')}"}`],
    ['in escapes', `{"a":"${escaped(KEY)}"}`],
    ['as a name', `{"${KEY}":"a"}`],
    ['deep inside', `[[{"b":[1,"${KEY}"]}]]`],
    ['no JSON', `<p>${KEY}</p>`],
  ])('%s has no key any more', (_, body) => {
    const hidden = bodyWithoutKeys(body, withoutKeys)
    expect(hidden).toContain(MARK)
    expect(hidden).not.toContain(KEY)
    expect(hidden).not.toContain(escaped(KEY))
  })

  it('stays what it was, byte for byte, where there is no key', () => {
    for (const body of ['{ "a" : 1.0, "b":"\\u00e9\\/" }', '', 'no JSON \\u0041', '{"a":1e400}'])
      expect(bodyWithoutKeys(body, withoutKeys)).toBe(body)
  })

  it('stays JSON where a number happens to be a key', () => {
    const numbers = hideKeys(['123456789012'])
    expect(JSON.parse(bodyWithoutKeys('{"created":123456789012,"a":"123456789012"}', numbers))).toEqual({
      created: 123456789012,
      a: MARK,
    })
  })

  it('that is deeper than the stack is read as text', () => {
    const deep = `${'['.repeat(200_000)}"${KEY}"${']'.repeat(200_000)}`
    expect(bodyWithoutKeys(deep, withoutKeys)).not.toContain(KEY)
  })
})

describe('an attempt', () => {
  const answered = (answer: { readonly [name: string]: Json }) =>
    attempt({ state: 'answered', answer: { text: 'ok', latencyMs: 1, ...answer } } as Outcome, 'bytes')

  it('has no key in any of its texts', () => {
    const made = attemptWithoutKeys(
      answered({
        text: `ok ${KEY}`,
        model: `gpt-${KEY}`,
        fingerprint: `fp_${KEY}`,
        serviceTier: KEY,
        requestId: `r-${KEY}`,
        toolCalls: [{ name: `f${KEY}`, arguments: { [KEY]: [KEY] } }],
        retrieved: [{ id: KEY, text: KEY }],
        timings: { [KEY]: 1 },
        calls: [{ provider: 'p', model: 'm', failure: { message: KEY, requestId: KEY } }],
      }),
      withoutKeys,
    )
    expect(JSON.stringify(made)).not.toContain(KEY)
    expect(made.outcome).toMatchObject({ state: 'answered', answer: { fingerprint: `fp_${MARK}`, latencyMs: 1 } })
    const failed = attempt({
      state: 'failed',
      failure: { kind: 'transient', cause: 'server', message: `no ${KEY}`, status: 500, requestId: KEY },
    })
    expect(JSON.stringify(attemptWithoutKeys(failed, withoutKeys))).not.toContain(KEY)
    const said = { model: KEY, fingerprint: KEY, serviceTier: KEY, responseId: KEY, terms: { speed: KEY } }
    const filtered = {
      kind: 'behavioural',
      cause: 'content-filter',
      message: 'x',
      usage: { input: 1, output: 0 },
    } as const
    const without = attemptWithoutKeys(attempt({ state: 'failed', failure: { ...filtered, ...said } }), withoutKeys)
    expect(JSON.stringify(without)).not.toContain(KEY)
    expect(without.outcome).toMatchObject({ failure: { ...filtered, model: MARK } })
  })

  it('keeps no bytes that have a key in pieces, and others as they are', () => {
    expect(attemptWithoutKeys(answered({ text: KEY }), withoutKeys).raw).toBe('')
    const clean = answered({})
    expect(attemptWithoutKeys(clean, withoutKeys)).toBe(clean)
    expect(attemptWithoutKeys({ ...clean, raw: `{"x":"${KEY}"}` }, withoutKeys).raw).toBe(`{"x":"${MARK}"}`)
    const digits = attemptWithoutKeys({ ...clean, raw: '{"x":123456789012}' }, hideKeys(['123456789012']))
    expect(digits.raw).not.toContain('123456789012')
  })

  it('that is deeper than the stack is no answer, and no defect', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as Json
    const made = attemptWithoutKeys(answered({ toolCalls: [{ name: 'f', arguments: deep }] }), withoutKeys)
    expect(made).toMatchObject({ outcome: { state: 'failed', failure: { cause: 'malformed-answer' } }, raw: '' })
  })

  it('an answer that ends in the middle of a key has none of it', () => {
    const { outcome } = attemptWithoutKeys(answered({ text: `it is ${KEY.slice(0, 20)}` }), withoutKeys)
    expect(outcome).toMatchObject({ answer: { text: `it is ${MARK}` } })
  })
})

it('a value without keys is the same value', () => {
  const value = { a: [1, null, { b: 'x' }], c: undefined }
  expect(withTexts(value, withoutKeys)).toBe(value)
})

const PADS = Array.from({ length: 90 }, (_, at) => 230 + at)
const padded = (length: number) =>
  `${'word '.repeat(100).slice(0, length)}${KEY} and more words after it${' so'.repeat(60)}`
const context = { trial: trial(), timeoutMs: 5000, signal: new AbortController().signal }
const messageOf = (outcome: Outcome) => (outcome.state === 'failed' ? outcome.failure.message : 'answered')

describe('a message that is cut where the key stands', () => {
  async function serving(reply: (request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer(reply).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const http = createHttp({ environment: () => undefined })
    return {
      ...{ http, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
      [Symbol.dispose]: () => {
        http.close()
        server.close()
      },
    }
  }
  const fail = (text: string) => (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: text } }))

  it('of a provider', async () => {
    let text = ''
    using served = await serving((request, response) => fail(text)(request, response))
    const { http, url } = served
    for (const pad of PADS) {
      text = padded(pad)
      const how = { http, clock: systemClock, context, withoutKeys }
      const { outcome, raw } = await callModel(request(), endpoint({ baseUrl: `${url}/v1` }), how)
      expect(messageOf(outcome)).toContain('answered 400')
      expect(begun(`${messageOf(outcome)} ${raw}`), `${pad}`).toBeLessThan(8)
    }
  })

  it('of an application behind a URL', async () => {
    let text = ''
    using served = await serving((request, response) => fail(text)(request, response))
    const application = { method: 'POST', url: served.url, output: '$' }
    const asked = request({ kind: 'http', provider: 'http', endpoint: 'application', messages: [], application })
    for (const pad of PADS) {
      text = padded(pad)
      const { outcome } = await callHttp(asked, { http: served.http, clock: systemClock, context, withoutKeys })
      expect(begun(messageOf(outcome)), `${pad}`).toBeLessThan(8)
    }
  })
})

describe('an application that says a key where its words are cut', () => {
  /** One that says a line, or ends, as soon as it is asked. */
  async function told(does: { readonly line?: string; readonly stderr?: string }): Promise<string> {
    let hear: (line: string) => void = () => undefined
    let end: Parameters<Child['onExit']>[0] = () => undefined
    const child: Child = {
      send: () => {
        if (does.line !== undefined) hear(does.line)
        else end({ code: 1, signal: null, stderr: does.stderr ?? '' })
      },
      endInput: () => undefined,
      onLine: (heard) => {
        hear = heard
      },
      onLongLine: () => undefined,
      onPrinted: () => undefined,
      onExit: (ended) => {
        end = ended
      },
      stderrTail: () => does.stderr ?? '',
      kill: () => undefined,
    }
    const worker = startWorker(child, { clock: systemClock, withoutKeys })
    const asked = { id: 'c1', line: '{}', timeoutMs: 1000, signal: context.signal }
    return messageOf((await worker.ask(asked)).outcome)
  }

  it.each([
    ['an error', (text: string) => ({ line: JSON.stringify({ id: 'c1', error: text }) })],
    [
      'an error that begins with nothing',
      (text: string) => ({ line: JSON.stringify({ id: 'c1', error: `${' '.repeat(1700)}${text}` }) }),
    ],
    ['a line that is no JSON', (text: string) => ({ line: text.slice(150) })],
    ['its last words', (text: string) => ({ stderr: text })],
    ['the first line of a stack', (text: string) => ({ stderr: `${text.slice(180)}\n    at f (a.js:1:2)\nend` })],
    ['words beside no answer', (text: string) => ({ line: '{"id":"c1"}', stderr: text })],
  ])('%s', async (_, does) => {
    for (const pad of PADS) {
      const message = await told(does(padded(pad)))
      expect(message).toContain('application')
      expect(begun(message), message).toBeLessThan(8)
    }
  })

  it('answers, however deep what it says beside that is', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    for (const output of ['fine', `fine ${KEY}`])
      expect(await told({ line: `{"id":"c1","output":"${output}","more":${deep}}` })).toBe('answered')
  })

  it('none of its end is left where the beginning is cut off', async () => {
    for (let after = 230; after < 300; after += 1) {
      const message = await told({ stderr: `${'x'.repeat(300)} ${KEY}${' y'.repeat(200).slice(0, after)}` })
      expect(message.includes(KEY.slice(-8)), `${after}`).toBe(false)
    }
  })
})
