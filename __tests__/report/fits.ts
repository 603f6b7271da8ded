import { expect } from 'vitest'
import { COMMENT_BYTES, renderMarkdown } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { infect } from './attacks.ts'
import { liveParts } from './inert.ts'
import { samples } from './samples.ts'

/** A comment in whose texts stands a megabyte of the same each. */
export function expectFits(unit: string): void {
  const long = unit.repeat(Math.ceil(1_000_000 / unit.length))
  for (const sample of ['regression', 'many-sets']) {
    const report = samples[sample]
    if (report === undefined) throw new Error('no sample')
    const text = renderMarkdown(infect(report, long) as Report, { marker: 'key' })
    expect(Buffer.byteLength(text, 'utf8')).toBeLessThanOrEqual(COMMENT_BYTES)
    expect(text).toContain('### ✗ Fail')
    expect(text).toContain('**✗ fail**')
    expect(text).toContain('Reproduce:')
    expect(liveParts(text)).toEqual([])
  }
}
