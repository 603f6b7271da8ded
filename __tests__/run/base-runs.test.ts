import { describe, expect, it } from 'vitest'
import { isStale } from '../../src/gate/score/stale.ts'
import { BASE_RUNS_FILE, type BaseRun, openBaseRuns } from '../../src/run/base-runs.ts'

function memoryStore(lines: string[] = []) {
  return {
    lines,
    readLines: async (name: string) => (name === BASE_RUNS_FILE ? [...lines] : []),
    append: (_name: string, line: string) => void lines.push(line),
    flush: async () => undefined,
  }
}

const NOW = Date.parse('2026-06-10T00:00:00Z')
const DAY = 24 * 3600 * 1000
const clock = { now: () => NOW }
const at = (daysAgo: number) => new Date(NOW - daysAgo * DAY).toISOString()
let made = 0
const baseRun = (more: Partial<BaseRun> = {}): BaseRun => ({
  run: 'case',
  answer: `answer-${made++}`,
  decision: 'earlier',
  step: 'pass',
  at: at(1),
  score: 1,
  pass: true,
  scores: [{ scorer: 'contains', weight: 1, state: 'scored', value: 1, pass: true, why: '' }],
  model: 'm-1',
  fingerprint: null,
  ...more,
})
const choose = async (runs: readonly BaseRun[], passes = 1, decision = 'now') => {
  const store = memoryStore(runs.map((one) => JSON.stringify(one)))
  return { store, chosen: (await openBaseRuns(store, clock)).choose(decision, { keys: ['case'], passes }) }
}

describe('stored base runs', () => {
  it('come back as they were kept, once each, whatever else is in the file', async () => {
    const store = memoryStore(['', '{"torn', '{"run":1}', 'null', '[]', '{"use":7}'])
    const kept = baseRun()
    const open = await openBaseRuns(store, clock)
    open.keep(kept)
    open.keep(kept)
    const again = await openBaseRuns(memoryStore(store.lines), clock)
    expect(again.history(new Set(['case', 'other']))).toEqual(
      new Map([
        ['case', [kept]],
        ['other', []],
      ]),
    )
  })

  it('are found to have moved once for each decision, whatever is known later', async () => {
    const store = memoryStore(['{"looked":7,"moved":true}', '{"looked":"torn"}'])
    const open = await openBaseRuns(store, clock)
    expect(open.moved('now')).toBeUndefined()
    open.setMoved('now', true)
    open.setMoved('other', false)
    const again = await openBaseRuns(memoryStore([...store.lines, '{"looked":"now","moved":false}']), clock)
    expect(['now', 'other', 'torn', 'next'].map(again.moved)).toEqual([true, false, undefined, undefined])
  })

  it('are lent newest first, and only when not too old, of another decision, and of complete passes', async () => {
    const newest = baseRun({ at: at(1) })
    const { chosen } = await choose([
      baseRun({ at: at(2) }),
      newest,
      baseRun({ at: at(8) }),
      baseRun({ at: at(0.5), decision: 'now' }),
      baseRun({ at: at(0.4), step: 'fresh' }),
    ])
    expect(chosen).toEqual([newest])
    expect((await choose([baseRun({ at: at(7.1) })])).chosen).toEqual([])
    // Written by a clock that went wrong.
    expect((await choose([baseRun({ at: at(-0.1) })])).chosen).toEqual([])
    expect((await choose([baseRun({ at: at(-0.02) })])).chosen).toHaveLength(1)
  })

  it('need one run of their own for each pass', async () => {
    expect((await choose([baseRun()], 2)).chosen).toEqual([])
    expect((await choose([baseRun(), baseRun({ at: at(3) })], 2)).chosen).toHaveLength(2)
  })

  it('are of the model that answered last', async () => {
    const newer = baseRun({ at: at(1), model: 'm-2' })
    const { chosen } = await choose([baseRun({ at: at(2) }), newer])
    expect(chosen).toEqual([newer])
    const print = await choose([baseRun({ at: at(2), fingerprint: 'a' }), baseRun({ at: at(1), fingerprint: 'b' })], 2)
    expect(print.chosen).toEqual([])
  })

  it('are the same for the same decision, whatever was stored since', async () => {
    const first = await choose([baseRun({ at: at(3) })])
    const later = await openBaseRuns(
      memoryStore([...first.store.lines, JSON.stringify(baseRun({ at: at(0.1) }))]),
      clock,
    )
    expect(later.choose('now', { keys: ['case'], passes: 1 })).toEqual(first.chosen)
    // A decision that began without stays without.
    const none = await choose([])
    const since = await openBaseRuns(memoryStore([...none.store.lines, JSON.stringify(baseRun())]), clock)
    expect(since.choose('now', { keys: ['case'], passes: 1 })).toEqual([])
  })
})

describe('the look at ten cases', () => {
  const compared = (mismatches: number, n = 10) =>
    Array.from({ length: n }, (_, i) => ({ stored: 1, fresh: i < mismatches ? 0 : 1 }))

  it.each([
    [0.02, 1],
    [0.05, 2],
    [0.1, 3],
    [0.26, 5],
    [0.9, 5],
  ])('at a flip rate of %s allows %s mismatches', (phi, most) => {
    expect(isStale(compared(most), phi)).toBe(false)
    expect(isStale(compared(most + 1), phi)).toBe(true)
  })

  it('counts a graded score from a fifth of the scale on', () => {
    const by = (d: number) => Array.from({ length: 10 }, () => ({ stored: 0.5, fresh: 0.5 + d }))
    expect(isStale(by(0.19), 0.02)).toBe(false)
    expect(isStale(by(-0.2), 0.02)).toBe(true)
  })
})
