import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { renderHtml } from '../../src/report/html.ts'
import { renderJson } from '../../src/report/json.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { renderMarkdown, renderSummary } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { renderText } from '../../src/report/text.ts'
import { samples } from './samples.ts'

const renderings: { readonly [extension: string]: (report: Report) => string } = {
  'comment.golden.md': (report) => renderMarkdown(report, { marker: 'ci.yml:parity.yaml' }),
  'terminal.golden.txt': (report) => renderText(report),
  'junit.golden.xml': renderJunit,
}
// The large renderings in full once; their parts are tested elsewhere.
const once: typeof renderings = {
  'summary.golden.md': (report) => renderSummary(report),
  'report.golden.html': renderHtml,
  'report.golden.json': renderJson,
}

/** UPDATE_GOLDEN=1 rewrites the files; never in CI, where a difference must fail. */
function matchesGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`./golden/${name}`, import.meta.url))
  const update = process.env.UPDATE_GOLDEN === '1'
  if (update && process.env.CI === 'true') throw new Error('UPDATE_GOLDEN is refused in CI')
  if (update) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  expect(existsSync(path), `${name} is missing: run with UPDATE_GOLDEN=1 and read the difference`).toBe(true)
  expect(text).toBe(readFileSync(path, 'utf8'))
}

describe('golden renderings', () => {
  for (const [sample, report] of Object.entries(samples)) {
    for (const [extension, render] of Object.entries(renderings)) {
      test(`${sample}.${extension}`, () => matchesGolden(`${sample}.${extension}`, render(report)))
    }
  }
  for (const [extension, render] of Object.entries(once)) {
    test(`regression.${extension}`, () => {
      const regression = samples.regression
      if (regression === undefined) throw new Error('no sample')
      matchesGolden(`regression.${extension}`, render(regression))
    })
  }
})
