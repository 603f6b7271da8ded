import { describe, expect, it } from 'vitest'
import { renderersOf } from '../../src/render.ts'
import type { Report } from '../../src/report/report.ts'
import { calm, driftReport, driftSet } from '../fakes/drift-report.ts'
import { attacked, attacks } from './attacks.ts'
import { liveParts, tableWidths } from './inert.ts'
import { report, samples, scheduled } from './samples.ts'

async function rendered(one: Report) {
  const { text, comment, summary, html } = await renderersOf(one)
  return { text: text(one), markdown: comment(one), summary: summary(one), html: html(one) }
}

describe('a drift run', () => {
  it.each(['text', 'markdown', 'summary', 'html'] as const)(
    'says every state, what to do, and what it cost, in %s',
    async (kind) => {
      const text = (await rendered(scheduled))[kind]
      for (const words of [
        'drift',
        'in band',
        'suspect',
        'recovered',
        'new baseline',
        'not measured',
        '2027-01-14',
        '$3.20',
      ])
        expect(text).toContain(words)
      for (const words of [
        'refund-31',
        'gpt-4o-mini',
        'does not hold',
        'output tokens 1.31x',
        'updated',
        'may not write',
      ])
        expect(text.replaceAll('\\', '')).toContain(words)
    },
  )

  it('has the worst set first', async () => {
    const all = await rendered(scheduled)
    const at = (name: string) => all.text.indexOf(name)
    expect(at('support-answers')).toBeLessThan(at('lost'))
    expect(at('lost  ')).toBeLessThan(at('refunds'))
    expect(at('refunds')).toBeLessThan(at('triage  '))
  })

  it('shows no two sides and proposes no gates', async () => {
    const all = await rendered(scheduled)
    for (const text of Object.values(all)) expect(text).not.toMatch(/First run|no base|in pairs/)
    expect(all.text).toContain('frozen baseline ->')
  })

  it('other reports have no such sections', async () => {
    for (const one of Object.values(samples)) expect((await rendered(one)).text).not.toContain('frozen baseline')
  })

  it('drift is no pass, whatever the check', async () => {
    expect((await rendered(scheduled)).text).toMatch(/^⚠/)
    expect((await rendered({ ...scheduled, drift: driftReport([calm()]) })).text).toMatch(/^✓/)
  })

  it('nothing to watch, and a thousand sets, are said within the bounds', async () => {
    expect((await rendered(report({ drift: driftReport([]) }))).text).toContain('$3.20')
    const many = Array.from({ length: 3000 }, (_, i) => driftSet({ evalSet: `set-${i}` }))
    const { markdown, summary } = await rendered(report({ drift: driftReport(many) }))
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(60_000)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(900_000)
  })
})

const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u200B\uFEFF\u2028\u2029]/u

describe('hostile texts', () => {
  it.each(Object.entries(attacks))('%s stay texts', async (_, attack) => {
    const { text, markdown, summary, html } = await rendered(attacked(scheduled, attack))
    for (const one of [markdown, summary]) {
      expect(liveParts(one)).toEqual([])
      for (const widths of tableWidths(one)) expect(new Set(widths).size).toBe(1)
    }
    for (const one of [text, markdown, summary]) {
      expect(unsafe.test(one.replaceAll('\n', ''))).toBe(false)
      expect(one.split('\n').filter((line) => /^\s*::/.test(line) || line.includes('##['))).toEqual([])
    }
    const tags = [...html.matchAll(/<([a-z0-9]+)/g)].map((tag) => tag[1])
    for (const tag of ['img', 'iframe', 'object', 'form', 'link', 'svg']) expect(tags).not.toContain(tag)
    expect(tags.filter((tag) => tag === 'script')).toHaveLength(1)
  })
})
