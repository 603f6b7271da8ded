// Streams whose client leaves before the connection is over: libraries do that at the end of every answer, applications where they
// have read enough.

import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/domain.ts'
import { systemClock } from '../../src/io/clock.ts'
import { HttpFailure, type HttpOpen } from '../../src/ports.ts'
import { closeCase, type OpenCase, type SeenCall } from '../../src/targets/proxy/session.ts'
import { proxied } from './proxied.ts'
import { endpoint, trial } from './requests.ts'

/** Sends its events, and then nothing until it is let go or breaks by itself. */
function provider(events: readonly (Json | string)[], then: 'silent' | 'broken' = 'silent'): HttpOpen {
  return async ({ signal }) => {
    async function* chunks() {
      for (const event of events)
        yield Buffer.from(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
      if (then === 'broken') throw new HttpFailure('truncated', 'cut off')
      if (!signal?.aborted) await new Promise((left) => signal?.addEventListener('abort', left, { once: true }))
      throw new HttpFailure('cancelled', 'let go')
    }
    return { status: 200, headers: { 'content-type': 'text/event-stream' }, chunks: chunks() }
  }
}

const endpoints = new Map(
  (['openai', 'anthropic', 'gemini'] as const).map((name) => [
    name as string,
    endpoint({ provider: name, kind: name, baseUrl: `https://${name}.test/v1` }),
  ]),
)

/** Reads until what it has got has the words in it, and closes the connection. */
const leavesAt = (words: string, path = '/openai/v1/chat/completions') => `
  const stop = new AbortController()
  const body = JSON.stringify({ model: 'gpt-4.1', stream: true, max_tokens: 9, input: 'x', messages: [{ role: 'user', content: 'x' }] })
  const told = await fetch(new URL(base).origin + ${JSON.stringify(path)}, { signal: stop.signal, method: 'POST', headers: { authorization: 'Bearer ' + token }, body })
  let read = ''
  for await (const part of told.body) { read += Buffer.from(part).toString(); if (read.includes(${JSON.stringify(words)})) break }
  stop.abort()`
const say = `say({ id: asked.id, output: 'read' })`

const delta = (content: string, finish_reason: string | null = null): Json => ({
  ...{ id: 'c', model: 'gpt-4.1' },
  choices: [{ index: 0, delta: { content }, finish_reason }],
})
const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
const counts: Json = { id: 'c', model: 'gpt-4.1', choices: [], usage }
const response = (status: string): Json => ({
  ...{ status, model: 'gpt-4.1', usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 } },
  ...(status === 'incomplete' ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
  output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
})
const said: Json = { type: 'response.output_text.delta', delta: 'Hi' }
const started: Json = {
  type: 'message_start',
  message: { role: 'assistant', model: 'm', content: [], usage: { input_tokens: 7, output_tokens: 1 } },
}
const block: Json = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hi' } }
const stopping: Json = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }
const part = (finishReason?: string): Json => ({
  candidates: [{ content: { parts: [{ text: 'Hi' }] }, ...(finishReason === undefined ? {} : { finishReason }) }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
})

describe('a stream that the application has up to its end', () => {
  it.each([
    ['Chat', '/openai/v1/chat/completions', [delta('Hi'), delta('', 'stop'), counts, '[DONE]'], '[DONE]'],
    ['Chat, left at the counts', '/openai/v1/chat/completions', [delta('Hi', 'stop'), counts], 'prompt_tokens'],
    [
      'Responses',
      '/openai/v1/responses',
      [said, { type: 'response.completed', response: response('completed') }],
      'response.completed',
    ],
    [
      'Responses, cut by its length',
      '/openai/v1/responses',
      [said, { type: 'response.incomplete', response: response('incomplete') }],
      'response.incomplete',
    ],
    ['Messages', '/anthropic/v1/messages', [started, block, stopping, { type: 'message_stop' }], 'message_stop'],
    [
      'generateContent',
      '/gemini/v1beta/models/g:streamGenerateContent?alt=sse',
      [part(), part('STOP')],
      'finishReason',
    ],
  ])('%s: was answered, with all its counts, though the client leaves first', async (_name, path, events, last) => {
    await using at = await proxied({ world: { open: provider(events), endpoints } })
    const told = await at.ask(at.pool(`${leavesAt(last, path)}; ${say}`))
    expect(told).toMatchObject({ text: 'read', usage: { input: 7, output: 3 } })
    expect(told.calls).toMatchObject([{ counted: 'measured', usage: { input: 7, output: 3 } }])
    expect(told.calls?.[0]).not.toHaveProperty('failure')
    await expect.poll(() => at.records.map(({ outcome }) => outcome.state)).toEqual(['answered'])
  })

  it('is estimated where it says no counts', async () => {
    await using at = await proxied({ world: { open: provider([delta('Hi', 'stop'), '[DONE]']) } })
    const told = await at.ask(at.pool(`${leavesAt('[DONE]')}; ${say}`))
    expect(told.calls).toMatchObject([{ counted: 'estimated' }])
  })

  it('is whole for the application, too, when the provider breaks the connection behind the end', async () => {
    await using at = await proxied({ world: { open: provider([delta('Hi', 'stop'), counts, '[DONE]'], 'broken') } })
    const told = await at.ask(at.pool(`${leavesAt('nothing like that')}; ${say}`))
    expect(told.calls).toMatchObject([{ counted: 'measured', usage: { input: 7, output: 3 } }])
  })

  it('that was an error counts by what it says', async () => {
    const error: Json = { error: { message: 'overloaded', type: 'server_error', code: 503 } }
    await using at = await proxied({ world: { open: provider([delta('Hi'), error]) } })
    const told = await at.ask(at.pool(`${leavesAt('overloaded')}; throw new Error('no answer')`))
    expect(told).toMatchObject({ kind: 'transient', cause: 'server' })
  })
})

describe('a stream that is left before its end', () => {
  it.each([
    ['in the middle', [delta('Hi')], 'Hi'],
    ['at the end of the text, before the counts', [delta('Hi', 'stop')], 'stop'],
    ['with counts so far, as some send with every part', [{ ...(delta('Hi') as object), usage }], 'prompt_tokens'],
  ])('%s: stays cancelled, and nobody says what it cost', async (_name, events, last) => {
    await using at = await proxied({ world: { open: provider(events as readonly Json[]) } })
    const told = await at.ask(at.pool(`${leavesAt(last)}; ${say}`))
    expect(told.calls?.[0]).toMatchObject({ counted: 'unknown', uncounted: true, failure: { cause: 'cancelled' } })
    expect(told.calls?.[0]).not.toHaveProperty('usage')
    expect(told).not.toHaveProperty('usage')
  })

  it('breaks for the application, too, where the provider broke it', async () => {
    await using at = await proxied({ world: { open: provider([delta('Hi')], 'broken') } })
    const told = await at.ask(at.pool(`try { ${leavesAt('never')} } catch { ${say} }`))
    expect(told).toMatchObject({ kind: 'transient', cause: 'malformed-answer' })
  })
})

describe('calls that are open when the time for them is over', () => {
  it('are given up, and are calls of the case all the same', async () => {
    const of: OpenCase = {
      trial: trial(),
      calls: [],
      over: new AbortController(),
      open: true,
      changed: () => undefined,
    }
    const made = { hash: 'h' } as SeenCall['made']
    const call = { endedMs: null, made: null } as unknown as SeenCall
    of.calls.push(call)
    of.over.signal.addEventListener('abort', () =>
      queueMicrotask(() => {
        Object.assign(call, { made, endedMs: 1 })
        of.changed()
      }),
    )
    expect(await closeCase(of, { clock: systemClock, graceMs: 1 })).toEqual([made])
  })
})
