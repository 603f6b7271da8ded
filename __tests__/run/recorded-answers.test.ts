// Answers are read back from their file, whoever else writes into it and whatever happened to a line.

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStore } from '../../src/io/store.ts'
import { createKeyOffsets } from '../../src/run/key-offsets.ts'
import { ANSWERS_FILE, openRecord, type Stored } from '../../src/run/record.ts'
import { lineAbout } from '../../src/run/record-files.ts'
import type { Work } from '../../src/run/work.ts'
import { sha256 } from '../../src/targets/request.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parity-answers-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const request = {
  hash: 'h',
  kind: 'model',
  provider: 'openai',
  model: 'm',
  endpoint: 'chat',
  messages: [],
  parameters: {},
  segments: [],
} as const
const work: Work = {
  trial: { evalSet: 'set', caseId: 'c', side: 'head', step: 'pass', index: 0 },
  request,
}
const stored = (text: string): Stored => ({
  outcome: { state: 'answered', answer: { text, latencyMs: 1 } },
  attempts: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
})
const key = (name: string) => sha256(name)
const textOf = (found: Stored | undefined) =>
  found?.outcome.state === 'answered' ? found.outcome.answer.text : undefined

async function write(record: Awaited<ReturnType<typeof openRecord>>, name: string, text: string) {
  await record.intend(key(name), 'now')
  await record.end(key(name), { work, stored: stored(text), raw: 'raw', final: true })
}

describe('of two lines on one call', () => {
  const refusal: Stored = {
    outcome: {
      state: 'failed',
      failure: { kind: 'behavioural', cause: 'unknown-model', status: 404, message: 'no such model' },
    },
    attempts: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
  }

  it.each([
    ['small', 0],
    ['larger than what is kept in memory', 400],
  ])('the first answer counts, and before it the last refusal, in a %s record', async (_what, more) => {
    const record = await openRecord(createStore(directory))
    const end = (name: string, one: Stored) => record.end(key(name), { work, stored: one, raw: '', final: true })
    for (let i = 0; i < more; i += 1) await end(`more ${i}`, stored('x'.repeat(20_000)))
    await end('a', refusal)
    await end('a', stored('now it answers: "outcome":{"state":"failed"'))
    await end('a', stored('second'))
    await end('b', stored('"outcome":{"state":"failed"'))
    await end('b', refusal)
    await end('c', refusal)
    await end('c', refusal)
    const next = await openRecord(createStore(directory))
    for (const one of [record, next]) {
      expect(textOf(one.find(key('a')))).toBe('now it answers: "outcome":{"state":"failed"')
      expect(textOf(one.find(key('b')))).toBe('"outcome":{"state":"failed"')
      expect(one.find(key('c'))?.outcome).toEqual(refusal.outcome)
    }
    expect(next.known).toBe(more + 3)
  })
})

describe('answers of a record on disk', () => {
  it('are found in the run that wrote them and in the next, umlauts, emoji and line breaks included', async () => {
    const store = createStore(directory)
    const record = await openRecord(store)
    // More than is kept in memory of lines that were read.
    const texts = Array.from({ length: 300 }, (_, i) => `Grüße ${i} 🎉\n${'x'.repeat(i * 160)}`)
    for (const [i, text] of texts.entries()) await write(record, `k${i}`, text)
    const next = await openRecord(createStore(directory))
    for (const one of [record, next]) {
      expect(texts.map((_, i) => textOf(one.find(key(`k${i}`))))).toEqual(texts)
      expect(one.find(key('other'))).toBeUndefined()
      expect(one.lost).toBe(0)
    }
  })

  it('are found although another run writes between', async () => {
    const [one, other] = [await openRecord(createStore(directory)), await openRecord(createStore(directory))]
    for (let i = 0; i < 50; i++) {
      await write(one, `one${i}`, `of one ${i}`)
      await write(other, `other${i}`, `of the other ${i}`)
    }
    for (let i = 0; i < 50; i++) {
      expect(textOf(one.find(key(`one${i}`)))).toBe(`of one ${i}`)
      expect(textOf(other.find(key(`other${i}`)))).toBe(`of the other ${i}`)
    }
  })

  it('of a torn or damaged line are not taken; a later whole one is', async () => {
    const record = await openRecord(createStore(directory))
    await write(record, 'whole', 'kept')
    const line = (text: string) =>
      JSON.stringify({ t: 'answer', k: key('torn'), ...stored(text), request: 'h', rawSha256: null })
    // Torn just behind a brace, and whole by its ends with something else between.
    const end = line('torn').indexOf('"attempts"') - 1
    appendFileSync(join(directory, ANSWERS_FILE), `${line('torn').slice(0, end)}\n`)
    appendFileSync(join(directory, ANSWERS_FILE), `${line('damaged').replace('"outcome":', '"outcome"')}\n`)
    expect((await openRecord(createStore(directory))).find(key('torn'))).toBeUndefined()
    appendFileSync(join(directory, ANSWERS_FILE), `${line('good')}\n${line('drawn again')}\n`)
    const next = await openRecord(createStore(directory))
    expect(textOf(next.find(key('torn')))).toBe('good')
    expect(textOf(next.find(key('whole')))).toBe('kept')
  })

  it('bytes that are no UTF-8 before them move nothing', async () => {
    appendFileSync(join(directory, ANSWERS_FILE), Buffer.from([0xff, 0xfe, 0xc3, 0x0a]))
    await write(await openRecord(createStore(directory)), 'k', 'behind')
    expect(textOf((await openRecord(createStore(directory))).find(key('k')))).toBe('behind')
  })
})

describe('what a line is about', () => {
  it('is read alike with and without parsing', () => {
    const hash = key('k')
    expect(lineAbout(`{"t":"intent","k":"${hash}","at":"now"}`)).toEqual({ key: hash, kind: 'intent' })
    expect(lineAbout(`{"t":"lost","k":"${hash}"}`)).toEqual({ key: hash, kind: 'lost' })
    expect(lineAbout(`{ "k": "short", "t": "answer" }`)).toEqual({ key: 'short', kind: 'answer' })
    for (const torn of [`{"t":"intent","k":"${hash}","at":"no`, `{"t":"answer","k":"${hash}","outcome":{}`, '', '[]'])
      expect(lineAbout(torn)).toBeNull()
  })
})

describe('offsets by key', () => {
  it('holds each of many keys, the last offset of a key counts, and no other is found', () => {
    const offsets = createKeyOffsets()
    const known = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      const name = i % 3 === 0 ? `short ${i}` : key(`${i}`)
      offsets.set(name, 1)
      offsets.set(name, i * 5_000_000)
      known.set(name, i * 5_000_000)
    }
    for (const [name, offset] of known) expect(offsets.get(name)).toBe(offset)
    for (let i = 0; i < 20_000; i++) expect(offsets.get(`absent ${i}`)).toBeUndefined()
  })
})
