import { describe, expect, it } from 'vitest'
import { readJsonPath } from '../../src/targets/json-path.ts'
import { createReplay, echo } from '../../src/targets/replay.ts'
import { readReplay } from '../../src/targets/replay-file.ts'
import { requestHash } from '../../src/targets/request.ts'
import { request, trial } from './requests.ts'

describe('replay', () => {
  const asked = request()
  const text = (rows: Parameters<typeof createReplay>[0], at = trial(), promptHash?: string) => {
    const outcome = createReplay(rows)(asked, at, promptHash)
    return outcome.state === 'answered' ? outcome.answer.text : `${outcome.failure.kind} ${outcome.failure.cause}`
  }

  it('prefers the request, then case and side, then the case', () => {
    const rows = [
      { case: 'c1', output: 'case' },
      { case: 'c1', side: 'head' as const, output: 'head' },
      { request: asked.hash, case: 'c9', output: 'request' },
    ]
    expect(text(rows)).toBe('request')
    expect(text(rows.slice(0, 2))).toBe('head')
    expect(text(rows.slice(0, 2), trial({ side: 'base' }))).toBe('case')
  })

  it('a side that is none would stand for both, and is an error with its line', () => {
    expect(() =>
      readReplay('{"case":"c1","output":"x"}\n{"case":"c1","side":"haed","output":"y"}\n', 'r.jsonl'),
    ).toThrow(/^r\.jsonl:2: the side is "haed"\./)
    expect(readReplay('{"case":"c1","side":"head","output":"x"}\n{"case":"c1","output":"x"}\n', 'r.jsonl')).toEqual([
      { case: 'c1', side: 'head', output: 'x' },
      { case: 'c1', output: 'x' },
    ])
  })

  it('what is not recorded is missing, never a pass', () => {
    expect(text([])).toBe('transient no-answer-recorded')
    expect(text([{ output: 'of nothing' }])).toBe('transient no-answer-recorded')
    expect(text([{ case: 'c1', side: 'base', output: 'x' }])).toBe('transient no-answer-recorded')
  })

  it('an answer to another prompt is not the answer', () => {
    const rows = [
      { case: 'c1', prompt: 'p1', output: 'old' },
      { case: 'c1', prompt: 'p2', output: 'new' },
    ]
    expect(text(rows, trial(), 'p2')).toBe('new')
    expect(text(rows, trial(), 'p3')).toBe('transient no-answer-recorded')
    expect(text(rows, trial())).toBe('old')
  })

  it('repeats take one row each', () => {
    const rows = [
      { case: 'c1', output: 'a' },
      { case: 'c1', output: 'b' },
    ]
    expect([0, 1, 2].map((index) => text(rows, trial({ index })))).toEqual(['a', 'b', 'a'])
  })

  it('usage, model and latency are the recorded ones, or unknown', () => {
    const outcome = createReplay([
      { case: 'c1', output: 'a', usage: { input: 1, output: 2 }, model: 'm', latency_ms: 9 },
    ])(asked, trial())
    expect(outcome).toEqual({
      state: 'answered',
      answer: { text: 'a', usage: { input: 1, output: 2 }, model: 'm', latencyMs: 9 },
    })
    expect(createReplay([{ case: 'c1', output: 'a' }])(asked, trial())).toEqual({
      state: 'answered',
      answer: { text: 'a', latencyMs: null },
    })
  })
})

it('echo shows the prompt as a failure that is missing', () => {
  expect(echo(request())).toEqual({ state: 'failed', failure: { kind: 'transient', cause: 'echo', message: 'Hello' } })
})

describe('requestHash', () => {
  it('does not depend on the order of keys, segments or absent fields, and on nothing else less', () => {
    const { hash, segments: _s, ...parts } = request({ parameters: { a: 1, b: 2 } })
    expect(requestHash({ ...parts, parameters: { b: 2, a: 1 }, tools: undefined } as unknown as typeof parts)).toBe(
      hash,
    )
    expect(requestHash({ ...parts, segments: [{ text: 'x', origin: 'o', kind: 'static' }] })).toBe(hash)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    for (const change of [
      { model: 'other' },
      { parameters: { a: 1, b: 3 } },
      { messages: [] },
      { provider: 'x' },
      { baseUrl: 'u' },
    ])
      expect(requestHash({ ...parts, ...change })).not.toBe(hash)
  })
})

describe('JSON path', () => {
  const value = { a: { b: [{ c: 'x' }, 'y'] }, 'd e': 1 }
  it.each([
    ['$', value],
    ['$.a.b[0].c', 'x'],
    ['$.a.b[-1]', 'y'],
    ["$['d e']", 1],
    ['$["a"].b[1]', 'y'],
    ['$.a.nope', undefined],
    ['$.a.b[9]', undefined],
    ['$.a.b.length', undefined],
    ['$.__proto__', undefined],
    ['a.b', undefined],
    ['$..a', undefined],
    ['$.a[', undefined],
    ['', undefined],
  ])('%s', (path, expected) => {
    expect(readJsonPath(value, path)).toEqual(expected)
  })
})
