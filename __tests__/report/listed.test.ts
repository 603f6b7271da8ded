import { describe, expect, it } from 'vitest'
import type { FlipKind } from '../../src/domain.ts'
import { renderHtml } from '../../src/report/html.ts'
import { LISTED_CASES, listed, unlistedIn } from '../../src/report/listed.ts'
import { renderMarkdown, renderSummary } from '../../src/report/markdown.ts'
import { samples } from './samples.ts'

const flips = (counts: readonly (readonly [FlipKind, number])[]) =>
  counts.flatMap(([kind, count]) => Array.from({ length: count }, () => kind))
const none = { edited: 0, added: 0, removed: 0, missing: 0 }

describe('what a report lists', () => {
  it('is every case of an ordinary set, and then nothing is said of others', () => {
    const at = { edited: LISTED_CASES, added: LISTED_CASES, removed: LISTED_CASES, missing: LISTED_CASES }
    expect(unlistedIn({ ...at, flips: flips([['broken', LISTED_CASES]]) })).toEqual({})
    expect(listed(Array.from({ length: LISTED_CASES }, (_, i) => i))).toHaveLength(LISTED_CASES)
  })

  it('is the worst flips of a large one; each left out is counted by its kind', () => {
    const all = flips([
      ['broken', LISTED_CASES - 1],
      ['fixed', 3],
      ['flaky', 2],
      ['cleared', 1],
    ])
    const { unlisted } = unlistedIn({ ...none, flips: all, missing: LISTED_CASES + 9 })
    expect(unlisted).toEqual({ ...none, broken: 0, fixed: 2, flaky: 2, cleared: 1, missing: 9 })
    expect(Object.values(unlisted ?? {}).reduce((sum, count) => sum + count, 0) + listed(all).length).toBe(
      all.length + 9,
    )
  })

  it('is said where the cases are shown, with the whole count', () => {
    const report = samples['many-cases']
    if (report === undefined) throw new Error('no sample')
    const html = renderHtml(report)
    expect(html).toContain('Broken cases (5202)')
    expect(html).toContain('5,200 more cases counted and not listed')
    // Of this kind not one is listed.
    expect(html).toContain('Fixed cases (12)')
    expect(html).toContain('7 more cases counted and not listed')
    for (const text of [renderMarkdown(report, { marker: 'm' }), renderSummary(report)]) {
      expect(text).toContain('Broken cases (5202)')
      expect(text).toContain('5,200 more cases counted and not listed')
    }
  })
})
