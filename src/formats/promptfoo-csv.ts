// promptfoo's columns in a CSV: `__expected...`, `__description`, `__metadata:x` and so on; everything else is a variable.

import type { Draft } from '../config/cases.ts'
import type { ScorerNames } from '../config/scorer-names.ts'
import { readScorer } from '../config/scorers.ts'
import type { Json, Place, ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'

type Row = { readonly [column: string]: string }

/** One row as a test. Unlike promptfoo, cost and latency without a threshold are problems, not 0.75 (formats.md 2.1). */
export function readPromptfooRow(
  row: Row,
  place: Place,
  known: ScorerNames,
): { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const scorers = Object.entries(row).flatMap(([column, cell]): ScorerSpec[] => {
    if (!/^__expected\d*$/.test(column) || cell.trim() === '') return []
    const outcome = readScorer(assertionOf(cell, known, configThreshold(row, column), row.__metric), place, known)
    if (!outcome.ok) problems.push(outcome.problem)
    return outcome.ok ? [outcome.spec] : []
  })
  const metadata = Object.entries(row).flatMap(([column, cell]): [string, Json][] => {
    if (!column.startsWith('__metadata:') || cell === '') return []
    const key = column.slice('__metadata:'.length)
    return key.endsWith('[]') ? [[key.slice(0, -2), commaList(cell)]] : [[key, cell]]
  })
  const threshold = Number(row.__threshold || Number.NaN)
  const draft: Draft = {
    vars: Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith('__'))),
    tags: [],
    fields: { metadata: Object.fromEntries(metadata) },
    scorers,
    ...(Number.isNaN(threshold) ? {} : { threshold }),
    place,
  }
  return { drafts: [draft], problems }
}

function configThreshold(row: Row, column: string): number | undefined {
  const cell =
    row[`__config:${column}:threshold`] ?? (column === '__expected' ? row['__config:__expected1:threshold'] : undefined)
  return cell === undefined || cell === '' || Number.isNaN(Number(cell)) ? undefined : Number(cell)
}

function commaList(cell: string): string[] {
  return cell.split(/(?<!\\),/).map((item) => item.trim().replaceAll('\\,', ','))
}

const PREFIXES: { readonly [prefix: string]: string } = {
  'javascript:': 'javascript',
  'fn:': 'javascript',
  'eval:': 'javascript',
  'python:': 'python',
  'grade:': 'llm-rubric',
  'llm-rubric:': 'llm-rubric',
}
const LISTS = new Set(['contains-all', 'contains-any', 'icontains-all', 'icontains-any'])

/** `[not-]type[(threshold)][:value]`, a prefix of PREFIXES, or text that the answer has to equal. */
function assertionOf(cell: string, known: ScorerNames, threshold?: number, metric?: string): Json {
  const settings = { ...(threshold === undefined ? {} : { threshold }), ...(metric ? { metric } : {}) }
  const text = cell.trim()
  const prefix = Object.keys(PREFIXES).find((start) => text.startsWith(start))
  if (prefix) return { type: PREFIXES[prefix] ?? '', value: text.slice(prefix.length).trim(), ...settings }
  if (/^file:\/\/.*\.(js|mjs|cjs|ts|py)(:\w+)?$/.test(text)) {
    return { type: text.includes('.py') ? 'python' : 'javascript', value: text, ...settings }
  }
  const match = /^((?:not-)?[a-z][a-z0-9-]*)(?:\(([\d.]+)\))?(?::([\s\S]*))?$/.exec(text)
  const [, type = '', inParentheses, value] = match ?? []
  const bare = type.replace(/^not-/, '')
  const isType =
    known.names.includes(bare) || Object.hasOwn(known.aliases, bare) || Object.hasOwn(known.notRunnable, bare)
  if (!match || !isType) return { type: 'equals', value: cell, ...settings }
  const limit = threshold ?? (inParentheses === undefined ? defaultThreshold(bare) : Number(inParentheses))
  return {
    ...settings,
    type,
    ...(value === undefined ? {} : { value: LISTS.has(bare) ? commaList(value) : value.trim() }),
    ...(limit === undefined ? {} : { threshold: limit }),
  }
}

// promptfoo gives every CSV assertion 0.75 (similar 0.8); only graded types read it.
function defaultThreshold(type: string): number | undefined {
  if (type === 'similar') return 0.8
  return /^(rouge-n|bleu|llm-rubric|factuality|answer-relevance|context-)/.test(type) ? 0.75 : undefined
}
