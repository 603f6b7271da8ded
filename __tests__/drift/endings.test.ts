// Models that stop, as a scheduled run tells of them.

import { describe, expect, it } from 'vitest'
import type { EvalSet } from '../../src/domain.ts'
import { nextEnd, shutdownEvents } from '../../src/drift/endings.ts'
import { BUILT_IN, type LifecycleBook } from '../../src/lifecycle/book.ts'
import { readFeed } from '../../src/lifecycle/feed.ts'
import { loadPrices } from '../../src/prices/index.ts'

const day = (text: string) => Date.parse(`${text}T05:17:00Z`)
const at = (text: string) => ({ nowMs: day(text), at: `${text}T05:17:00.000Z` })

/** The parts of a set that name models. */
const asking = (name: string, model: string, over: { fallbacks?: string[]; judge?: string; live?: string } = {}) =>
  ({
    ...{ name, path: `${name}.eval.yaml`, candidates: ['openai/gpt-5.1'], cases: [] },
    target: { kind: 'prompt', model, fallbacks: over.fallbacks ?? [], prompt: { path: '' } },
    scorers:
      over.judge === undefined ? [] : [{ type: 'llm-rubric', options: { model: over.judge }, place: { path: '' } }],
    ...(over.live === undefined ? {} : { live: over.live }),
  }) as unknown as EvalSet

const book = (lifecycle: LifecycleBook = BUILT_IN, models = {}) => loadPrices([], models, lifecycle)
const feed = async (models: readonly object[]): Promise<LifecycleBook> => ({
  feeds: await readFeed(
    'feed.json',
    JSON.stringify({ spec: 'model-eol/0.1', publisher: 'openai', generated: '2026-11-01T00:00:00Z', models }),
  ),
})

describe('the next end of a model in use', () => {
  const sets = [asking('a', 'openai/gpt-4.1-2025-04-14'), asking('b', 'acme/house', { judge: 'openai/gpt-5.1' })]

  it('of targets and judges, by our own table; what is over is no next end, and a candidate is not in use', async () => {
    expect(nextEnd(sets, await book(), day('2026-12-02'))).toMatchObject({ date: '2027-01-14', evalSets: ['a'] })
    expect(nextEnd(sets, await book(), day('2027-02-01'))).toMatchObject({ date: '2027-04-01', evalSets: ['b'] })
    expect(nextEnd(sets, await book(), day('2028-01-01'))).toBeNull()
    expect(nextEnd([asking('c', 'acme/house')], await book(), day('2026-12-02'))).toBeNull()
  })

  it('a feed of the repository counts before it, for fallbacks too', async () => {
    const said = await feed([
      { id: 'gpt-4.1-2025-04-14' },
      { id: 'house-2', shutdown: '2026-12-20', date_precision: 'earliest' },
    ])
    const using = [asking('a', 'openai/gpt-4.1-2025-04-14', { fallbacks: ['openai/house-2'] })]
    expect(nextEnd(using, await book(said), day('2026-12-02'))).toEqual({
      ...{ model: 'openai/house-2', date: '2026-12-20', precision: 'earliest', evalSets: ['a'] },
    })
  })

  it('through what `models:` says; the clock of another channel is not known', async () => {
    const models = { 'gateway/support': 'openai/gpt-4.1-2025-04-14', 'azure/support': 'openai/gpt-4.1-2025-04-14' }
    const known = await book(BUILT_IN, models)
    expect(nextEnd([asking('a', 'azure/support')], known, day('2026-12-02'))).toBeNull()
  })
})

describe('an end that is near is an event of the run', () => {
  const soon = async (shutdown: string, sets: readonly EvalSet[] = [asking('a', 'openai/x-1')], more: object = {}) =>
    shutdownEvents(sets, await book(await feed([{ id: 'x-1', shutdown, ...more }])), at('2026-12-02'))

  it.each([
    ['2027-02-15', []],
    ['2027-01-20', ['stops on 2027-01-20, in 49 days']],
    ['2026-12-10', ['in only 8 days: from then on calls to it fail']],
    ['2026-12-01', ['was to stop on 2026-12-01: since then calls to it fail']],
  ])('%s: %j', async (shutdown, words) => {
    const events = await soon(shutdown)
    expect(events.map(({ message }) => message)).toEqual(words.map((one) => expect.stringContaining(one)))
    expect(events.every(({ kind, evalSet }) => kind === 'shutdown' && evalSet === 'a')).toBe(true)
  })

  it('a date that nobody scheduled is none', async () => {
    expect(await soon('2026-12-10', undefined, { date_precision: 'tentative' })).toEqual([])
  })

  it('one for a model, whatever the number of its sets and of its uses', async () => {
    const sets = [asking('a', 'openai/x-1'), asking('b', 'openai/y', { judge: 'openai/x-1', live: 'openai/x-1' })]
    const events = await soon('2026-12-10', sets)
    expect(events).toMatchObject([{ evalSet: null, message: expect.stringContaining('In use by a, b.') }])
  })
})
