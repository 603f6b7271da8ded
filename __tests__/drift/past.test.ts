import { describe, expect, it } from 'vitest'
import { acceptRecord, driftingSets } from '../../src/drift/accept.ts'
import { AT_REST } from '../../src/drift/monitor.ts'
import { pastOf, trendOf } from '../../src/drift/past.ts'
import type { BaselineRecord, HistoryRecord, MonitorMark, RunRecord } from '../../src/drift/records.ts'
import { figuresOf, runRecord } from '../fakes/drift-records.ts'

const at = (day: number) => new Date(Date.UTC(2026, 11, day, 5, 17)).toISOString()
const about = { evalSet: 'support', key: 'k' }

function baseline(day: number, runs: number, id = `baseline-${day}-${runs}`): BaselineRecord {
  const figures = figuresOf([1, 1, 0])
  return { v: 1, kind: 'baseline', id, at: at(day), ...about, model: null, commit: 'c', runs, figures, cases: [] }
}

function run(day: number, monitor?: Partial<MonitorMark>): RunRecord {
  const mark = { baseline: 'baseline-1-10', z: 0, cusum: 0, state: 'in-band', ...monitor } as const
  return runRecord({ ...about, at: at(day), ...(monitor === undefined ? {} : { monitor: mark }) })
}

const past = (...records: HistoryRecord[]) => pastOf(records, 'support', 'k')

describe('which baseline counts', () => {
  it('the first that is complete, whoever wrote another one', () => {
    expect(past(baseline(2, 10), baseline(1, 10), baseline(3, 20)).baseline?.id).toBe('baseline-1-10')
  })
  it('before that the one that has most runs', () => {
    expect(past(baseline(1, 3), baseline(2, 7), baseline(3, 5)).baseline?.runs).toBe(7)
    expect(past(baseline(1, 3), baseline(2, 10)).baseline?.runs).toBe(10)
  })
  it('none that was accepted away; those of other sets and keys are others', () => {
    const accept = acceptRecord({ evalSets: ['support'], reason: 'new policy', actor: null, at: at(2) })
    expect(past(baseline(1, 10), accept).baseline).toBeNull()
    expect(past(baseline(1, 10), accept, baseline(3, 10)).baseline?.at).toBe(at(3))
    expect(past(baseline(1, 10), { ...accept, evalSets: ['other'] }).baseline?.at).toBe(at(1))
    expect(pastOf([baseline(1, 10)], 'support', 'other key').baseline).toBeNull()
  })
})

describe('how it stands', () => {
  it('goes on from the sum, whatever days are missing, and in whatever order the records come', () => {
    const runs = [run(2, { z: 2, cusum: 1.5 }), run(9, { z: 2, cusum: 3 })]
    const { standing } = past(baseline(1, 10), ...runs.reverse())
    expect(standing).toMatchObject({ cusum: 3, length: 2, since: at(2), state: 'in-band' })
  })
  it('an outage neither adds nor resets', () => {
    const lost = { ...run(3), figures: figuresOf([null, null]) }
    expect(past(baseline(1, 10), run(2, { z: 2, cusum: 1.5 }), lost).standing.cusum).toBe(1.5)
  })
  it('a recovery starts from nothing', () => {
    const runs = [run(2, { z: 6, cusum: 5.5, state: 'drift' }), run(3, { z: 0.1, cusum: 0, state: 'in-band' })]
    expect(past(baseline(1, 10), ...runs).standing).toEqual(AT_REST)
  })
  it('marks of another baseline say nothing', () => {
    const marked = run(2, { baseline: 'older', z: 6, cusum: 5.5, state: 'drift' })
    expect(past(baseline(1, 10), marked).standing).toEqual(AT_REST)
  })
  it('other roles are no runs of the pin', () => {
    const live = { ...run(2, { z: 6, cusum: 5.5, state: 'drift' }), role: 'live' as const }
    expect(past(baseline(1, 10), live).standing).toEqual(AT_REST)
  })
})

describe('the trend', () => {
  const scored = (day: number, score: number | null) => {
    const one = run(day, {})
    return { ...one, figures: { ...one.figures, score } }
  }
  it('has a gap for a run without a score and for days without a run', () => {
    const runs = [scored(1, 90), scored(2, 91), scored(3, null), scored(4, 92), scored(9, 89)]
    expect(trendOf(runs, { at: at(10), score: 88 })).toEqual([90, 91, null, 92, null, 89, 88])
  })
  it('does not take the runs of a baseline that was made at once for the usual interval', () => {
    const runs = [...Array.from({ length: 10 }, () => scored(1, 90)), scored(2, 91), scored(3, 92), scored(9, 89)]
    expect(trendOf(runs, { at: at(10), score: 88 }).slice(-5)).toEqual([91, 92, null, 89, 88])
  })
  it('of one run is that run', () => {
    expect(trendOf([], { at: at(1), score: 88 })).toEqual([88])
  })
})

describe('what accept takes without a name', () => {
  it('sets whose last measured run drifts', () => {
    const records = [run(2, { state: 'drift' }), run(3, { state: 'in-band' })]
    expect(driftingSets(records)).toEqual([])
    expect(driftingSets([...records].slice(0, 1))).toEqual(['support'])
  })
})
