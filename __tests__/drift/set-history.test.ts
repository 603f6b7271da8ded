// What a run gets to know before its first call, from a history in memory.

import { describe, expect, it } from 'vitest'
import { readPast } from '../../src/drift/set-history.ts'
import { systemClock } from '../../src/io/clock.ts'
import type { Clock, Git, HistoryStore } from '../../src/ports.ts'
import { pastOf, setName } from '../fakes/drift-records.ts'
import { createFakeHistory } from '../fakes/history.ts'

const plan = (gates: object) => ({ name: setName(0), gates, cases: new Map(), base: null, levels: [] }) as never
const git = { tags: async () => [], commit: async () => null, ancestry: async () => [] } as unknown as Git
const NEVER: Clock = { now: () => 0, sleep: () => new Promise(() => {}) }
const AT_ONCE: Clock = { now: () => 0, sleep: async () => {} }
const GUARDED = plan({ since: { ref: 'baseline', maxDropPoints: { limit: 5, level: 'fail' } } })

const read = (history: HistoryStore | null, one = GUARDED, clock = NEVER, signal = new AbortController().signal) =>
  readPast({
    ...{ history, config: 'parity.yaml', git, clock, plans: [one], nowMs: Date.parse('2026-11-28T00:00:00Z') },
    context: { contentIds: { base: '', head: '' }, environment: () => undefined },
    ...{ baseTree: null, baseSha: 'b', headSha: 'h', isMerge: false, signal },
  })
const ofSet = async (...args: Parameters<typeof read>) => {
  const { sets, notes } = await read(...args)
  return { ...sets.get(setName(0)), notes }
}

const known = pastOf({ sets: 1, days: 30, cases: 60, from: '2026-10-20T05:00:00Z' })

describe('the past of a set', () => {
  it('lets the plan know of the levels that an anchor asks for, and asks for none without one', async () => {
    const cases = new Map([true, false].map((identical, at) => [`c${at}`, { identical, kase: { id: `c${at}` } }]))
    const of = (history: HistoryStore) => read(history, { ...(GUARDED as object), cases } as never)
    expect((await of(createFakeHistory(known))).plans).toMatchObject([{ levels: ['c0'] }])
    expect((await of(createFakeHistory())).plans).toMatchObject([{ levels: [] }])
  })

  it('has the trend, the noise and the anchor', async () => {
    const past = await ofSet(createFakeHistory(known))
    expect(past.trend?.scores).toHaveLength(20)
    expect(past.trend?.noisePoints).toBeGreaterThan(0)
    expect(past).toMatchObject({ anchor: { state: 'found', anchor: { runs: 10, cases: 60 } }, notes: [], issue: null })
  })

  it('has no anchor where no gate asks for one', async () => {
    expect((await ofSet(createFakeHistory(known), plan({}))).anchor).toBeNull()
  })

  it.each<[string, (history: ReturnType<typeof createFakeHistory>) => void, string, number]>([
    ['empty', () => {}, 'there is no history yet', 0],
    ['out of reach', (history) => history.unreachable(true), 'the history could not be reached', 0],
    ['of a later release', (history) => history.newer(true), 'the history cannot be read', 1],
  ])('%s, it cannot be told, and is not silent where a gate asks', async (_, spoil, why, notes) => {
    const history = createFakeHistory()
    spoil(history)
    const past = await ofSet(history)
    expect(past.anchor).toMatchObject({ state: 'none', why: expect.stringContaining(why) })
    expect([past.trend, past.notes.length]).toEqual([null, notes])
  })

  it('out of reach, what was seen last counts', async () => {
    const history = createFakeHistory(known)
    history.unreachable(true)
    expect(await ofSet(history)).toMatchObject({ anchor: { state: 'found' } })
  })

  it('is not waited for without an end', async () => {
    const slow: HistoryStore = { read: () => new Promise(() => {}), append: () => Promise.reject(new Error('no')) }
    expect((await ofSet(slow, GUARDED, AT_ONCE)).anchor).toMatchObject({ why: 'the history could not be read in time' })
  })

  it('nor by a run that was interrupted', async () => {
    const slow: HistoryStore = { read: () => new Promise(() => {}), append: () => Promise.reject(new Error('no')) }
    const interrupt = new AbortController()
    const reading = ofSet(slow, GUARDED, systemClock, interrupt.signal)
    interrupt.abort()
    expect((await reading).anchor).toMatchObject({ why: 'the history could not be read in time' })
  })

  it('a defect of its own is no missing history', async () => {
    const broken: HistoryStore = {
      read: async () => Promise.reject(new TypeError('x')),
      append: () => Promise.reject(),
    }
    await expect(read(broken)).rejects.toThrow(TypeError)
  })

  it('knows the open issue, and none that was closed', async () => {
    const incident = (id: string, state: 'opened' | 'closed', at: string, issue: number) =>
      ({ v: 1, kind: 'incident', id, at, state, incident: `i${issue}`, issue, evalSets: [setName(0)] }) as const
    const opened = [...known, incident('a', 'opened', '2026-11-20T05:00:00Z', 4)]
    expect((await ofSet(createFakeHistory(opened))).issue).toBe(4)
    const closed = [...opened, incident('b', 'closed', '2026-11-21T05:00:00Z', 4)]
    expect((await ofSet(createFakeHistory(closed))).issue).toBeNull()
  })
})
