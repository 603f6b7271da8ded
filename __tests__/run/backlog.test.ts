import { describe, expect, it } from 'vitest'
import { createLimiter } from '../../src/run/limiter.ts'
import { rankCorrelation, type Sent } from '../../src/run/queued.ts'
import { fraction } from '../fakes/draw.ts'
import { bimodal, drifting, logNormal, type Paced, pace, type Server, steady, type Takes } from './paced.ts'

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1)
const CALLS = 200
const MAX = 20
const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length

/** The limiter as it is, and one that knows of refusals alone, on the same server. */
function both(server: Server, max = MAX): readonly [Paced, Paced] {
  return [pace({ calls: CALLS, max, server }), pace({ calls: CALLS, max, server, level: 'unaware' })]
}

describe('a provider that does not queue is never held back', () => {
  const kinds: { readonly [name: string]: (meanMs: number, seed: number) => Takes } = {
    'always the same': (meanMs) => steady(meanMs),
    'log-normal': logNormal,
    'of two kinds': (meanMs, seed) => bimodal(Math.min(meanMs, 15_000), seed),
    'slower by half, slowly': (meanMs) => drifting(steady(meanMs / 1.5), 1.5, 10 * meanMs),
    'log-normal and slower, slowly': (meanMs, seed) => drifting(logNormal(meanMs / 2, seed), 3, 10 * meanMs),
  }
  for (const [name, takes] of Object.entries(kinds))
    for (const meanMs of [300, 5_000, 15_000, 25_000])
      it(`answers in ${meanMs / 1000} s, ${name}`, () => {
        const runs = SEEDS.map((seed) => both({ takes: takes(meanMs, seed) }))
        // Where so many time out by themselves that more than half of a round does, that is a limit for either.
        expect(mean(runs.map(([aware, unaware]) => aware.atMax - unaware.atMax))).toBeGreaterThanOrEqual(-0.01)
        expect(mean(runs.map(([aware, unaware]) => aware.wallMs / unaware.wallMs))).toBeLessThanOrEqual(1.01)
        expect(Math.max(...runs.map(([aware, unaware]) => aware.timeouts - unaware.timeouts))).toBeLessThanOrEqual(1)
      })

  it('answers that always take 40 s of 60, with few or many at once', () => {
    for (const max of [1, 2, 4, 50]) {
      const [aware, unaware] = both({ takes: steady(40_000) }, max)
      expect([aware.atMax, aware.wallMs, aware.timeouts]).toEqual([1, unaware.wallMs, 0])
    }
  })

  it('calls that come in the order of how long they take, and nearly time out: fewer at once are tried, and given up', () => {
    const takes: Takes = (nth) => 20_000 + 2_000 * ((nth - 1) % MAX)
    const run = { calls: 1000, max: MAX, server: { takes } }
    const [aware, unaware] = [pace(run), pace({ ...run, level: 'unaware' })]
    expect(aware.atMax).toBeLessThan(1)
    expect(aware.lastLevel).toBe(MAX)
    expect(aware.wallMs / unaware.wallMs).toBeLessThan(1.25)
  })

  it('calls that hang, or that were sorted by how long they take', () => {
    const hanging: Takes = (nth, atMs) => (fraction('hang', nth) < 0.02 ? 1e9 : logNormal(10_000, 1)(nth, atMs))
    const sorted: Takes = (nth) => 5_000 + 45_000 * Math.min(1, nth / CALLS)
    for (const takes of [hanging, sorted]) {
      const [aware, unaware] = both({ takes })
      expect([aware.wallMs, aware.atMax]).toEqual([unaware.wallMs, 1])
    }
  })
})

describe('a server that queues is sent what it answers in time', () => {
  for (const slots of [1, 2, 4, 8])
    for (const s of [3, 5, 10, 15, 20]) {
      const takes = steady(1000 * s)
      const server = { takes, slots: () => slots }
      it(`${slots} at once, ${s} s each: nothing times out that is sent after it is known, nothing is lost`, () => {
        const [aware, unaware] = both(server)
        const best = pace({ calls: CALLS, max: MAX, server, level: slots })
        expect([aware.lateTimeouts, aware.lost]).toEqual([0, 0])
        expect(aware.timeouts).toBeLessThanOrEqual(unaware.timeouts)
        // What is sent at the very start cannot be known to wait too long.
        expect(aware.timeouts).toBeLessThanOrEqual(1.5 * MAX)
        expect(best.wallMs / aware.wallMs).toBeGreaterThanOrEqual(0.93)
      })
    }

  it('with answers that differ, over many runs: few timeouts, and as many answers as it can give', () => {
    const cells = [1, 2, 4, 8].flatMap((slots) => [3_000, 5_000, 10_000].map((ms) => ({ slots, ms })))
    const runs = cells.flatMap(({ slots, ms }) =>
      SEEDS.map((seed) => {
        const server = { takes: logNormal(ms, seed), slots: () => slots }
        return [...both(server), pace({ calls: CALLS, max: MAX, server, level: slots })] as const
      }),
    )
    const sum = (of: (one: (typeof runs)[number]) => number) => mean(runs.map(of)) * runs.length
    expect(sum(([aware]) => aware.timeouts) / sum(([, unaware]) => unaware.timeouts)).toBeLessThan(0.3)
    expect(sum(([, , best]) => best.wallMs) / sum(([aware]) => aware.wallMs)).toBeGreaterThanOrEqual(0.95)
    expect(sum(([aware]) => aware.lost)).toBe(0)
  })

  it('that goes on with calls which were given up: fewer of them are made twice', () => {
    const runs = SEEDS.map((seed) => both({ takes: logNormal(5_000, seed), slots: () => 1, stubborn: true }))
    const ratio = runs.map(([aware, unaware]) => aware.wallMs / unaware.wallMs)
    expect(mean(ratio)).toBeLessThan(0.8)
    expect(mean(runs.map(([aware, unaware]) => aware.timeouts / unaware.timeouts))).toBeLessThan(0.4)
  })

  it('goes up again when the server has more room', () => {
    for (const seed of SEEDS) {
      const slots = (ms: number) => (ms < 600_000 ? 1 : 1e9)
      const grown = pace({ calls: 600, max: MAX, server: { takes: logNormal(5_000, seed), slots } })
      expect(grown.lastLevel).toBe(MAX)
    }
  })

  it('comes down when it has less', () => {
    const slots = (ms: number) => (ms < 300_000 ? 1e9 : 1)
    const runs = SEEDS.map((seed) => {
      const run = { calls: 800, max: MAX, server: { takes: logNormal(10_000, seed), slots } }
      return [pace(run), pace({ ...run, level: 'unaware' })] as const
    })
    const total = (which: 0 | 1) => runs.reduce((sum, one) => sum + one[which].timeouts, 0)
    expect(total(0) / total(1)).toBeLessThan(0.5)
  })
})

it('refusals, and a timeout that nothing is known of, are no queue', () => {
  const limiter = createLimiter(20)
  const started = Array.from({ length: 20 }, () => limiter.started(0, 60_000))
  for (const one of started.slice(0, 9)) limiter.ended(one, 'refused', 10)
  for (const one of started.slice(9, 12)) limiter.ended(one, 'failed', 50_000)
  limiter.ended(started[12] ?? limiter.started(0, 60_000), 'timeout', 60_000)
  expect(limiter.current()).toBe(20)
})

describe('rankCorrelation', () => {
  const calls = (tookMs: readonly (number | null)[]): readonly Sent[] =>
    tookMs.map((ms, i) => ({ inFlight: i + 1, atMs: 0, timeoutMs: 60_000, endedMs: ms, tookMs: ms }))
  const tenth = (i: number) => 1000 * (i + 1)

  it('is high where each waits for those before it, and soon: those still open have waited longer', () => {
    const all = Array.from({ length: 20 }, (_, i) => tenth(i))
    expect(rankCorrelation(calls(all), 20_000)).toBeGreaterThan(3)
    expect(rankCorrelation(calls(all.map((ms, i) => (i < 7 ? ms : null))), 7_000)).toBeGreaterThan(3)
    expect(rankCorrelation(calls([...all].reverse()), 20_000)).toBeLessThan(-3)
  })

  it('is none for equal times, for none, for one, and where nothing is answered', () => {
    for (const tookMs of [Array.from({ length: 20 }, () => 5000), [], [5000], [null, null, null]])
      expect(rankCorrelation(calls(tookMs), 60_000)).toBe(0)
  })

  it('is above three by chance as seldom as it says', () => {
    const high = Array.from({ length: 2000 }, (_, seed) => {
      const tookMs = Array.from({ length: 20 }, (_, nth) => logNormal(5_000, seed)(nth, 0))
      return rankCorrelation(calls(tookMs), 60_000) > 3
    }).filter(Boolean)
    expect(high.length).toBeLessThanOrEqual(8)
  })
})
