import { describe, expect, it } from 'vitest'
import { bandOf } from '../../src/drift/band.ts'
import { happeningsOf } from '../../src/drift/happenings.ts'
import { pageOf } from '../../src/drift/page.ts'
import { chartHtml } from '../../src/drift/page-chart.ts'
import { stateOf } from '../../src/drift/page-state.ts'
import type { BaselineRecord, HistoryRecord, RunRecord } from '../../src/drift/records.ts'
import type { RegistryEntry } from '../../src/drift/registry.ts'
import { pointsOf, type SetSeries, seriesOf } from '../../src/drift/series.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { figuresOf, pastOf, runRecord, setName } from '../fakes/drift-records.ts'
import { filesOf, NOW, yearOf } from './page-samples.ts'

const page = (records: readonly HistoryRecord[], registry: readonly RegistryEntry[] = []) =>
  pageOf({ records, registry, now: NOW })
const seriesFor = (records: readonly HistoryRecord[]): SetSeries => {
  const [series] = seriesOf(records).sets
  if (series === undefined) throw new Error('no set')
  return series
}
const day = (number: number) => new Date(Date.parse('2026-01-01T05:00:00Z') + number * 86_400_000).toISOString()

describe('the page', () => {
  const records = yearOf(3, 200)
  const html = page(records)

  it('names sets, states, issue and dates', () => {
    expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toBe('Drift history: 1 eval set in drift, 1 suspect, 1 in the band')
    for (const words of ['refund-policy', 'in the band', '#57', 'gpt-4.1-2026-02-01', 'shorter answers', 'answered by'])
      expect(html.includes(words), words).toBe(true)
  })

  it('depends on the records, and not on their order', () => {
    expect(page(shuffled(records, seededRandom('page')))).toBe(html)
  })

  it('asks nothing of anybody: no script, no style but its own, no address', () => {
    expect(html).toContain("default-src 'none'; style-src 'sha256-")
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|\sstyle=|javascript:/i)
    expect(html.match(/(?:href|src)="[^"]*"/g)?.filter((one) => !/="(#[a-z0-9-]+|registry\.json)"/.test(one))).toEqual(
      [],
    )
  })

  it('closes what it opens', () => {
    const open: string[] = []
    const body = html.slice(html.indexOf('<body>'), html.indexOf('</body>'))
    for (const [, slash, name = '', own] of body.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(name)
      else if (own !== '/' && name !== 'br') open.push(name)
    }
    expect(open).toEqual(['body'])
  })

  it('has a page for an empty history too', () => {
    expect(page([])).toContain('Nothing has been run yet.')
  })

  it('opens what drifts, and leaves the rest of many sets closed', () => {
    const many = page(yearOf(6, 40))
    expect(many.match(/<details open>/g)).toHaveLength(1)
    expect(many).toMatch(/<details open><summary><b>refund-policy/)
  })

  it('says when runs are missing', () => {
    const old = yearOf(2, 60).filter(({ at }) => at < '2026-11-20')
    expect(/Runs are missing.*?<\/section>/s.exec(page(old))?.[0]).toContain('support-answers: last run 9 days before')
    expect(html).not.toContain('Runs are missing')
  })
})

describe('what is not known', () => {
  it('is said, and never 0', () => {
    const nothing = figuresOf([null, null], {
      inputTokens: null,
      outputTokens: null,
      latencyMs: null,
      costUsd: null,
      answered: [],
    })
    const html = page([
      runRecord({ at: day(0), figures: nothing, model: null }),
      runRecord({ at: day(1), figures: nothing, model: null }),
    ])
    expect(html).toContain('Cost per request: not known.')
    expect(html).not.toMatch(/\$0\b|>0 ms|NaN|Infinity|undefined|null/)
  })

  it('a set of merges alone, a baseline alone, an accept alone', () => {
    const past = yearOf(1, 10)
    const only = (kind: string) => page(past.filter((one) => one.kind === kind))
    expect(page([{ ...runRecord({ at: day(0) }), role: 'merge' }])).toContain('merges only')
    for (const kind of ['baseline', 'key', 'accept', 'incident'])
      expect(only(kind)).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('hostile names', () => {
  const attacks = [
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    '</title></style><svg onload=alert(1)>',
    '\u202Egnp.exe\u0000\u001b[31m',
    '<'.repeat(5000),
    '\uD800',
  ]
  it.each(attacks)('stay text: %j', (attack) => {
    const figures = figuresOf([1, 0], { answered: [attack], fingerprints: [attack], tiers: [attack] })
    const run = runRecord({
      at: day(0),
      evalSet: attack,
      model: attack,
      commit: attack,
      key: attack,
      prompt: attack,
      figures,
    })
    const next: RunRecord = {
      ...run,
      id: 'next',
      at: day(1),
      key: 'k',
      figures: { ...figures, answered: ['x'], fingerprints: ['y'] },
    }
    const last: RunRecord = { ...next, id: 'last', at: day(2), figures }
    const merge: RunRecord = { ...last, id: 'merge', role: 'merge', runUrl: attack }
    const fallback: RunRecord = { ...last, id: 'fallback', role: 'fallback' }
    const registry: RegistryEntry = {
      ...{
        prompt: attack,
        symbol: attack,
        hash: attack,
        owner: attack,
        reason: attack,
        model: attack,
        evalSets: [attack],
      },
      ...{ score: null, cost: null, lastRun: attack },
    }
    const html = page(
      [
        ...[run, next, last, merge, fallback],
        { v: 1, kind: 'accept', id: 'a', at: day(2), evalSets: [attack], reason: attack, actor: attack },
        {
          v: 1,
          kind: 'incident',
          id: 'i',
          at: day(2),
          state: 'opened',
          incident: attack,
          issue: 1,
          evalSets: [attack],
        },
      ],
      [registry],
    )
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name?.toLowerCase()))
    for (const tag of ['script', 'img', 'iframe', 'object']) expect(tags.has(tag)).toBe(false)
    expect(html.match(/<style>/g)).toHaveLength(1)
    expect(html.split('</head>')[0]?.match(/<\/title>/g)).toHaveLength(1)
    expect(
      /<[^>]*\son\w+\s*=/i.exec(html.replace(/<style>.*<\/style>/s, '').replace(/"[^"]*"/g, '""'))?.[0],
    ).toBeUndefined()
    for (const one of ['\u202E', '\u0000', '\u001b', '\uD800']) expect(html.includes(one)).toBe(false)
    expect(html.length).toBeLessThan(200_000)
  })
})

describe('size', () => {
  it('five years of twenty sets stay below two megabytes', () => {
    const html = filesOf(pastOf({ sets: 20, days: 1826, cases: 20, from: '2021-11-28T05:00:00Z', mergesPerWeek: 10 }))[
      'index.html'
    ]
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000)
    expect(html).toContain(setName(19))
  })

  it('so do hundreds of sets, and content that changes at each run', () => {
    const many = page(pastOf({ sets: 400, days: 20, cases: 5, from: '2026-11-01T05:00:00Z' }))
    expect(Buffer.byteLength(many)).toBeLessThan(2_000_000)
    expect(many).toContain('340 more eval sets only in the table')
    const restless = Array.from({ length: 5000 }, (_, at) => runRecord({ at: day(at / 4), key: `k${at}` }))
    expect(Buffer.byteLength(page(restless))).toBeLessThan(500_000)
  })
})

describe('points of a line', () => {
  const runs = Array.from({ length: 400 }, (_, at) => {
    return runRecord({ at: day(at), figures: { ...runRecord({ at: day(at) }).figures, score: at % 2 === 0 ? 80 : 90 } })
  })

  it('all runs where they fit, else the newest, and means before them', () => {
    expect(pointsOf(runs, 400)).toHaveLength(400)
    const few = pointsOf(runs, 100)
    expect(few.length).toBeLessThanOrEqual(100)
    expect(few.slice(-50).map(({ runs: count }) => count)).toEqual(Array(50).fill(1))
    expect(few.reduce((sum, { runs: count }) => sum + count, 0)).toBe(400)
    expect(few[2]?.score).toBeGreaterThan(82)
    expect(few[2]?.score).toBeLessThan(88)
  })

  it('no mean goes over a change of content', () => {
    const changed = runs.map((run, at) => (at < 100 ? { ...run, key: 'old' } : run))
    const keys = pointsOf(changed, 60).map(({ key }) => key)
    expect(keys.indexOf('old')).toBe(0)
    expect(keys.lastIndexOf('old')).toBeLessThan(keys.length - 1)
    expect(keys.slice(0, keys.lastIndexOf('old') + 1).every((key) => key === 'old')).toBe(true)
  })

  it('an unknown value is left out of a mean, and a mean of nothing is unknown', () => {
    const gaps = runs.map((run, at) => ({ ...run, figures: { ...run.figures, score: at < 100 ? null : 75 } }))
    const points = pointsOf(gaps, 60)
    expect(points[0]?.score).toBeNull()
    expect(points.find(({ score }) => score !== null)?.score).toBe(75)
  })
})

describe('a chart', () => {
  const chart = (values: readonly (number | null)[], gapAt = -1) =>
    chartHtml({
      ...{ title: 't', now: 'n', description: 'd', from: 0, to: 100, bands: [], marks: [], minRange: 10, most: 100 },
      lines: [
        {
          points: values.map((value, at) => ({ ms: at * 10 + (gapAt >= 0 && at >= gapAt ? 40 : 0), spanMs: 0, value })),
        },
      ],
      format: String,
    })
  const path = (html: string) => /class="line" d="([^"]*)"/.exec(html)?.[1]

  it('draws no line over a gap', () => {
    expect(path(chart([80, 80, 80, 80, 80]))?.match(/M/g)).toHaveLength(1)
    expect(path(chart([80, 80, 80, 80, 80], 3))?.match(/M/g)).toHaveLength(2)
  })

  it('draws the line of the first days, behind the runs of a baseline that was made at once', () => {
    const days = [...Array.from({ length: 10 }, () => 0), 20, 40, 60, 80]
    const html = chartHtml({
      ...{ title: 't', now: 'n', description: 'd', from: 0, to: 100, bands: [], marks: [], minRange: 10, most: 100 },
      lines: [{ points: days.map((ms) => ({ ms, spanMs: 0, value: 80 })) }],
      format: String,
    })
    expect(path(html)?.match(/M/g)).toHaveLength(1)
  })

  it('has round ends that hold every value', () => {
    const ends = (html: string) =>
      [...html.matchAll(/<span>([\d.]+)<\/span>/g)].map(([, value]) => Number(value)).slice(0, 3)
    expect(ends(chart([83, 91]))).toEqual([100, 90, 80])
    expect(ends(chart([100, 100]))).toEqual([100, 95, 90])
    expect(ends(chart([0, 0]))).toEqual([10, 5, 0])
    expect(ends(chart([3, 99]))).toEqual([100, 50, 0])
    for (let low = 0; low <= 100; low += 7)
      for (let high = low; high <= 100; high += 3) {
        const [top = 0, , bottom = 0] = ends(chart([low, high]))
        expect([low, high, bottom <= low, top >= high]).toEqual([low, high, true, true])
      }
  })

  it('of no value is empty, not broken', () => {
    expect(chart([null])).not.toMatch(/NaN|Infinity|class="line"/)
  })
})

describe('the band', () => {
  const baseline = (levels: readonly (number | null)[], over: Partial<BaselineRecord> = {}): BaselineRecord => ({
    ...{ v: 1, kind: 'baseline', id: 'b', at: day(0), evalSet: 's', key: 'k', model: null, commit: 'c', runs: 10 },
    figures: figuresOf(levels),
    cases: levels.map((level) => ({ level, logOutput: null, logLatency: null })),
    ...over,
  })

  it('is what cases do that do not always come out the same', () => {
    // sd² = 2 · 0.25 · 10/9 / 16; two of them times sqrt(1.1), in points.
    const band = bandOf(baseline([1, 1, 0.5, 0.5]))
    expect(band?.center).toBe(75)
    expect(band?.low).toBeCloseTo(75 - ((2 * 100 * Math.sqrt(0.5 * (10 / 9))) / 4) * Math.sqrt(1.1), 9)
    expect(bandOf(baseline([1, 1, 0.5, 0.5], { sd: 3 }))?.low).toBeCloseTo(75 - 6 * Math.sqrt(1.1), 9)
  })

  it('is not known of one run or no case', () => {
    expect(bandOf(baseline([1, 0], { runs: 1 }))).toBeNull()
    expect(bandOf(baseline([]))).toBeNull()
  })
})

describe('what happened', () => {
  it('other models, new fingerprints once, new content, merges, accepts, drift from its first run on', () => {
    const figures = runRecord({ at: day(0) }).figures
    const state = (at: number, word: 'in-band' | 'drift' | 'suspect') =>
      ({ monitor: { baseline: 'b', z: 0, cusum: 0, state: word }, at: day(at) }) as const
    const records: readonly HistoryRecord[] = [
      runRecord({ ...state(0, 'in-band') }),
      runRecord({ ...state(1, 'drift'), figures: { ...figures, answered: ['gpt-4.1-2026'], fingerprints: ['fp_b'] } }),
      runRecord({
        ...state(2, 'drift'),
        figures: { ...figures, answered: ['gpt-4.1-2026'], fingerprints: ['fp_49f1ad3d61'] },
      }),
      runRecord({ ...state(3, 'suspect'), figures: { ...figures, answered: [] } }),
      runRecord({
        ...state(4, 'in-band'),
        key: 'new',
        figures: { ...figures, answered: ['gpt-4.1-2026'], tiers: ['flex'] },
      }),
      { ...runRecord({ at: day(5) }), id: 'm', role: 'merge', pr: 412 },
      { v: 1, kind: 'accept', id: 'a', at: day(6), evalSets: ['support-answers'], reason: 'wanted', actor: 'ada' },
    ]
    const told = happeningsOf(seriesFor(records)).map(({ at, kind, text }) => `${at.slice(8, 10)} ${kind}: ${text}`)
    expect(told).toEqual([
      '02 model: answered by gpt-4.1-2026 instead of gpt-4.1-2025-04-14',
      '02 fingerprint: new fingerprint fp_b',
      '02 drift: drift confirmed',
      '05 tier: service tier flex instead of default',
      '05 content: new content: other cases or scorers',
      '05 drift: back inside the band',
      expect.stringContaining('06 merge: merged #412'),
      '07 accept: accepted by ada: wanted',
    ])
  })

  it('a baseline that grows day by day is told once', () => {
    const first = yearOf(1, 3).find((one) => one.kind === 'baseline')
    if (first?.kind !== 'baseline') throw new Error('no baseline')
    const grown = [1, 2, 3].map((runs) => ({ ...first, id: `b${runs}`, at: day(runs), runs }))
    expect(happeningsOf(seriesFor(grown)).map(({ text }) => text)).toEqual([
      expect.stringContaining('baseline of 3 runs'),
    ])
  })
})

describe('where a set stands', () => {
  it('an accept after the last run is no drift any more', () => {
    const run = runRecord({ at: day(0), monitor: { baseline: 'b', z: 5, cusum: 9, state: 'drift' } })
    expect(stateOf(seriesFor([run]), NOW).word).toBe('drift')
    const accept = {
      v: 1,
      kind: 'accept',
      id: 'a',
      at: day(1),
      evalSets: [run.evalSet],
      reason: 'r',
      actor: null,
    } as const
    expect(stateOf(seriesFor([run, accept]), NOW)).toMatchObject({ word: 'unknown', label: 'accepted' })
  })

  it('a late run is one that is more than two usual intervals away', () => {
    const daily = Array.from({ length: 10 }, (_, at) => runRecord({ at: day(at) }))
    const later = (days: number) => stateOf(seriesFor(daily), Date.parse(day(9)) + days * 86_400_000).overdueDays
    expect([later(1), later(2.2), later(3)]).toEqual([null, null, 3])
    const weekly = Array.from({ length: 10 }, (_, at) => runRecord({ at: day(at * 7) }))
    expect(stateOf(seriesFor(weekly), Date.parse(day(63 + 10))).overdueDays).toBeNull()
  })
})
