import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/config/config.ts'
import type { Actual } from '../../src/cost/usage/actual.ts'
import {
  actualsOfProfiles,
  calibrationRecordsOf,
  compareForecasts,
  forecastRecordsOf,
  lastForecasts,
  type MergedRoutes,
} from '../../src/drift/forecasts.ts'
import { parseLines, serializeRecords } from '../../src/drift/lines.ts'
import type { ForecastRecord, HistoryRecord } from '../../src/drift/records.ts'
import { forecastEvents, forecastLine } from '../../src/report/forecasts.ts'
import type { RouteReport } from '../../src/report/report.ts'

const DAY = 86_400_000
const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
const NOW = day('2026-11-28') + 5 * 3_600_000

const route: Route = {
  name: 'support',
  evals: ['support-answers'],
  requestsPerMonth: 3_000_000,
  horizonDays: 30,
  place: { path: 'parity.yaml' },
}
const report = (head: string | null, over: Partial<RouteReport> = {}): RouteReport => ({
  name: 'support',
  owner: null,
  perMonthUsd: { base: '900', head, delta: head === null ? null : String(Number(head) - 900), low: '80', high: '120' },
  limitUsd: { monthly: null, monthlyDelta: null },
  assumption: '3,000,000 requests a month',
  ...over,
})
const merged = (over: Partial<MergedRoutes> = {}): MergedRoutes => ({
  config: 'parity.yaml',
  reports: [report('1000')],
  routes: [route],
  ran: ['support-answers'],
  commit: 'a1b2c3d4'.repeat(5),
  pr: 41,
  at: '2026-10-01T12:00:00Z',
  ...over,
})
const forecast = (over: Partial<MergedRoutes> = {}): ForecastRecord => {
  const [record] = forecastRecordsOf(merged(over))
  if (record === undefined) throw new Error('no forecast')
  return record
}

/** The same amount on every day. */
function daily(from: string, to: string, usd: number, over: Partial<Actual> = {}): readonly Actual[] {
  const days = Math.round((day(to) - day(from)) / DAY)
  return Array.from({ length: days }, (_, at) => ({
    ...{ route: 'support', fromMs: day(from) + at * DAY, toMs: day(from) + (at + 1) * DAY },
    ...{ usd: usd.toFixed(9), requests: null, source: 'billed', path: 'usage.jsonl', ...over },
  }))
}
const perMonth = (usd: number) => usd / (365.25 / 12)
const compare = (records: readonly HistoryRecord[], actuals: readonly Actual[]) =>
  compareForecasts({ records, actuals, nowMs: NOW })

describe('what a merge leaves behind', () => {
  it('is a record that the history can read back', () => {
    const records = [
      forecast(),
      ...calibrationRecordsOf(compare([forecast()], daily('2026-10-02', '2026-11-01', 40)), {
        at: '2026-11-28T05:00:00Z',
        config: 'parity.yaml',
      }),
    ]
    expect(records).toHaveLength(2)
    expect(parseLines(serializeRecords(records))).toEqual({ records, problems: [] })
  })
  it('is nothing for a route that it does not touch, or whose cost is not known', () => {
    expect(forecastRecordsOf(merged({ ran: ['other'] }))).toEqual([])
    expect(forecastRecordsOf(merged({ reports: [report(null)] }))).toEqual([])
    expect(forecastRecordsOf(merged({ routes: [] }))).toEqual([])
  })
  it('is the same record when the run is repeated', () => {
    expect(forecast().id).toBe(forecast({ at: '2026-10-01T13:00:00Z' }).id)
    expect(forecast().id).not.toBe(forecast({ commit: 'b'.repeat(40) }).id)
  })
})

describe('projected against actual', () => {
  it('is of the days between one merge and the next, and of no others', () => {
    const records = [
      forecast(),
      forecast({ commit: 'b'.repeat(40), pr: null, at: '2026-11-01T09:00:00Z', reports: [report('1500')] }),
    ]
    const actuals = [
      ...daily('2026-09-01', '2026-10-01', perMonth(900)),
      ...daily('2026-10-01', '2026-10-02', 99_999),
      ...daily('2026-10-02', '2026-11-01', perMonth(1100)),
      ...daily('2026-11-01', '2026-11-02', 99_999),
      ...daily('2026-11-02', '2026-11-29', perMonth(2100)),
    ]
    const rows = compare(records, actuals)
    expect(
      rows.map(({ pr, from, to, off, ratio }) => [pr, from.slice(0, 10), to.slice(0, 10), off, ratio.toFixed(3)]),
    ).toEqual([
      [41, '2026-10-02', '2026-11-01', false, '1.100'],
      [null, '2026-11-02', '2026-11-28', true, '1.400'],
    ])
    expect(rows.map(({ change }) => [change?.projectedUsd, Math.round(Number(change?.actualUsd))])).toEqual([
      ['100', 200],
      ['600', 1000],
    ])
  })

  it.each([
    [1240, false],
    [1260, true],
    [760, false],
    [740, true],
  ])('%d for 1000 forecast: off %s', (usd, off) => {
    const [row] = compare([forecast()], daily('2026-10-02', '2026-11-01', perMonth(usd)))
    expect(row?.off).toBe(off)
  })

  it('takes whole months as they are billed', () => {
    const month = { route: 'support', requests: null, source: 'billed', path: 'u.csv' } as const
    const actuals = [
      { ...month, fromMs: day('2026-09-01'), toMs: day('2026-10-01'), usd: '900' },
      { ...month, fromMs: day('2026-10-01'), toMs: day('2026-11-01'), usd: '5000' },
    ]
    // October has the merge in it: it is neither before nor after.
    expect(compare([forecast()], actuals)).toEqual([])
    const [row] = compare([forecast({ at: '2026-09-30T23:00:00Z' })], actuals)
    expect([row?.from.slice(0, 10), Number(row?.actualUsd).toFixed(0)]).toEqual(['2026-10-01', '4909'])
  })

  it('says nothing without a week of days, without figures, or without a forecast', () => {
    expect(compare([forecast()], daily('2026-10-02', '2026-10-08', 40))).toEqual([])
    expect(compare([forecast()], daily('2026-10-02', '2026-10-09', 40))).toHaveLength(1)
    expect(compare([forecast()], [])).toEqual([])
    expect(compare([], daily('2026-10-02', '2026-11-01', 40))).toEqual([])
    expect(compare([forecast()], daily('2026-10-02', '2026-11-01', 40, { route: 'other' }))).toEqual([])
  })

  it('leaves out the day that is not over', () => {
    const [row] = compare([forecast({ at: '2026-11-10T00:00:00Z' })], daily('2026-11-11', '2026-11-29', 40))
    expect(row?.to.slice(0, 10)).toBe('2026-11-28')
  })

  it('prefers the bill to list prices, and those to a profile, and never mixes them', () => {
    const listed = daily('2026-10-02', '2026-11-01', perMonth(3000), { source: 'list-price' })
    const profile = daily('2026-10-02', '2026-11-01', perMonth(9000), { source: 'profile' })
    const billed = daily('2026-10-02', '2026-10-20', perMonth(1000))
    const sources = (actuals: readonly Actual[]) =>
      compare([forecast()], actuals).map(({ source, ratio }) => [source, ratio.toFixed(1)])
    expect(sources([...profile, ...listed, ...billed])).toEqual([['billed', '1.0']])
    expect(sources([...profile, ...listed, ...billed.slice(0, 3)])).toEqual([['list-price', '3.0']])
    expect(sources(profile)).toEqual([['profile', '9.0']])
  })

  it('years of hourly figures are no trouble', () => {
    const hours = Array.from({ length: 200_000 }, (_, at) => ({
      ...{
        route: 'support',
        fromMs: day('2003-01-01') + at * 3_600_000,
        toMs: day('2003-01-01') + (at + 1) * 3_600_000,
      },
      ...{ usd: '1', requests: 1, source: 'billed' as const, path: 'u' },
    }))
    const [row] = compare([forecast({ at: '2003-01-01T00:00:00Z' })], hours)
    expect(Number(row?.actualUsd)).toBeCloseTo(730.5, 1)
  })

  it('two merges on one day: the first has no time of its own', () => {
    const records = [forecast(), forecast({ commit: 'b'.repeat(40), at: '2026-10-01T15:00:00Z' })]
    expect(compare(records, daily('2026-10-02', '2026-11-01', 40)).map(({ commit }) => commit[0])).toEqual(['b'])
  })
})

describe('calibration', () => {
  it('takes traffic out of the factor', () => {
    const actuals = daily('2026-10-02', '2026-11-01', perMonth(2000), { requests: 6_000_000 / (365.25 / 12) })
    const [row] = compare([forecast()], actuals)
    expect([row?.ratio.toFixed(2), row?.factor?.toFixed(2), row?.doubtful, row?.off]).toEqual([
      '2.00',
      '1.00',
      false,
      true,
    ])
    expect(row?.requests?.actual.toFixed(0)).toBe('6000000')
  })

  it('is kept, and shown beside the next forecast', () => {
    const first = compare([forecast()], daily('2026-10-02', '2026-11-01', perMonth(1200)))
    const kept = calibrationRecordsOf(first, { at: '2026-11-01T05:00:00Z', config: 'parity.yaml' })
    expect(kept.map(({ factor, modelledUsd }) => [factor.toFixed(2), Number(modelledUsd).toFixed(0)])).toEqual([
      ['1.20', '1000'],
    ])
    const next = forecast({ commit: 'b'.repeat(40), at: '2026-11-05T00:00:00Z', reports: [report('2000')] })
    const rows = compare([forecast(), ...kept, next], daily('2026-11-06', '2026-11-28', perMonth(2380)))
    expect(
      rows.map(({ projectedUsd, calibratedUsd, off }) => [projectedUsd, Number(calibratedUsd).toFixed(0), off]),
    ).toEqual([['2000', '2400', false]])
  })

  it('once a month for each route', () => {
    const rows = compare([forecast()], daily('2026-10-02', '2026-11-01', 40))
    const ids = ['2026-11-02T05:00:00Z', '2026-11-27T05:00:00Z', '2026-12-01T05:00:00Z'].map(
      (at) => calibrationRecordsOf(rows, { at, config: 'parity.yaml' })[0]?.id,
    )
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false])
  })

  it.each([
    [400, true],
    [600, false],
    [1900, false],
    [2100, true],
  ])('a bill of %d for 1000 modelled is doubtful: %s', (usd, doubtful) => {
    const [row] = compare([forecast()], daily('2026-10-02', '2026-11-01', perMonth(usd)))
    expect(row?.doubtful).toBe(doubtful)
  })

  it('is none of what was not billed', () => {
    const rows = compare([forecast()], daily('2026-10-02', '2026-11-01', perMonth(3000), { source: 'list-price' }))
    expect([
      rows[0]?.factor,
      calibrationRecordsOf(rows, { at: '2026-11-28T05:00:00Z', config: 'parity.yaml' }),
    ]).toEqual([null, []])
  })
})

describe('refreshed profiles', () => {
  const profile = {
    ...{ path: 'traffic.jsonl', source: 'own', calls: 9 },
    ...{ from: '2026-10-05T00:00:00Z', to: '2026-11-04T00:00:00Z' },
  }
  it('are an actual over the time of their calls', () => {
    const actuals = actualsOfProfiles([{ ...report('1600'), profile, requestsPerMonth: 3_000_000 }])
    const [row] = compare([forecast()], actuals)
    // 30 days of a profile against a mean month of 30.44.
    expect([row?.source, row?.path, row?.ratio.toFixed(2), row?.requests?.actual.toFixed(0)]).toEqual([
      'profile',
      'traffic.jsonl',
      '1.62',
      '3043750',
    ])
  })
  it('are none without a price or a time', () => {
    const requestsPerMonth = null
    const without = [
      report('1600'),
      { ...report(null), profile },
      { ...report('5'), profile: { ...profile, from: null } },
    ]
    expect(actualsOfProfiles(without.map((one) => ({ ...one, requestsPerMonth })))).toEqual([])
  })
})

describe('in words', () => {
  it('a line for each, and an event where it was off', () => {
    const actuals = [
      ...daily('2026-09-01', '2026-10-01', perMonth(900)),
      ...daily('2026-10-02', '2026-11-01', perMonth(1480), { requests: 3_300_000 / (365.25 / 12) }),
    ]
    const rows = compare([forecast()], actuals)
    expect(rows.map(forecastLine)).toEqual([
      'support: a1b2c3d (pull request 41) was to cost $1,000 a month; $1,480 billed from 2026-10-02 to 2026-10-31; 1.48 times the forecast: off by more than a quarter; the change: +$100 forecast, +$580 came of it; 3,300,000 requests a month where 3,000,000 were assumed; billed to modelled 1.35',
    ])
    const guide = readFileSync(new URL('../../docs/guides/cost-forecasts.md', import.meta.url), 'utf8')
    expect(guide.split('\n')).toContain(rows.map(forecastLine)[0])
    expect(forecastEvents(rows, '2026-11-28T05:00:00Z')).toMatchObject([{ kind: 'forecast', evalSet: null }])
    const fine = compare([forecast()], daily('2026-10-02', '2026-11-01', perMonth(1010)))
    expect(forecastEvents(fine, '2026-11-28T05:00:00Z')).toEqual([])
    const doubt = compare([forecast()], daily('2026-10-02', '2026-11-01', perMonth(2500)))
    expect(forecastLine(doubt[0] ?? neverRow())).toContain('which is far off: tiers, discounts or missing routes?')
  })
})

function neverRow(): never {
  throw new Error('no row')
}

it('a cost that is only repeated is no new forecast: the one that it repeats goes on', () => {
  expect(forecastRecordsOf(merged({ reports: [report('1000', { untouched: true })] }))).toEqual([])
})

it('the last forecast of each route is its recorded cost, whatever the order of the records', () => {
  const later = forecast({ reports: [report('1200')], at: '2026-10-09T12:00:00Z' })
  const other = forecast({ reports: [{ ...report('7'), name: 'other' }], routes: [{ ...route, name: 'other' }] })
  expect(lastForecasts([later, forecast(), other])).toEqual({ support: '1200', other: '7' })
  expect(lastForecasts([])).toEqual({})
})
