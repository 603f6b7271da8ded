// Every file of the report directory and the comment, from one redacted report.

import type { Config } from './config/config.ts'
import type { RecordRow } from './domain.ts'
import { commentMarker } from './report/escape.ts'
import { renderHtml } from './report/html.ts'
import { renderJson } from './report/json.ts'
import { renderJunit } from './report/junit.ts'
import { renderMarkdown, renderSummary } from './report/markdown.ts'
import type { Redactor } from './report/redact.ts'
import { numbersOnly, redactReport } from './report/redact-report.ts'
import type { Report } from './report/report.ts'
import { renderText, type TextOptions } from './report/text.ts'

/** What a kind of report looks like where people read it. */
export type Renderers = {
  text(report: Report, options?: TextOptions): string
  comment(report: Report, marker?: string): string
  summary(report: Report): string
  html(report: Report): string
}

const OF_A_RUN: Renderers = {
  text: renderText,
  comment: (report, marker) => renderMarkdown(report, marker === undefined ? {} : { marker }),
  summary: renderSummary,
  html: renderHtml,
}

/** What most reports are not is loaded with them. */
export async function renderersOf({ candidates, drift }: Report): Promise<Renderers> {
  if (drift !== undefined) return (await import('./report/drift-sections.ts')).driftRenderers(drift)
  if (candidates === undefined) return OF_A_RUN
  return (await import('./report/candidates/renderers.ts')).candidatesRenderers(candidates)
}

export type Rendered = {
  readonly report: Report
  text(options?: TextOptions): string
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
}

export async function renderAll(input: RenderInput): Promise<Rendered> {
  const shown = input.outputs === 'numbers-only' ? numbersOnly(input.report) : input.report
  const report = redactReport(shown, input.redact)
  const marker = commentMarker(input.key)
  const renderers = await renderersOf(report)
  const comment = renderers.comment(report, input.key)
  const summary = renderers.summary(report)
  const files = {
    'report.json': renderJson(report),
    'comment.md': comment,
    'summary.md': summary,
    'report.html': renderers.html(report),
    'junit.xml': renderJunit(report),
  }
  const text = (options?: TextOptions) => renderers.text(report, options)
  return { report, text, comment, summary, marker, files, record: recordLines(input.record) }
}

function* recordLines(rows: Iterable<RecordRow>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}
