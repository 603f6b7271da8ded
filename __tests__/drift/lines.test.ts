import { describe, expect, it } from 'vitest'
import { levelsOf, scoresOf } from '../../src/drift/levels.ts'
import { checkSchema, monthOf, parseLines, recordId, serializeRecord, serializeRecords } from '../../src/drift/lines.ts'
import type { AcceptRecord, HistoryRecord, IncidentRecord } from '../../src/drift/records.ts'
import { pastOf, runRecord } from '../fakes/drift-records.ts'

const at = '2026-11-28T05:17:00.000Z'
const accept: AcceptRecord = { v: 1, kind: 'accept', id: 'accept-1', at, evalSets: ['a'], reason: 'fine', actor: null }
const incident: IncidentRecord = {
  ...{ v: 1, kind: 'incident', id: 'incident-1', at, state: 'claimed' },
  ...{ incident: 'i', issue: null, evalSets: [] },
}
const samples: readonly HistoryRecord[] = [
  ...pastOf({ sets: 2, days: 3, cases: 7, from: at, mergesPerWeek: 14 }),
  accept,
  incident,
]

describe('lines', () => {
  it('every kind of record comes back as it was', () => {
    expect(new Set(samples.map(({ kind }) => kind)).size).toBe(5)
    const { records, problems } = parseLines(serializeRecords(samples))
    expect(problems).toEqual([])
    expect(records).toEqual(samples)
  })

  it('the order of members does not matter', () => {
    const turned = Object.fromEntries(Object.entries(accept).reverse()) as unknown as HistoryRecord
    expect(serializeRecord(turned)).toBe(serializeRecord(accept))
    expect(serializeRecord(accept)).toMatch(/^\{"v":1,"kind":"accept","id":"accept-1","at":"2026/)
  })

  it('members that a later release of the same schema added stay', () => {
    const more = { ...runRecord({ at }), weather: { sky: 'blue' } }
    const { records } = parseLines(serializeRecord(more))
    expect(records).toEqual([more])
  })

  it.each([
    ['cut off', '{"v":1,"kind":"run","id":"x","at":"2026', 'torn'],
    ['no JSON', 'hello </script>', 'torn'],
    ['a list', '[1]', 'foreign'],
    ['null', 'null', 'foreign'],
    ['no version', '{"kind":"run"}', 'foreign'],
    ['a prototype name as kind', '{"v":1,"kind":"constructor","id":"x"}', 'foreign'],
    ['a text as version', '{"v":"2","kind":"run"}', 'foreign'],
    ['a later version', '{"v":2,"kind":"hologram"}', 'newer'],
    ['deep', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'foreign'],
    ['deep and torn', '{"a":'.repeat(200_000), 'torn'],
  ])('%s is named and left out', (_, line, problem) => {
    const { records, problems } = parseLines(`${serializeRecord(accept)}\n${line}\n${serializeRecord(incident)}\n`)
    expect(records).toEqual([accept, incident])
    expect(problems).toEqual([expect.objectContaining({ line: 2, problem })])
  })

  it.each<[string, object, string]>([
    ['a score that is a text', { figures: { ...runRecord({ at }).figures, score: '91' } }, 'figures.score'],
    ['a score beyond all', { figures: { ...runRecord({ at }).figures, score: 1e300 } }, 'figures.score'],
    ['a departure beyond all', { monitor: { baseline: 'b', z: 1e300, cusum: 0, state: 'in-band' } }, 'monitor.z'],
    ['no figures', { figures: undefined }, 'figures'],
    ['a count that is negative', { figures: { ...runRecord({ at }).figures, n: -1 } }, 'figures.n'],
    ['names that are no texts', { figures: { ...runRecord({ at }).figures, answered: [1] } }, 'figures.answered[0]'],
    ['money with a word in it', { figures: { ...runRecord({ at }).figures, costUsd: 'free' } }, 'figures.costUsd'],
    ['levels of another alphabet', { levels: '01z' }, 'levels'],
    ['a role that there is not', { role: 'shadow' }, 'role'],
    ['a day that there is not', { at: '2026-13-45T00:00:00Z' }, 'at'],
    ['a path as month', { at: '../../etc/passwd' }, 'at'],
    ['an id with a line break', { id: 'a\nb' }, 'id'],
    ['an id of a megabyte', { id: 'a'.repeat(1_000_000) }, 'id'],
    ['a monitor without a state', { monitor: { baseline: 'b', z: 1, cusum: 0 } }, 'monitor.state'],
  ])('%s is foreign, with its place', (_, over, place) => {
    const line = JSON.stringify({ ...runRecord({ at }), ...over })
    const { records, problems } = parseLines(line)
    expect(records).toEqual([])
    expect(problems).toEqual([expect.objectContaining({ problem: 'foreign', why: expect.stringContaining(place) })])
  })

  it('a number beyond what a number can be is no number', () => {
    const line = serializeRecord(runRecord({ at })).replace('"latencyMs":870', '"latencyMs":1e999')
    expect(parseLines(line).problems).toEqual([expect.objectContaining({ why: expect.stringContaining('latencyMs') })])
  })

  it('ids tell their parts apart', () => {
    expect(recordId('run', 'a', 'bc')).not.toBe(recordId('run', 'ab', 'c'))
    expect(recordId('run', 'a', 1)).toBe(recordId('run', 'a', 1))
    expect(recordId('key', 'a')).not.toBe(recordId('run', 'a'))
  })

  it('the month is that of the time in UTC', () => {
    expect(monthOf(runRecord({ at: '2026-11-30T23:59:59Z' }))).toBe('2026-11')
  })

  it('a later schema stops the reader and says what to do', () => {
    expect(() => checkSchema('prompt-parity-history/1', 'b')).not.toThrow()
    expect(() => checkSchema('prompt-parity-history/2', 'b')).toThrow(/later release.*Use the same or a later release/)
    expect(() => checkSchema('something/1', 'b')).toThrow(/not a history of ours.*nothing was written/)
    expect(() => checkSchema(undefined, 'b')).toThrow(/no schema/)
    expect(() => checkSchema({ a: 1 }, 'b')).toThrow(/not a history of ours/)
  })
})

describe('levels', () => {
  it('come back in steps of a twentieth, and a missing run stays missing', () => {
    const scores = [0, 1, null, 0.5, 0.05, 0.974, 2, -1]
    expect(levelsOf(scores)).toBe('0k-a1jk0')
    expect(scoresOf(levelsOf(scores))).toEqual([0, 1, null, 0.5, 0.05, 0.95, 1, 0])
  })
})
