// Which parts of a report are free text (redacted) and which are names that other programs match on (left alone).

import type { DriftReport } from '../drift/report.ts'
import type { Redactor } from './redact.ts'
import type { Report } from './report.ts'

/** Names, hashes, dates and enumerations: redacting them would break matching, and no model writes them. */
const EXACT = new Set([
  'schema',
  'version',
  'node',
  'startedAt',
  'sha',
  'hash',
  'scorerHash',
  'configHash',
  'promptHash',
  'runUrl',
  'priceDate',
  'outcome',
  'rule',
  'level',
  'kind',
  'status',
  'state',
  'trust',
  'mode',
  'compare',
  'provenance',
  'caseId',
  'event',
  'comparison',
  'evalSet',
  'evalSets',
  'name',
  'path',
  'previousPath',
  'promptPath',
  'owner',
  'actor',
  'route',
  'pair',
  'model',
  'judge',
])
/** Keys whose whole subtree is figures or hashes. */
const EXACT_TREES = new Set([
  'promptHash',
  'model',
  'perRequestUsd',
  'perMonthUsd',
  'limitUsd',
  'score',
  'cases',
  'noise',
  'past',
  'calls',
  'usd',
  'parts',
  'tool',
  'plan',
  'sides',
])

/** The report with every free text passed through the redactor. Shape and figures stay as they are. */
export function redactReport(report: Report, redact: Redactor): Report {
  return redactValue(report, redact) as Report
}

export function redactDrift(report: DriftReport, redact: Redactor): DriftReport {
  return redactValue(report, redact) as DriftReport
}

function redactValue(value: unknown, redact: Redactor): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactEntry(key, item, redact)]))
}

function redactEntry(key: string, item: unknown, redact: Redactor): unknown {
  if (EXACT_TREES.has(key)) return item
  if (EXACT.has(key) && isText(item)) return item
  return redactValue(item, redact)
}

/** A string or a list of strings; `evalSets` is names in a change and whole objects in the report. */
function isText(item: unknown): boolean {
  return typeof item === 'string' || (Array.isArray(item) && item.every((part) => typeof part === 'string'))
}

/** `comment.outputs: numbers-only`: no text that a model, a judge or a case wrote is left; ids and figures stay. */
export function numbersOnly(report: Report): Report {
  return {
    ...report,
    ...(report.candidates === undefined ? {} : { candidates: withoutTexts(report.candidates) }),
    evalSets: report.evalSets.map((set) => ({
      ...set,
      prompts: null,
      flips: set.flips.map((flip) => ({
        caseId: flip.caseId,
        kind: flip.kind,
        base: null,
        head: null,
        why: '',
        baseScore: flip.baseScore,
        headScore: flip.headScore,
      })),
      missing: set.missing.map((one) => ({ ...one, why: 'no usable answer' })),
    })),
  }
}

/** The lines around a pin may be those of cases, and what a provider refuses may quote them. */
function withoutTexts(candidates: NonNullable<Report['candidates']>): NonNullable<Report['candidates']> {
  const sets = candidates.sets.map((set) => ({
    ...set,
    rows: set.rows.map((row) => ({ ...row, holding: quiet(row.holding) })),
    pins: set.pins.map((pin) => ({
      ...pin,
      diffs: pin.diffs.map((one) => ({ ...one, diff: changedLines(one.diff) })),
    })),
  }))
  return { ...candidates, sets }
}

type Holding = NonNullable<Report['candidates']>['sets'][number]['rows'][number]['holding']

const quiet = (holding: Holding): Holding =>
  holding.state === 'error' || holding.state === 'not-measured' ? { ...holding, why: 'no usable answer' } : holding

const changedLines = (diff: string) =>
  diff
    .split('\n')
    .filter((line) => !line.startsWith(' '))
    .join('\n')
