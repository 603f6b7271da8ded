import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it, test } from 'vitest'
import { renderersOf } from '../../src/render.ts'
import { chartHtml } from '../../src/report/candidates/chart.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { numbersOnly, redactReport } from '../../src/report/redact-report.ts'
import type { Report } from '../../src/report/report.ts'
import { inUse, NO_USD, row, usd } from '../candidates/rows.ts'
import { attacked, attacks } from './attacks.ts'
import { compared, unknown } from './candidates-samples.ts'
import { liveParts, outsideCode, tableWidths } from './inert.ts'

const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema)
const rendered = async (report: Report) => {
  const renderers = await renderersOf(report)
  return {
    text: renderers.text(report),
    comment: renderers.comment(report, 'ci.yml:parity.yaml'),
    summary: renderers.summary(report),
    html: renderers.html(report),
  }
}
const setOf = (report: Report) => {
  const set = report.candidates?.sets[0]
  if (set === undefined) throw new Error('no set')
  return set
}

describe('a comparison of models', () => {
  it('is what the schema says', () => {
    for (const one of [compared, unknown, numbersOnly(compared)])
      expect(validate(JSON.parse(JSON.stringify(one))) ? [] : validate.errors).toEqual([])
  })

  it('says in every rendering of a date that is past that it is', async () => {
    const later = { ...compared, startedAt: '2028-01-02T00:00:00.000Z' }
    const { text, summary, html } = await rendered(later)
    for (const shown of [text, summary, html]) {
      expect(shown).toContain('in use, stopped on 2027-01-14')
      expect(shown).toContain('does not hold, breaks min-score, stopped on 2028-01-01')
    }
  })

  it('says in every rendering what holds, what to do, what went wrong and what is not known', async () => {
    const { text, summary, html } = await rendered(compared)
    for (const shown of [text, summary, html]) {
      expect(shown).toContain('acme/medium holds (by proof) and is cheapest')
      expect(shown).toContain('does not hold, breaks min-score, stops on 2028-01-01')
      expect(shown).toContain('better (by proof)')
      expect(shown).toContain('acme answered 404: no such model. Did you mean acme/type?')
      expect(shown).toContain('Judged by itself: acme/judge (judge acme/judge).')
      expect(shown).toContain('in use, stops on 2027-01-14')
      expect(shown).toContain('not known')
      expect(shown).toContain('+  model: acme/medium')
      expect(shown).toContain('app/models.py:3 names the model without a provider.')
    }
    expect(text).toContain('\n target:\n-  model: acme/large\n+  model: acme/medium\n')
  })

  it('is no error where nothing is known', async () => {
    const { text, html } = await rendered(unknown)
    expect(text).toContain('planned')
    expect(html).not.toContain('<svg')
    for (const shown of [text, html]) expect(shown).not.toMatch(/\$0(?![.\d])/)
  })

  it('keeps its names through redaction, and its texts to itself with numbers only', async () => {
    const redact = await createRedactor({ secrets: ['acme answered'], patterns: [] })
    const set = setOf(redactReport(compared, redact))
    expect(set.rows[1]?.comparison).toBe('help @ acme/judge')
    expect(JSON.stringify(set)).not.toContain('acme answered')
    const quiet = JSON.stringify(setOf(numbersOnly(compared)))
    expect(quiet).not.toContain('no such model')
    expect(quiet).not.toContain('cases: c.jsonl')
    expect(quiet).toContain('+  model: acme/medium')
  })

  it('fits the comment and the summary', async () => {
    const many = {
      ...setOf(compared),
      rows: Array.from({ length: 80 }, (_, i) =>
        row(`acme/m${i}`, { months: [], slices: setOf(compared).rows[1]?.slices ?? [] }),
      ),
    }
    const large: Report = { ...compared, candidates: { named: 'flag', sets: [many, many, many] } }
    const { comment, summary } = await rendered(large)
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(60_000)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(900_000)
  })
})

describe('the chart', () => {
  const chart = (rows: Parameters<typeof row>[1][], own = inUse()) =>
    chartHtml({ ...setOf(compared), inUse: own, rows: rows.map((over, at) => row(`acme/m${at}`, over)) }, 'c')
  const numbers = (svg: string) =>
    [...svg.matchAll(/ (?:x|y|x1|x2|y1|y2|cx|cy)="([^"]*)"/g)].map((match) => Number(match[1]))

  it('has a title and a description, for those who do not see it', () => {
    const svg = chart([{}])
    expect(svg).toMatch(
      /role="img" aria-labelledby="c-t c-d"><title id="c-t">[^<]+<\/title><desc id="c-d">[^<]+acme\/m0: holds[^<]+<\/desc>/,
    )
  })

  it('stays inside its picture whatever the figures', () => {
    const priced = (perRequestUsd: ReturnType<typeof usd>) => ({
      cost: { state: 'priced' as const, why: null, perRequestUsd },
    })
    const cases = [
      [{ ...priced(usd(0.01, 0.01)), score: { base: 0, head: 0, delta: 0, low: 0, high: 0 } }],
      [priced(usd(0.01, 0.000001, 5)), priced(usd(0.01, 400))],
      [{ ...priced(usd(0, 0)), score: { base: 100, head: 0, delta: -100, low: -130, high: -70 } }],
      [priced({ base: '1e-30', head: '1e30', delta: null, low: null, high: null })],
    ]
    for (const rows of cases)
      for (const own of [inUse(), inUse({ perRequestUsd: null }), inUse({ perRequestUsd: '0' })]) {
        const at = numbers(chart(rows, own))
        expect(at.length).toBeGreaterThan(5)
        for (const value of at) expect(value >= -20 && value <= 740, String(value)).toBe(true)
      }
  })

  it('draws nothing at 0 that is not known, and says so', () => {
    const svg = chart([{}, { cost: { state: 'unpriced', why: null, perRequestUsd: NO_USD } }])
    expect(svg.match(/<circle/g)).toHaveLength(1)
    expect(svg).toContain('not drawn, for score or price is not known: acme/m1.')
    expect(chart([{ cost: { state: 'unpriced', why: null, perRequestUsd: NO_USD } }])).toBe('')
  })
})

const unsafe = (text: string) =>
  [...text].filter((one) => one !== '\n' && /[\p{Cc}\p{Bidi_Control}\p{Cs}\u200B\uFEFF\u2028\u2029]/u.test(one))
const commands = (text: string) =>
  text.split(/\r\n|\r|\n/).filter((line) => /^\s*::/.test(line) || line.includes('##['))

for (const [sample, report] of Object.entries({ compared, unknown })) {
  describe(`hostile text everywhere in ${sample}`, () => {
    for (const [name, attack] of Object.entries(attacks)) {
      test(name, async () => {
        const bad = attacked(report, attack)
        const { text, comment, summary, html } = await rendered(bad)
        for (const markdown of [comment, summary]) {
          expect(liveParts(markdown)).toEqual([])
          expect(unsafe(markdown)).toEqual([])
          expect(commands(markdown)).toEqual([])
          expect([...markdown.matchAll(/<!--/g)].length).toBe(markdown.startsWith('<!--') ? 1 : 0)
          for (const widths of tableWidths(markdown)) expect(new Set(widths).size).toBe(1)
          const outside = outsideCode(markdown)
          expect([...outside.matchAll(/<details>/g)].length).toBe([...outside.matchAll(/^<\/details>$/gm)].length)
        }
        expect(commands(text)).toEqual([])
        expect(unsafe(text)).toEqual([])
        const tags = [...html.matchAll(/<([a-z0-9]+)([^>]*)>/g)]
        const names = new Set(tags.map((tag) => tag[1]))
        for (const tag of ['img', 'iframe', 'object', 'form', 'link', 'foreignobject', 'use', 'animate', 'image'])
          expect(names).not.toContain(tag)
        expect([...html.matchAll(/<script/g)].length).toBe(1)
        expect([...html.matchAll(/<a /g)].length).toBe(1)
        const live = tags.filter((tag) =>
          /\son\w+\s*=|\sstyle=|(?:src|href)="(?!#)/.test(
            tag[2]?.replace(/"[^"]*"/g, (quoted) => (/^"#/.test(quoted) ? '"#"' : '"x"')) ?? '',
          ),
        )
        expect(live.map((tag) => tag[0])).toEqual([])
        expect(unsafe(html)).toEqual([])
      })
    }
  })
}
