// Runs of a large set are taken apart and put together again: whoever reads them must see no difference.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { HELD_CASES } from '../../src/config/shelved-cases.ts'
import type { Answer, Outcome, Result, Score, Trial } from '../../src/domain.ts'
import { wholeOutcome } from '../../src/evaluate/kept-run.ts'
import { createResults } from '../../src/evaluate/results.ts'
import { createShelf } from '../../src/io/shelf.ts'
import { type MadeRun, readRunLine, runLine } from '../../src/shard/run-line.ts'

const directory = mkdtempSync(join(tmpdir(), 'parity-results-'))
const shelf = createShelf(join(directory, 'state'))
afterAll(() => {
  shelf.close()
  rmSync(directory, { recursive: true, force: true })
})

const CASES = new Map(Array.from({ length: HELD_CASES + 1 }, (_, i) => [`c${i}`, null]))
const trial = (more: Partial<Trial> = {}): Trial => ({
  evalSet: 'set',
  caseId: 'c7',
  side: 'head',
  step: 'pass',
  index: 0,
  ...more,
})
const answered = (answer: Partial<Answer> = {}): Outcome => ({
  state: 'answered',
  answer: { text: 'Grüße 🎉\n', latencyMs: 12.5, ...answer },
})
const scored: Score = { scorer: 'equals', weight: 1, state: 'scored', value: 0.25, pass: false, why: 'not equal' }

const OUTCOMES: readonly Outcome[] = [
  answered(),
  answered({ text: '', latencyMs: null }),
  answered({ latencyMs: null, latencyAtMostMs: 1500, usage: { input: 1, output: 2 }, timings: { retrieval: 3 } }),
  answered({ text: 'x'.repeat(300_000), latencyMs: 0 }),
  answered({
    usage: { input: 10, output: 2, cachedInput: 3, reportedUsd: '0.00012' },
    model: 'm-1',
    fingerprint: 'fp',
    serviceTier: 'default',
    terms: { inference_geo: 'us', speed: 'fast' },
    requestId: 'req-1',
    responseId: 'chatcmpl-1',
    finishReason: 'tool_calls',
    refusal: true,
    toolCalls: [{ name: 'f', arguments: { a: [1, null, 'b'] } }],
    retrieved: [{ id: 'd', text: 'document', score: 0.5 }],
    timings: { retrieval: 3, inference: 0.5 },
  }),
  answered({ usage: { output: 7, input: 1 }, toolCalls: [], timings: {} }),
  { state: 'failed', failure: { kind: 'transient', cause: 'server', message: 'down', status: 503, requestId: 'r' } },
  { state: 'failed', failure: { kind: 'behavioural', cause: 'template', message: '' } },
  {
    state: 'failed',
    failure: {
      ...{ kind: 'behavioural', cause: 'content-filter', message: 'filtered' },
      usage: { input: 10, output: 2, cachedInput: 3, reportedUsd: '0.00012' },
      ...{ model: 'm-1', fingerprint: 'fp', serviceTier: 'default', terms: { inference_geo: 'us' } },
      ...{ requestId: 'req-1', responseId: 'chatcmpl-1', finishReason: 'content_filter', toolFees: true },
    },
  },
]
const STATES: readonly ((of: Pick<Result, 'trial' | 'outcome'>) => Result)[] = [
  (of) => ({ ...of, scores: [scored], state: 'scored', score: 1 / 3, pass: true }),
  (of) => ({
    ...of,
    scores: [
      { scorer: 'a', weight: 0, state: 'missing', why: 'no judge' },
      { scorer: 'b', weight: 2, state: 'left-out', why: 'one side' },
      { ...scored, value: 1, pass: true, standing: 'tie', why: '' },
    ],
    state: 'scored',
    score: 1,
    pass: false,
  }),
  (of) => ({ ...of, scores: [], state: 'missing', why: 'lost' }),
  (of) => ({ ...of, scores: [], state: 'unscored', why: 'compares two' }),
]
const ALL = OUTCOMES.flatMap((outcome, o) =>
  STATES.map((make, s) => make({ trial: trial({ step: s % 2 === 0 ? 'pass' : 'fresh', index: o }), outcome })),
)

/** Every member that the types have, read from it. */
function plain(result: Result): Result {
  const { trial, outcome } = result
  const scores = result.scores.map((score) => ({ ...score, why: score.why }))
  const own = { trial, outcome: wholeOutcome(outcome), scores }
  if (result.state !== 'scored') return { ...own, state: result.state, why: result.why }
  return { ...own, state: result.state, score: result.score, pass: result.pass }
}

describe('runs of a large set', () => {
  it('are what was added, in the order in which it was', () => {
    const results = createResults(CASES, shelf)
    for (const result of ALL) results.add(result)
    const again = results.of('c7', 'head')
    expect(again.map(plain)).toEqual(ALL)
    expect(again[0]).not.toBe(ALL[0])
    expect(results.of('c7', 'base')).toEqual([])
    expect(results.of('c8', 'head')).toEqual([])
    expect(() => results.of('other', 'head')).toThrow('no case other')
  })

  it('of many cases, mixed, are each found with their own', () => {
    const results = createResults(CASES, shelf)
    const text = (id: string, side: string, index: number) => `${id} ${side} ${index}`
    for (let index = 0; index < 3; index++)
      for (const id of CASES.keys())
        for (const side of ['head', 'base'] as const)
          results.add({
            trial: trial({ caseId: id, side, index }),
            outcome: answered({ text: text(id, side, index), requestId: `${index}` }),
            scores: [{ ...scored, why: text(id, side, index) }],
            ...{ state: 'scored', score: index / 7, pass: index === 1 },
          })
    for (const id of ['c0', 'c1', 'c999', `c${HELD_CASES}`])
      for (const side of ['base', 'head'] as const)
        expect(
          results.of(id, side).map((one) => [one.trial.index, one.scores[0]?.why, wholeOutcome(one.outcome)]),
        ).toEqual(
          [0, 1, 2].map((index) => [
            index,
            text(id, side, index),
            answered({ text: text(id, side, index), requestId: `${index}` }),
          ]),
        )
  })

  it('are shared by a shard as those of a small set', () => {
    const results = createResults(CASES, shelf)
    for (const result of ALL) results.add(result)
    const rules = { redact: (text: string) => text.replaceAll('equal', '[redacted]'), texts: true }
    const shared = (all: readonly Result[]) =>
      all.map((result) => readRunLine(runLine({ result }, rules)) as MadeRun | null)
    expect(shared(results.of('c7', 'head'))).toEqual(shared(ALL))
  })

  it('leave no file behind, and none that can be read meanwhile', () => {
    createResults(CASES, shelf).add(ALL[0] as Result)
    expect(readdirSync(join(directory, 'state'))).toEqual([])
  })

  it('of a small set are held as they are', () => {
    const results = createResults(new Map([['c7', null]]), shelf)
    results.add(ALL[0] as Result)
    expect(results.of('c7', 'head')[0]).toBe(ALL[0])
  })
})

describe('the shelf', () => {
  it('gives back texts of every size, written or waiting', () => {
    const texts = ['', 'ä', 'x'.repeat(2043), 'x'.repeat(2044), 'x'.repeat(2045), '🎉'.repeat(200_000), 'last']
    const own = createShelf(join(directory, 'other'))
    const tickets = texts.map((text) => own.put(text))
    expect(tickets.map((ticket) => own.get(ticket))).toEqual(texts)
    expect(own.get(own.put('after'))).toBe('after')
    own.close()
  })

  it('says where it could not write', () => {
    const file = join(directory, 'file')
    writeFileSync(file, '')
    const own = createShelf(join(file, 'state'))
    own.put('text')
    expect(() => own.get(0)).toThrow(/texts of this run cannot be written to .*state\/ \(ENOTDIR\)/)
  })
})
