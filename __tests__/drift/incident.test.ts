import { describe, expect, it } from 'vitest'
import { chanceWords } from '../../src/drift/chance.ts'
import { CLAIM_MINUTES, incidentStep, isStale, openIncident } from '../../src/drift/incident.ts'
import { closedRecord, incidentRecord, newIncidentId } from '../../src/drift/incident-records.ts'
import { parseLines, serializeRecords } from '../../src/drift/lines.ts'
import type { AcceptRecord, IncidentRecord } from '../../src/drift/records.ts'
import { normCdf } from '../../src/stats/normal.ts'
import { fraction } from '../fakes/draw.ts'
import { calm, driftReport, driftSet } from '../fakes/drift-report.ts'

const by = (minute: number, claimant = 'run-1', config = 'parity.yaml') => ({
  config,
  claimant,
  at: new Date(Date.parse('2026-11-28T05:00:00Z') + minute * 60_000).toISOString(),
})
const record = (state: IncidentRecord['state'], minute: number, over: Partial<IncidentRecord> = {}) => ({
  ...incidentRecord(
    { state, incident: 'i', issue: state === 'claimed' ? null : 4, evalSets: ['a'], worst: 5 },
    by(minute),
  ),
  ...over,
})

describe('the open incident by the records', () => {
  const life = [record('claimed', 0), record('opened', 1), record('opened', 9, { evalSets: ['a', 'b'], worst: 9 })]

  it('is what its last record says, in whatever order they come', () => {
    for (let round = 0; round < 50; round++) {
      const place = (one: IncidentRecord) => fraction('incident', round, one.id)
      const shuffled = [...life].sort((a, b) => place(a) - place(b))
      expect(openIncident([...shuffled, ...shuffled], 'parity.yaml')).toMatchObject({
        ...{ id: 'i', state: 'opened', issue: 4, evalSets: ['a', 'b'], worst: 9, from: by(0).at, at: by(9).at },
      })
      expect(openIncident([record('closed', 2), ...shuffled], 'parity.yaml')).toBeNull()
    }
  })
  it('is of one configuration; records without one are of any', () => {
    expect(openIncident(life, 'bot/parity.yaml')).toBeNull()
    const { config: _, ...old } = record('opened', 1)
    expect(openIncident([old], 'bot/parity.yaml')).toMatchObject({ id: 'i' })
  })
  it('of several: an opened one before a claim, then the oldest', () => {
    const claim = record('claimed', -60, { incident: 'older', id: 'x' })
    const other = record('opened', -30, { incident: 'z', id: 'y' })
    expect(openIncident([claim, ...life], 'parity.yaml')?.id).toBe('i')
    expect(openIncident([claim, ...life, other], 'parity.yaml')?.id).toBe('z')
  })
  it('has records that the history can read back', () => {
    const incident = openIncident(life, 'parity.yaml')
    const records = incident === null ? [] : [...life, closedRecord(incident, by(20))]
    expect(parseLines(serializeRecords(records))).toEqual({ records, problems: [] })
    expect(newIncidentId(by(0))).toMatch(/^2026-11-28-[0-9a-f]{8}$/)
    expect(new Set([by(0), by(1), by(0, 'run-2'), by(0, 'run-1', 'b.yaml')].map(newIncidentId)).size).toBe(4)
  })
  it.each([
    [CLAIM_MINUTES - 0.1, false],
    [CLAIM_MINUTES, true],
    [-CLAIM_MINUTES - 1, true],
  ])('a claim of %d minutes ago is stale: %s', (minutes, stale) => {
    expect(isStale({ at: by(0).at }, Date.parse(by(minutes).at))).toBe(stale)
    expect(isStale({ at: 'no time' }, Date.parse(by(minutes).at))).toBe(true)
  })
})

describe('what a run changes', () => {
  const incident = openIncident([record('opened', 0, { evalSets: ['support-answers'], worst: 9.4 })], 'parity.yaml')
  const accept: AcceptRecord = {
    ...{ v: 1, kind: 'accept', id: 'accept-1', at: by(60).at, evalSets: ['support-answers'], reason: 'r', actor: null },
  }
  const step = (report: Parameters<typeof incidentStep>[0]['report'], over: object = {}) =>
    incidentStep({ incident, report, records: [], ...over })

  it.each([
    ['drift', [], true],
    ['suspect', [], true],
    ['not-measured', [], true],
    ['recovered', ['recovered'], false],
    ['in-band', ['recovered'], false],
    ['baseline', [], true],
  ] as const)('%s', (state, how, stays) => {
    const { left, evalSets } = step(driftReport([driftSet({ state })]))
    expect([left.map((one) => one.how), evalSets.length === 1]).toEqual([how, stays])
  })
  it('an accept ends it, unless it drifts from the new baseline too; an old accept does not', () => {
    const how = (state: 'suspect' | 'drift', records: readonly AcceptRecord[]) =>
      step(driftReport([driftSet({ state })]), { records }).left.map((one) => one.how)
    expect(how('suspect', [accept])).toEqual(['accepted'])
    expect(how('drift', [accept])).toEqual([])
    expect(how('suspect', [{ ...accept, at: by(-60).at }])).toEqual([])
    expect(how('suspect', [{ ...accept, evalSets: ['other'] }])).toEqual([])
  })
  it('a set that is not in the report stays, until it is known to be gone', () => {
    expect(step(driftReport([])).evalSets).toEqual(['support-answers'])
    expect(step(driftReport([]), { known: ['support-answers'] }).evalSets).toEqual(['support-answers'])
    expect(step(driftReport([]), { known: [] }).left).toMatchObject([{ how: 'removed' }])
  })
  it.each([
    ['baseline', [], true],
    ['suspect', [], true],
    ['not-measured', [], true],
    ['in-band', ['new-content'], false],
    ['recovered', ['new-content'], false],
  ] as const)('changed while it drifted, then %s: never a recovery', (state, how, stays) => {
    const series = { at: by(30).at, score: 82.7, baseline: 92.1 }
    const found = step(driftReport([driftSet({ state })]), { ended: new Map([['support-answers', series]]) })
    expect([found.left.map((one) => one.how), found.newlyEnded.length === 1]).toEqual([how, stays])
    // By what the issue tells, too, where the history says nothing of it.
    const told = incident === null ? null : { ...incident, ended: ['support-answers'] }
    const later = step(driftReport([driftSet({ state })]), { incident: told })
    expect([later.left.map((one) => one.how), later.ended.length === 1, later.newlyEnded]).toEqual([how, stays, []])
  })
  it('a set that drifts from the new content, too, is not one that ended', () => {
    const told = incident === null ? null : { ...incident, ended: ['support-answers'] }
    expect(step(driftReport([driftSet()]), { incident: told })).toMatchObject({ left: [], ended: [], newlyEnded: [] })
  })
  it('a baseline that is younger than the drift shows no recovery', () => {
    const baseline = { score: 82, sd: 2, runs: 10, at: by(90).at }
    expect(step(driftReport([calm({ baseline })])).left).toMatchObject([{ how: 'new-baseline' }])
  })
  it('worse is what noise does not explain', () => {
    const worse = (score: number, sd: number) =>
      step(driftReport([driftSet({ score, baseline: { score: 92.1, sd, runs: 10, at: by(0).at } })])).worse
    // 9.4 were told; three standard deviations of the difference of two runs with sd 2.2 are 9.3 points.
    expect([worse(73.5, 2.2), worse(73.3, 2.2), worse(79.8, 0.1), worse(79.6, 0.1)]).toEqual([false, true, false, true])
  })
  it('without an incident every drifting set opens it', () => {
    const report = driftReport([driftSet({ evalSet: 'b' }), calm({ evalSet: 'c' }), driftSet({ evalSet: 'a' })])
    expect(incidentStep({ incident: null, report, records: [] })).toMatchObject({
      joined: ['a', 'b'],
      evalSets: ['a', 'b'],
      worse: false,
    })
  })
})

describe('chance in words', () => {
  it.each([
    [2.01, 2.01, 'about once in 2,000'],
    [2.5, 2.2, 'about once in 11,000'],
    [2, 3, null],
    [3, 1.9, null],
    [4.1, 3.9, 'less than once in 100,000'],
    [0.4, 3, null],
    [3, null, null],
    [null, 3, null],
    [Number.NaN, 3, null],
  ])('%s and %s: %s', (z, confirmed, words) => {
    expect(chanceWords(z, confirmed)).toBe(words)
  })
  it('never says more than it is', () => {
    for (let round = 0; round < 500; round++) {
      const [z, confirmed] = [2.01 + fraction('z', round), 2.01 + fraction('confirmed', round)]
      const said = Number((chanceWords(z, confirmed) ?? '').replace(/[^\d]/g, ''))
      expect(said).toBeLessThanOrEqual(1 / (normCdf(-z) * normCdf(-confirmed)))
    }
  })
})
