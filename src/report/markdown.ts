// The pull request's comment and the job summary: one composition, shown at the first level of detail that fits.
// GitHub-flavoured Markdown; everything that is not a literal here goes through escape.ts.

import { commentMarker } from './escape.ts'
import { brokenSection } from './markdown-cases.ts'
import { detailsSection } from './markdown-details.ts'
import {
  alertSection,
  estimateSection,
  firstRunSection,
  footerSection,
  gatesSection,
  leverSection,
  monthlySection,
  planSection,
  slicesSection,
  tableSection,
  verdictSection,
  whySection,
} from './markdown-sections.ts'
import { numbersOnly } from './redact-report.ts'
import type { Report } from './report.ts'

/** How much of each part is shown; texts in graphemes. 0 leaves the part out. */
export type Detail = {
  readonly cases: number
  readonly evidence: number
  readonly findings: number
  readonly slices: number
  readonly routes: number
  /** 1: the largest one, above a floor; more: all of them, with what shows them. */
  readonly levers: number
  readonly detailRows: number
  readonly sentence: number
  readonly cell: number
}

export type MarkdownOptions = {
  /** Key of the hidden marker on the first line, by which the comment is found again; none when left out. */
  readonly marker?: string
  readonly outputs?: 'show' | 'numbers-only'
  /** Section of a drift run, in the place of what compares two sides (`drift-sections.ts`), the longest form first. */
  readonly drift?: readonly string[]
}

/** Below GitHub's 65,536 with room for what the publisher adds. */
export const COMMENT_BYTES = 60_000
/** Below the 1 MiB of a step summary. */
export const SUMMARY_BYTES = 900_000

const FULL: Detail = {
  cases: 10,
  evidence: 600,
  findings: 10,
  slices: 8,
  routes: 6,
  levers: 1,
  detailRows: 50,
  sentence: 600,
  cell: 120,
}
// What goes first is what costs a reader least: details, then long evidence, then slices, then cases. The verdict, the table
// with the failing rows and the footer stay at every level.
const COMMENT_LEVELS: readonly Detail[] = [
  FULL,
  { ...FULL, detailRows: 15 },
  { ...FULL, detailRows: 0 },
  { ...FULL, detailRows: 0, evidence: 250 },
  { ...FULL, detailRows: 0, evidence: 0 },
  { ...FULL, detailRows: 0, evidence: 0, slices: 0, routes: 2, sentence: 300 },
  { cases: 5, evidence: 0, findings: 5, slices: 0, routes: 1, levers: 0, detailRows: 0, sentence: 200, cell: 60 },
  { cases: 0, evidence: 0, findings: 3, slices: 0, routes: 0, levers: 0, detailRows: 0, sentence: 120, cell: 24 },
]
const SUMMARY_LEVELS: readonly Detail[] = [
  { ...FULL, cases: 200, evidence: 4000, findings: 200, slices: 200, routes: 100, levers: 50, detailRows: 2000 },
  { ...FULL, cases: 200, evidence: 1500, findings: 100, slices: 100, routes: 100, levers: 50, detailRows: 1000 },
  { ...FULL, cases: 100, evidence: 600, findings: 50, slices: 50, routes: 50, levers: 20, detailRows: 200 },
  ...COMMENT_LEVELS,
]

/** The comment: at most 60,000 UTF-8 bytes, the marker included. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  return fitted(report, options, { levels: COMMENT_LEVELS, bytes: COMMENT_BYTES })
}

/** The job summary: the same report with everything in it, at most 900,000 UTF-8 bytes. */
export function renderSummary(report: Report, options: Omit<MarkdownOptions, 'marker'> = {}): string {
  return fitted(report, options, { levels: SUMMARY_LEVELS, bytes: SUMMARY_BYTES })
}

type Fit = { readonly levels: readonly Detail[]; readonly bytes: number }

function fitted(report: Report, options: MarkdownOptions, { levels, bytes }: Fit): string {
  const shown = options.outputs === 'numbers-only' ? numbersOnly(report) : report
  const marker = options.marker === undefined ? [] : [commentMarker(options.marker)]
  let text = ''
  for (const [index, detail] of levels.entries()) {
    text = [...marker, ...compose(shown, detail, { level: index, drift: options.drift })].join('\n\n').concat('\n')
    if (Buffer.byteLength(text, 'utf8') <= bytes) return text
  }
  return text
}

type Composition = { readonly level: number; readonly drift: readonly string[] | undefined }

function compose(report: Report, detail: Detail, { level, drift }: Composition): readonly string[] {
  if (drift !== undefined) return composeDrift(report, detail, drift[Math.min(level, drift.length - 1)] ?? '')
  const sections = quiet(report)
    ? [verdictSection(report, detail)]
    : [
        verdictSection(report, detail),
        planSection(report),
        estimateSection(report, detail),
        alertSection(report, detail),
        firstRunSection(report, detail),
        tableSection(report, detail),
        whySection(report, detail),
        gatesSection(report, detail),
        brokenSection(report, detail),
        slicesSection(report, detail),
        monthlySection(report, detail),
        leverSection(report, detail),
        detailsSection(report, detail),
        footerSection(report, level > 0),
      ]
  return sections.filter((section) => section !== '')
}

function composeDrift(report: Report, detail: Detail, drift: string): readonly string[] {
  const sections = [
    verdictSection(report, detail),
    alertSection(report, detail),
    drift,
    detailsSection(report, detail),
    footerSection(report, false),
  ]
  return sections.filter((section) => section !== '')
}

/** Nothing affected and nothing to say: one line. */
function quiet(report: Report): boolean {
  return report.verdict.outcome === 'nothing-affected' && report.verdict.findings.every(({ level }) => level === 'note')
}
