// Every file of the report directory and the comment, from one redacted report.

import type { Config } from './config/config.ts'
import type { RecordRow } from './domain.ts'
import type { DriftSections } from './report/drift-sections.ts'
import { commentMarker } from './report/escape.ts'
import { renderHtml } from './report/html.ts'
import { renderJson } from './report/json.ts'
import { renderJunit } from './report/junit.ts'
import { renderMarkdown, renderSummary } from './report/markdown.ts'
import type { Redactor } from './report/redact.ts'
import { numbersOnly, redactReport } from './report/redact-report.ts'
import type { Report } from './report/report.ts'

export type Rendered = {
  readonly report: Report
  readonly comment: string
  readonly summary: string
  readonly marker: string
  readonly files: { readonly [name: string]: string }
  /** record.jsonl, line by line. */
  readonly record: Iterable<string>
}

export type RenderInput = {
  readonly report: Report
  readonly redact: Redactor
  readonly outputs: Config['comment']['outputs']
  /** Tells the comments of several configurations in one pull request apart. */
  readonly key: string
  readonly record: Iterable<RecordRow>
  /** Of a scheduled run. */
  readonly drift?: (report: Report) => DriftSections | null
}

export function renderAll(input: RenderInput): Rendered {
  const shown = input.outputs === 'numbers-only' ? numbersOnly(input.report) : input.report
  const report = redactReport(shown, input.redact)
  const marker = commentMarker(input.key)
  const drift = input.drift?.(report) ?? null
  const shownDrift = drift === null ? {} : { drift: drift.markdown }
  const comment = renderMarkdown(report, { marker: input.key, ...shownDrift })
  const summary = renderSummary(report, shownDrift)
  const files = {
    'report.json': renderJson(report),
    'comment.md': comment,
    'summary.md': summary,
    'report.html': renderHtml(report, drift?.html),
    'junit.xml': renderJunit(report),
  }
  return { report, comment, summary, marker, files, record: recordLines(input.record) }
}

function* recordLines(rows: Iterable<RecordRow>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}
