import { describe, expect, it } from 'vitest'
import { baselineAnchor, commitAnchor, type FoundAnchor } from '../../src/drift/anchor.ts'
import { levelsOf } from '../../src/drift/levels.ts'
import type { AcceptRecord, BaselineRecord, HistoryRecord, KeyRecord, RunRecord } from '../../src/drift/records.ts'
import { lastRelease } from '../../src/drift/release.ts'
import { figuresOf } from '../fakes/drift-records.ts'

const SET = 'support'
const day = (date: number) => `2026-11-${String(date).padStart(2, '0')}T05:00:00Z`
const key = (name: string, cases: readonly string[], more: Partial<KeyRecord> = {}): KeyRecord => ({
  ...{ v: 1, kind: 'key', id: `key-${name}`, at: day(1), evalSet: SET, key: name, compare: 'pass', cases },
  ...more,
})
const merge = (name: string, date: number, commit: string, levels: readonly (number | null)[]): RunRecord => ({
  ...{ v: 1, kind: 'run', id: `merge-${commit}`, at: day(date), role: 'merge', evalSet: SET, key: name, model: null },
  ...{ commit, prompt: null, figures: figuresOf(levels), levels: levelsOf(levels) },
})
const baseline = (name: string, date: number, levels: readonly (number | null)[], runs = 10): BaselineRecord => ({
  ...{ v: 1, kind: 'baseline', id: `baseline-${name}-${date}-${runs}`, at: day(date), evalSet: SET, key: name },
  ...{ model: null, commit: `c${date}`, runs, figures: figuresOf(levels) },
  cases: levels.map((level) => ({ level, logOutput: null, logLatency: null })),
})
const accept = (date: number, evalSets = [SET]): AcceptRecord => ({
  ...{ v: 1, kind: 'accept', id: `accept-${date}`, at: day(date), evalSets, reason: 'meant', actor: null },
})
const levels = (found: FoundAnchor) => (found.state === 'found' ? Object.fromEntries(found.anchor.levels) : found.why)

const KEYS = [key('k1', ['a', 'b']), key('k2', ['b', 'c'])]

describe('the anchor that an accept moves', () => {
  const records: readonly HistoryRecord[] = [
    ...KEYS,
    ...[baseline('k1', 3, [0.9, 1]), baseline('k2', 5, [0.7, 0.8]), accept(8), baseline('k2', 9, [0.6, 0.5])],
  ]

  it('is the first baseline, whatever content came after', () => {
    const found = baselineAnchor(records.slice(0, 4), SET)
    expect(levels(found)).toEqual({ a: 0.9, b: 1 })
    expect(found).toMatchObject({ anchor: { name: 'the baseline of 2026-11-03', runs: 10, cases: 2, commit: 'c3' } })
  })

  it('is the first baseline after the last accept of this set', () => {
    expect(levels(baselineAnchor(records, SET))).toEqual({ b: 0.6, c: 0.5 })
    const others = records.map((one) => (one.kind === 'accept' ? accept(8, ['other']) : one))
    expect(levels(baselineAnchor(others, SET))).toEqual({ a: 0.9, b: 1 })
  })

  it('is unknown between an accept and the next baseline, and without any', () => {
    expect(levels(baselineAnchor(records.slice(0, 5), SET))).toContain('accepted away on 2026-11-08')
    expect(levels(baselineAnchor(KEYS, SET))).toContain('no baseline of it yet')
    expect(levels(baselineAnchor(records, 'other'))).toContain('no baseline of it yet')
  })

  it('of a baseline that grows run by run is the first that has all its runs, else what there is', () => {
    const growing = [baseline('k1', 3, [1, 1], 1), baseline('k1', 4, [0.5, 1], 2)]
    expect(baselineAnchor([...KEYS, ...growing], SET)).toMatchObject({ anchor: { runs: 2 } })
    const whole = [...growing, baseline('k1', 6, [0.9, 0.9], 10), baseline('k1', 7, [0.8, 0.8], 12)]
    expect(baselineAnchor([...KEYS, ...whole], SET)).toMatchObject({ anchor: { runs: 10, at: day(6) } })
  })

  it('leaves out levels that are none, and cannot be told without the cases', () => {
    expect(levels(baselineAnchor([...KEYS, baseline('k1', 3, [null, 7])], SET))).toEqual({})
    expect(levels(baselineAnchor([...KEYS, baseline('k1', 3, [1])], SET))).toContain('not of which cases')
    expect(levels(baselineAnchor([...KEYS, baseline('k9', 3, [1, 1])], SET))).toContain('not of which cases')
    const forged = [key('k1', [], { id: 'a' }), ...KEYS]
    expect(levels(baselineAnchor([...forged, baseline('k1', 3, [1, 0.5])], SET))).toEqual({ a: 1, b: 0.5 })
  })
})

describe('the anchor of a commit', () => {
  const records = [...KEYS, merge('k1', 2, 'one', [1, 0]), merge('k2', 6, 'three', [0, null])]

  it('is the record of the commit, or of the nearest one before it', () => {
    const of = (commits: readonly string[]) => commitAnchor(records, SET, { name: 'v2.4', commits })
    expect(levels(of(['three', 'two', 'one']))).toEqual({ b: 0 })
    expect(levels(of(['two', 'one']))).toEqual({ a: 1, b: 0 })
    expect(of(['two', 'one'])).toMatchObject({ anchor: { name: 'v2.4', commit: 'one', runs: 1 } })
    expect(levels(of(['zero']))).toContain('no merge up to v2.4 has a record of it')
    expect(levels(commitAnchor(records, 'other', { name: 'v2.4', commits: ['one'] }))).toContain('no merge')
  })

  it('takes ten runs of the same content that were made soon after', () => {
    const of = (...more: readonly HistoryRecord[]) =>
      commitAnchor([...records, ...more], SET, { name: 'v2.4', commits: ['one'] })
    expect(of(baseline('k1', 4, [0.9, 0.1]))).toMatchObject({ anchor: { runs: 10, name: 'v2.4' } })
    expect(of(baseline('k1', 20, [0.9, 0.1]))).toMatchObject({ anchor: { runs: 1 } })
    expect(of(baseline('k1', 1, [0.9, 0.1]))).toMatchObject({ anchor: { runs: 1 } })
    expect(of(baseline('k1', 4, [0.9, 0.1], 3))).toMatchObject({ anchor: { runs: 1 } })
    expect(of(baseline('k2', 4, [0.9, 0.1]))).toMatchObject({ anchor: { runs: 1 } })
  })

  it('is not moved by scheduled runs of that commit', () => {
    const scheduled: RunRecord = { ...merge('k1', 3, 'two', [0, 0]), id: 'p', role: 'pinned' }
    expect(levels(commitAnchor([...records, scheduled], SET, { name: 'v', commits: ['two', 'one'] }))).toEqual({
      ...{ a: 1, b: 0 },
    })
  })
})

describe('the last release', () => {
  const tags = (...names: readonly string[]) => names.map((name, at) => ({ name, commit: `c${at}` }))
  it.each([
    [['v1.2.0', 'v1.10.0', 'v1.9.3'], 'v1.10.0'],
    [['v2.0.0-rc.1', 'v1.0'], 'v1.0'],
    [['nightly', 'v0.9.0', 'deploy-77'], 'v0.9.0'],
    [['deploy-78', 'deploy-77'], 'deploy-78'],
    [['v1.0.0-rc.1'], null],
    [[], null],
    [['v1.2.3+build.7', 'v1.2.2'], 'v1.2.3+build.7'],
  ])('of %j is %s', (names, expected) => {
    expect(lastRelease(tags(...names))?.name ?? null).toBe(expected)
  })
})
