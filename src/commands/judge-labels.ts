// Human labels as people write them and as report.html downloads them, each with the output that it is about. Pure.

import type { Case, EvalSet, Json, JsonObject } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import type { Report } from '../report/report.ts'
import { gradeOf } from '../scorers/calibration.ts'

/** One output with what a person says about it. `row` is the line as written. */
export type Labelled = {
  readonly kase: Case
  readonly output: string
  readonly human: boolean
  readonly row: JsonObject
}
export type Labels = {
  readonly labelled: readonly Labelled[]
  /** Rows whose output is not known, in words. */
  readonly skipped: readonly string[]
}
export type LabelSources = { readonly report: Report | null; readonly set: EvalSet | null }

const MOST_PROBLEMS = 20
/** Answers that a report carries are cut here. */
const CUT = /…$/

/** Throws a UserError with the line for each row that is no label. */
export function readLabels(text: string, path: string, sources: LabelSources): Labels {
  const problems: Problem[] = []
  const labelled: Labelled[] = []
  const skipped: string[] = []
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((line, at) => {
      if (line.trim() === '' || problems.length >= MOST_PROBLEMS) return
      const row = rowOf(line)
      const human = row === null ? null : gradeOf(row.label)
      if (row === null || human === null) {
        problems.push(problemOf(row, { path, line: at + 1 }))
        return
      }
      if (sources.set !== null && typeof row.evalSet === 'string' && row.evalSet !== sources.set.name) return
      const found = outputOf(row, sources.report)
      if ('why' in found) skipped.push(`line ${at + 1}: ${found.why}`)
      else labelled.push({ row, human, output: found.output, kase: caseOf(row, at + 1, { path, set: sources.set }) })
    })
  const [first, ...rest] = problems
  if (first !== undefined) throw new UserError(first, ...rest)
  return { labelled, skipped }
}

function rowOf(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
  } catch {
    return null
  }
}

function problemOf(row: JsonObject | null, place: { path: string; line: number }): Problem {
  return {
    what:
      row === null
        ? 'The line is no JSON object.'
        : `"label" is ${row.label === undefined ? 'missing' : JSON.stringify(row.label).slice(0, 60)}.`,
    expected: '{"output": "…", "label": "pass" or "fail"}',
    remedy: 'Correct the line.',
    place,
  }
}

type Found = { readonly output: string } | { readonly why: string }

/** The row's own output, else the answer that the report shows for the flip that the label is about. */
function outputOf(row: JsonObject, report: Report | null): Found {
  if (typeof row.output === 'string') return { output: row.output }
  if (typeof row.case !== 'string') return { why: 'it has no output' }
  const set = report?.evalSets.find((one) => one.name === row.evalSet)
  const flip = set?.flips.find((one) => one.caseId === row.case && (row.kind === undefined || one.kind === row.kind))
  if (!flip) return { why: `no report at hand shows the case ${row.case}` }
  const shown = row.side === 'base' ? flip.base : flip.head
  if (shown === null) return { why: `the report does not carry the answer of ${row.case}` }
  return CUT.test(shown) ? { why: `the report carries only a part of the answer of ${row.case}` } : { output: shown }
}

function caseOf(row: JsonObject, line: number, { path, set }: { path: string; set: EvalSet | null }): Case {
  const id = String(row.id ?? row.case ?? `line ${line}`)
  const known = set?.cases.find((one) => one.id === id)
  const vars = isMap(row.vars) ? row.vars : row.input === undefined ? (known?.vars ?? {}) : { input: row.input }
  const expected: Json | undefined = row.expected ?? known?.expected
  return {
    id: `${id} (line ${line})`,
    explicitId: true,
    vars,
    ...(expected === undefined ? {} : { expected }),
    ...(known?.context === undefined ? {} : { context: known.context }),
    tags: [],
    labels: {},
    scorers: [],
    place: { path, line },
    hash: '',
  }
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
