import { describe, expect, it } from 'vitest'
import { levelsOf } from '../../src/drift/levels.ts'
import { type BaseToday, movedSince } from '../../src/drift/moved.ts'
import type { HistoryRecord, RunRecord } from '../../src/drift/records.ts'
import { type StoredRun, storedRuns } from '../../src/drift/stored-runs.ts'
import { fraction } from '../fakes/draw.ts'
import { figuresOf } from '../fakes/drift-records.ts'

const times = <T>(count: number, of: (at: number) => T) => Array.from({ length: count }, (_, at) => of(at))
const day = (date: number) => `2026-11-${String(date).padStart(2, '0')}T05:00:00Z`
type Draw = {
  readonly seed: string
  readonly cases?: number
  readonly broken?: number
  readonly flake?: number
  readonly runs?: number
}
const drawn = ({ seed, cases = 100, broken = 0, flake = 0.05, runs = 1 }: Draw): BaseToday['levels'] =>
  new Map(
    times(cases, (at) => [
      `case-${at}`,
      times(runs, (run) => (at < broken || fraction(seed, at, run) < flake ? 0 : 1)),
    ]),
  )
const stored = (date: number, draw: Draw, model = 'm1'): StoredRun => ({
  ...{ at: day(date), levels: drawn(draw), answered: [model], fingerprints: ['fp1'] },
})
const today = (draw: Draw, model = 'm1'): BaseToday => ({
  levels: drawn(draw),
  answered: [model],
  fingerprints: ['fp1'],
})
const ONE = { sets: 1, steps: 1 }

describe('a base that answers otherwise', () => {
  it('is named with the last moment that was as before, what it scored, and the cases', () => {
    const runs = [stored(20, { seed: 'a', flake: 0 }), stored(22, { seed: 'b', flake: 0 })]
    expect(movedSince(runs, today({ seed: 'c', broken: 12, flake: 0 }, 'm2'), ONE)).toMatchObject({
      ...{ since: day(22), before: 100, now: 88, cases: 100, runs: 2 },
      answered: { before: ['m1'], now: ['m2'] },
      movedCases: expect.arrayContaining(['case-0', 'case-9']),
    })
  })

  it('moved when the stored runs say that it did, not today', () => {
    const runs = [
      ...[stored(18, { seed: 'a' }), stored(20, { seed: 'b' })],
      ...[stored(22, { seed: 'c', broken: 12 }), stored(24, { seed: 'd', broken: 12 })],
    ]
    expect(movedSince(runs, today({ seed: 'e', broken: 12 }), ONE)?.since).toBe(day(20))
    // It came back: what was before today is no news of today.
    expect(movedSince(runs.slice(0, 3), today({ seed: 'f' }), ONE)).toBeNull()
  })

  it('is seen when it got better, too', () => {
    const runs = [stored(20, { seed: 'a', broken: 15 })]
    expect(movedSince(runs, today({ seed: 'c' }), ONE)).toMatchObject({ since: day(20) })
  })

  it('takes more proof the more sets are looked at, and none without stored runs', () => {
    const runs = [stored(20, { seed: 'a', flake: 0 })]
    const now = today({ seed: 'b', broken: 11, flake: 0 })
    expect(movedSince(runs, now, ONE)).not.toBeNull()
    expect(movedSince(runs, now, { sets: 40, steps: 1 })).toBeNull()
    expect(movedSince([], now, ONE)).toBeNull()
    expect(movedSince(runs, { ...now, levels: new Map([['other', [1]]]) }, ONE)).toBeNull()
  })

  it('is said falsely about once in a thousand runs, flake 5 and 15 %', () => {
    let said = 0
    for (const flake of [0.05, 0.15])
      for (let world = 0; world < 1000; world++) {
        const runs = times(1 + (world % 8), (at) => stored(10 + at, { seed: `${world} ${at}`, flake, cases: 60 }))
        said += Number(movedSince(runs, today({ seed: `${world} now`, flake, cases: 60 }), ONE) !== null)
      }
    expect(said).toBeLessThanOrEqual(6)
  })
})

describe('stored runs', () => {
  const cases = ['a', 'b', 'c']
  const base: RunRecord = {
    ...{ v: 1, kind: 'run', id: 'r', at: day(20), role: 'merge', evalSet: 's', key: 'k', model: null, commit: 'c' },
    ...{ prompt: null, figures: figuresOf([1, 0, 1]), levels: levelsOf([1, 0, null]) },
  }
  const key: HistoryRecord = { v: 1, kind: 'key', id: 'k', at: day(1), evalSet: 's', key: 'k', compare: 'pass', cases }
  const of = (...records: readonly HistoryRecord[]) =>
    storedRuns([key, ...records], { evalSet: 's', key: 'k', nowMs: Date.parse(day(28)), most: 2 })

  it('are those of the same content, by moment, with the levels of their cases', () => {
    const twice = [base, { ...base, id: 'r2', levels: levelsOf([1, 1, 0.5]) }]
    expect(of(...twice).map((one) => [one.at, Object.fromEntries(one.levels)])).toEqual([
      [day(20), { a: [1, 1], b: [0, 1], c: [0.5] }],
    ])
  })

  it.each<[string, Partial<RunRecord>]>([
    ['of another set', { evalSet: 't' }],
    ['of other content', { key: 'l' }],
    ['of the live model', { role: 'live' }],
    ['of a fallback', { role: 'fallback' }],
    ['too old', { at: '2026-08-01T05:00:00Z' }],
    ['from the future', { at: '2027-01-01T05:00:00Z' }],
    ['of other cases', { levels: 'kk' }],
    ['without levels', { levels: '' }],
  ])('are not those %s', (_, over) => {
    expect(of({ ...base, ...over })).toEqual([])
  })

  it('end with an accept, and are the newest', () => {
    const runs = [18, 20, 22].map((date) => ({ ...base, id: `r${date}`, at: day(date) }))
    expect(of(...runs).map((one) => one.at)).toEqual([day(20), day(22)])
    const accepted: HistoryRecord = {
      v: 1,
      kind: 'accept',
      id: 'x',
      at: day(21),
      evalSets: ['s'],
      reason: '',
      actor: null,
    }
    expect(of(...runs, accepted).map((one) => one.at)).toEqual([day(22)])
  })
})
