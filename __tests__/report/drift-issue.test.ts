import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import type { IncidentStep } from '../../src/drift/incident.ts'
import type { DriftReport, DriftSet } from '../../src/drift/report.ts'
import {
  bodyOver,
  ISSUE_BYTES,
  type IssueContext,
  incidentOfBody,
  issueMarker,
  renderDriftBody,
  renderDriftTitle,
  toldOfBody,
} from '../../src/report/drift-issue.ts'
import { renderDriftChange, renderDriftOver } from '../../src/report/drift-issue-comment.ts'
import { calm, driftReport, driftSet } from '../fakes/drift-report.ts'
import { scanMarkdown } from '../fakes/markdown.ts'
import { attacks, infect } from './attacks.ts'
import { liveParts, outsideCode, tableWidths } from './inert.ts'

const RUN = 'https://github.com/acme/app/actions/runs/77'
const context = (report: DriftReport, over: Partial<IssueContext> = {}): IssueContext => ({
  config: 'parity.yaml',
  incident: '2026-11-28-0a1b2c3d',
  evalSets: report.sets.filter(({ state }) => state === 'drift').map(({ evalSet }) => evalSet),
  worst: 9.4,
  now: '2026-11-28T05:21:00Z',
  runUrl: RUN,
  mention: true,
  ...over,
})

const full = driftReport(
  [
    driftSet({
      live: { model: 'openai/gpt-4.1', delta: 0.4, low: -2.1, high: 2.9, worse: false },
      shifts: [
        { what: 'output-tokens', ratio: 1.31, low: 1.24, high: 1.39, p: 0.00001, moved: true },
        { what: 'latency', ratio: 1.02, low: 0.97, high: 1.07, p: 0.4, moved: false },
      ],
    }),
    driftSet({
      evalSet: 'refund-policy',
      path: 'evals/refund.eval.yaml',
      owner: '@acme/refunds @ada',
      score: 88.4,
      baseline: { score: 93, sd: 1.1, runs: 10, at: '2026-11-01T05:17:00Z' },
      z: 2.4,
      confirmedZ: 2.9,
      since: '2026-11-21T05:17:00Z',
      flips: [{ caseId: 'late-order', baseline: 1, today: 0 }],
      trend: [93, 94, 92, 93, 93, 92, 93, 94, 93, null, 93, 92, 90, 89, 88.4],
    }),
    calm({ evalSet: 'ticket-triage' }),
  ],
  {
    events: [
      { kind: 'price', evalSet: null, at: '2026-10-01T00:00:00Z', message: 'long before' },
      {
        kind: 'model',
        evalSet: 'support-answers',
        at: '2026-11-20T05:17:00Z',
        message: '`gpt-4.1-2026-11-19` answers; it was `gpt-4.1-2025-04-14` before.',
      },
      { kind: 'fingerprint', evalSet: 'ticket-triage', at: '2026-11-20T05:17:00Z', message: 'of a set that is well' },
      {
        kind: 'shutdown',
        evalSet: null,
        at: '2027-01-15T00:00:00Z',
        message: '`openai/gpt-4.1-2025-04-14` is shut down on 2027-01-15.',
      },
      { kind: 'history', evalSet: null, at: '2026-11-28T05:17:00Z', message: 'no business of the issue' },
    ],
  },
)

const change: IncidentStep = {
  evalSets: ['refund-policy', 'support-answers'],
  joined: ['refund-policy'],
  left: [{ evalSet: 'ticket-triage', how: 'recovered', accept: null }],
  ended: [],
  newlyEnded: [],
  worse: true,
  worst: 20,
}

function matchesGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`./golden/${name}`, import.meta.url))
  if (process.env.UPDATE_GOLDEN === '1' && process.env.CI !== 'true') writeFileSync(path, text)
  expect(text).toBe(readFileSync(path, 'utf8'))
}

describe('golden', () => {
  test('body', () => matchesGolden('drift.issue.golden.md', renderDriftBody(full, context(full))))
  test('of a configuration that is not at the root: its folder in the title, its path in the text', () => {
    const one = driftReport([driftSet({ advice: [] })])
    const title = (config: string) => renderDriftTitle(one, context(one, { config }))
    expect(title('parity.yaml')).toMatch(/^Drift: support-answers is/)
    expect(title('svc/a/parity.yaml')).toMatch(/^Drift in svc\/a: support-answers is/)
    expect(title('svc/other.yaml')).toMatch(/^Drift in svc\/other\.yaml: /)
    const body = renderDriftBody(one, context(one, { config: 'svc/a/parity.yaml' }))
    expect(body).toContain('Configuration: `svc/a/parity.yaml`')
    expect(body).toContain('in the configuration `svc/a/parity.yaml`. The baseline')
  })
  test('one set', () => {
    const one = driftReport([driftSet()])
    matchesGolden('drift-one.issue.golden.md', renderDriftBody(one, context(one)))
  })
  test('comments', () => {
    const told = { report: full, step: change, context: context(full), change: '0123456789abcdef' }
    const over: IncidentStep = { ...change, evalSets: [], joined: [], worse: false, worst: null }
    const text = `${renderDriftChange({ ...told, before: 9.4 })}\n=====\n\n${renderDriftOver({ ...told, step: over })}`
    matchesGolden('drift.comments.golden.md', text)
  })
  test('the guide shows it as it is', () => {
    const guide = readFileSync(fileURLToPath(new URL('../../docs/guides/drift-issue.md', import.meta.url)), 'utf8')
    const quoted = guide.split('\n').flatMap((line) => (line.startsWith('> ') ? [line.slice(2)] : []))
    const body = renderDriftBody(full, context(full)).split('\n')
    expect(quoted.length).toBeGreaterThan(6)
    expect(quoted.filter((line) => !body.includes(line))).toEqual([])
  })
  test('titles', () => {
    expect(renderDriftTitle(full, context(full))).toBe(
      'Drift: 2 eval sets below the baseline since 2026-11-20 (most: support-answers, 9.4 points)',
    )
    const lost = driftReport([driftSet({ score: null })])
    expect(renderDriftTitle(lost, context(lost))).toBe('Drift: support-answers is off its baseline since 2026-11-20')
  })
})

describe('what is live in it', () => {
  const ours = (markdown: string) =>
    liveParts(
      markdown
        .replace(/^<!--[^>]*-->\n/gm, '')
        .replaceAll(`](${RUN})`, ']')
        .replace(/\[(the last|this) run\]/g, ''),
    )

  test('only owners of a trusted configuration, and the link to the run', () => {
    const scan = scanMarkdown(renderDriftBody(full, context(full)))
    expect(scan.mentions.map(({ text }) => text)).toEqual(['@acme/support-ai', '@acme/refunds', '@ada'])
    expect(scan.links.map(({ text }) => text)).toEqual([RUN])
    expect([scan.references, scan.images, scan.html, scan.unbalanced, scan.brokenTables, scan.maths]).toEqual(
      Array.from({ length: 6 }, () => []),
    )
    expect(scanMarkdown(renderDriftBody(full, context(full, { mention: false }))).mentions).toEqual([])
  })

  for (const [name, attack] of Object.entries(attacks)) {
    test(`${name}: inert wherever it stands`, () => {
      const bad = infect(full, attack) as DriftReport
      const names = [attack, 'other']
      const step: IncidentStep = {
        ...change,
        evalSets: names,
        joined: names,
        left: [
          { evalSet: attack, how: 'recovered', accept: null },
          {
            evalSet: attack,
            how: 'accepted',
            accept: { v: 1, kind: 'accept', id: 'a', at: attack, evalSets: [attack], reason: attack, actor: attack },
          },
        ],
      }
      const around = context(bad, { mention: false, evalSets: names, runUrl: attack, config: attack, now: attack })
      const told = { report: bad, step, context: around, change: 'x' }
      const texts = [renderDriftBody(bad, around), renderDriftChange({ ...told, before: 1 }), renderDriftOver(told)]
      for (const text of texts) {
        expect(ours(text)).toEqual([])
        for (const widths of tableWidths(text)) expect(new Set(widths).size).toBe(1)
        const outside = outsideCode(text)
        expect([...outside.matchAll(/<details>/g)].length).toBe([...outside.matchAll(/^<\/details>$/gm)].length)
      }
      expect(renderDriftTitle(bad, around)).not.toMatch(/[\n\r]|@\w|#\d|:\/\//)
      expect([...renderDriftTitle(bad, around)].length).toBeLessThan(256)
    })
  }
})

describe('size', () => {
  it('stays below 60,000 bytes with the sentence, the table and what to do', () => {
    const wide = '㍿'.repeat(300)
    const sets = Array.from({ length: 400 }, (_, at) =>
      driftSet({
        evalSet: `${wide}${at}`,
        owner: `@${wide}`,
        advice: [`do ${wide} ${at}`],
        flips: Array.from({ length: 50 }, (_, flip) => ({ caseId: `${wide}${flip}`, baseline: 1, today: 0 })),
        shifts: [{ what: 'cost', ratio: 2, low: 1, high: 3, p: 0, moved: true }],
      }),
    )
    const report = driftReport(sets)
    const body = renderDriftBody(report, context(report))
    expect(Buffer.byteLength(body, 'utf8')).toBeLessThanOrEqual(ISSUE_BYTES)
    expect(body).toContain('400 eval sets fell')
    expect(body).toContain('drift accept')
    expect(body).toContain('| eval set |')
    expect(body).toContain('Shortened')
    const told = {
      report,
      step: { ...change, joined: context(report).evalSets },
      context: context(report),
      change: 'x',
    }
    expect(Buffer.byteLength(renderDriftChange({ ...told, before: 1 }), 'utf8')).toBeLessThanOrEqual(ISSUE_BYTES)
  })
})

describe('how sure', () => {
  const certainty = (set: Partial<DriftSet>, over: Partial<IssueContext> = {}) => {
    const report = driftReport([driftSet(set)])
    return renderDriftBody(report, context(report, over)).split('\n')[6]
  }
  const confirmed = new Map([['support-answers', { at: '2026-11-21T05:17:00Z', z: 3.2, confirmedZ: 2.6 }]])

  it('says on later days how it was found', () => {
    expect(certainty({ z: 1.2, confirmedZ: null }, { confirmed })).toBe(
      'This run is 1.2 standard deviations below a baseline of 10 runs (2026-11-01). It was found on 2026-11-21, at 3.2, the confirming run right after it 2.6. The eval set has the same content as then. Chance alone gives two runs in a row as low as those less than once in 100,000.',
    )
  })
  it('names the sum where no run is low by itself, and no chance', () => {
    expect(certainty({ z: 1.4, confirmedZ: 1.3, cusum: 5.6 })).toMatch(
      /It is many small departures in a row that tell: beyond half a standard deviation for each run they add up to 5\.6\.$/,
    )
    expect(certainty({ z: 1.4, confirmedZ: null, cusum: null })).toMatch(/The eval set has the same content as then\.$/)
    expect(certainty({ z: null })).not.toContain('standard deviations')
  })
})

describe('markers', () => {
  const body = renderDriftBody(full, context(full))
  it('are read back', () => {
    expect(body.startsWith(issueMarker('parity.yaml'))).toBe(true)
    expect(incidentOfBody(body)).toBe('2026-11-28-0a1b2c3d')
    expect(toldOfBody(body)).toMatchObject({ over: false, worst: 9.4, sets: [expect.any(String), expect.any(String)] })
    expect(toldOfBody(bodyOver(body.replaceAll('\n', '\r\n')))).toEqual({ over: true, worst: null, sets: [] })
    expect([incidentOfBody('text'), toldOfBody('text')]).toEqual([null, null])
  })
  it('of two configurations are different', () => {
    expect(issueMarker('a/parity.yaml')).not.toBe(issueMarker('b/parity.yaml'))
  })
})
