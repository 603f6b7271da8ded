// The real key in what a provider or a gateway sends back: no application gets it, in whatever pieces it comes.

import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/domain.ts'
import type { HttpOpen } from '../../src/ports.ts'
import { createMask } from '../../src/targets/proxy/mask.ts'
import { KEY, proxied } from './proxied.ts'

const SECRET = 'sk-proj-REALKEY-0123456789abcdefghij'

function passed(text: string, size: number, secrets: readonly string[] = [SECRET]): string {
  const mask = createMask(secrets)
  const bytes = Buffer.from(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
  return Buffer.concat([...chunks.map((chunk) => mask.take(chunk)), mask.end()]).toString()
}
const delta = (content: string): Json => ({ id: 'c', choices: [{ index: 0, delta: { content } }] })
const event = (data: Json) => `data: ${JSON.stringify(data)}\n\n`
const inEscapes = (text: string) =>
  [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
const textsIn = (stream: string) =>
  stream
    .split('\n\n')
    .flatMap((one) => (one.startsWith('data: {') ? [JSON.parse(one.slice(6)).choices[0].delta.content as string] : []))

describe('a stream on its way', () => {
  it.each([1, 2, 3, 7, 1000])('without the key goes on as it came, in pieces of %s bytes', (size) => {
    const text = `\uFEFFevent: a\ndata: {"t" : "é😀 sk-"}\n\n: comment\n\ndata: {"a":\ndata: 1}\r\n\r\n${event(delta('sk-proj-'))}data: [DONE]\n\ndata: {"open":`
    expect(passed(text, size)).toBe(text)
  })

  it.each([1, 5, 1000])('has no key in it in pieces of %s bytes, in an event, a comment or the rest', (size) => {
    const text = `: ${SECRET}\n\n${event(delta(`my ${SECRET}, yes`))}event: ${SECRET}\ndata: x\n\ndata: {"open": "${SECRET}`
    expect(passed(text, size)).toBe(text.replaceAll(SECRET, '***'))
  })

  it.each([
    [[SECRET.slice(0, 9), SECRET.slice(9)]],
    [[`It is ${SECRET.slice(0, 20)}`, `${SECRET.slice(20)}, keep it`]],
    [['a', SECRET.slice(0, 17), SECRET.slice(17, 30), SECRET.slice(30), 'z']],
    [[...SECRET]],
    [[...`sk-proj-${SECRET}sk-proj-${SECRET}.`]],
  ])('has at most the beginning of a key that comes as %j', (parts) => {
    const stream = `${parts.map((part) => event(delta(part))).join('')}data: [DONE]\n\n`
    const got = textsIn(passed(stream, 11)).join('')
    for (let at = 0; at + 17 <= SECRET.length; at += 1) expect(got).not.toContain(SECRET.slice(at, at + 17))
    expect(got).not.toContain(SECRET.slice(-6))
    const [before = '', after = ''] = [parts.join('').split(SECRET)[0], parts.join('').split(SECRET).at(-1)]
    expect([got.startsWith(before), got.endsWith(after)]).toEqual([true, true])
  })

  it('keeps what only begins like a key, and texts of two places apart', () => {
    const begins = [SECRET.slice(0, 12), ' and so on'].map((part) => event(delta(part))).join('')
    expect(passed(begins, 1000)).toBe(begins)
    const apart = `${event({ a: SECRET.slice(0, 14) })}${event({ b: SECRET.slice(14) })}`
    expect(passed(apart, 1000)).toBe(apart)
  })

  it('keeps the names of an event whose text it changes, and whatever there is to keep where there is no key', () => {
    const named = `event: part\nid: 4\n${event(delta(SECRET.slice(0, 9)))}event: part\nid: 5\n${event(delta(`${SECRET.slice(9)}!`))}`
    expect(passed(named, 1000)).toBe(
      `event: part\nid: 4\n${event(delta(SECRET.slice(0, 9)))}event: part\nid: 5\n${event(delta('***!'))}`,
    )
    expect(passed(`: ${SECRET}`, 3, [])).toBe(`: ${SECRET}`)
  })

  it.each([1, 1000])('has no key that an event has in escapes, in pieces of %s bytes', (size) => {
    const [first = '', second = ''] = [SECRET.slice(0, 9), SECRET.slice(9)].map(inEscapes)
    const stream = [
      event(delta('it is KEY')).replace('KEY', inEscapes(SECRET)),
      event({ [`KEY`]: 1, n: 1 }).replace('KEY', inEscapes(SECRET)),
      event(delta('KEY')).replace('KEY', first),
      event(delta('KEY, yes')).replace('KEY', second),
    ]
    const got = passed(stream.join(''), size)
    const read = got.split('\n\n').map((one) => JSON.stringify(one === '' ? '' : JSON.parse(one.slice(6))))
    expect(read.join('')).not.toContain(SECRET)
    expect(read.join('')).not.toContain(SECRET.slice(-20))
    expect(got).toContain(event(delta('it is ***')))
    expect(got).toContain(event({ '***': 1, n: 1 }))
  })

  it('keeps escapes of an event without the key as they are', () => {
    const text = 'data: {"t":"\\u00e9\\/ \\u0073k-"}\n\n'
    expect(passed(text, 3)).toBe(text)
  })

  it('lets an event go as soon as it is whole', () => {
    const mask = createMask([SECRET])
    expect(Buffer.from(mask.take(Buffer.from(event(delta('sk-proj-'))))).toString()).toBe(event(delta('sk-proj-')))
  })
})

describe('an application behind the proxy', () => {
  const echoes =
    (parts: readonly string[], type: string): HttpOpen =>
    async () => {
      async function* chunks() {
        for (const part of parts) yield Buffer.from(part)
      }
      return { status: 200, headers: { 'content-type': type }, chunks: chunks() }
    }
  const stop = { id: 'c', model: 'gpt-4.1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  const whole = { choices: [{ index: 0, message: { content: `it is ${KEY}` }, finish_reason: 'stop' }] }
  const cut = event(delta(KEY)).length - 12

  it.each([
    [
      'over two chunks',
      [event(delta(KEY)).slice(0, cut), event(delta(KEY)).slice(cut), event(stop)],
      'text/event-stream',
    ],
    ['over two events', [event(delta(KEY.slice(0, 9))), event(delta(KEY.slice(9))), event(stop)], 'text/event-stream'],
    ['at once', [JSON.stringify(whole)], 'application/json'],
    ['at once, in escapes', [JSON.stringify(whole).replace(KEY, inEscapes(KEY))], 'application/json'],
    ['in escapes in an event', [event(delta(KEY)).replace(KEY, inEscapes(KEY)), event(stop)], 'text/event-stream'],
  ])('never gets the key %s, and no record has it', async (_name, parts, type) => {
    await using at = await proxied({ world: { open: echoes(parts, type) } })
    const told = await at.ask(at.pool(`const told = await ask('x'); say({ id: asked.id, output: told.body })`))
    expect(told.text).toContain('***')
    expect(told.text).not.toContain(KEY.slice(9))
    expect(told.text).not.toContain(inEscapes(KEY.slice(9)))
    expect(JSON.stringify([told, at.records.map(({ outcome }) => outcome), at.kept])).not.toContain(KEY.slice(9))
  })

  it('does not get it with a list of models', async () => {
    const list = [`{"data":[{"id":"of ${KEY.slice(0, 5)}`, `${KEY.slice(5)}"}]}`]
    await using at = await proxied({ world: { open: echoes(list, 'application/json') } })
    const asks = `const told = await ask('', { method: 'GET', url: base + '/models' }); say({ id: asked.id, output: told.body })`
    expect((await at.ask(at.pool(asks))).text).toBe('{"data":[{"id":"of ***"}]}')
  })
})
