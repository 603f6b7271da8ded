// Is a value from the branch a record? Anyone with write access may have put anything there. Members that are not known here
// are left alone: a later release of the same schema may have added them.

import { isObject } from '../config/cases.ts'
import { LEVELS } from './levels.ts'
import type { HistoryRecord } from './records.ts'

/** Null when it fits; else what was expected, with where. */
type Check = (value: unknown) => string | null

const expected = (what: string, fits: (value: unknown) => boolean): Check => {
  return (value) => (fits(value) ? null : `: ${what} expected`)
}
const text = expected('a text', (value) => typeof value === 'string')
const number = expected('a number', (value) => Number.isFinite(value))
const between = (low: number, high: number) =>
  expected(
    `a number from ${low} to ${high}`,
    (value) => Number.isFinite(value) && Number(value) >= low && Number(value) <= high,
  )
const count = expected('a count', (value) => Number.isSafeInteger(value) && Number(value) >= 0)
const match = (what: string, pattern: RegExp) =>
  expected(what, (value) => typeof value === 'string' && pattern.test(value))
const usd = match('an amount in USD', /^-?\d{1,15}(\.\d{1,12})?$/)
const oneOf = (...words: readonly string[]) => expected(words.join(' or '), (value) => words.includes(String(value)))
const time = expected('a time in UTC', isTime)

function isTime(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
}

const nullable =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value)

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value)

const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return ': a list expected'
    for (let at = 0; at < value.length; at++) {
      const problem = check(value[at])
      if (problem !== null) return `[${at}]${problem}`
    }
    return null
  }

const object =
  (members: { readonly [name: string]: Check }): Check =>
  (value) => {
    if (!isObject(value)) return ': an object expected'
    for (const [name, check] of Object.entries(members)) {
      const problem = check(Object.hasOwn(value, name) ? value[name] : undefined)
      if (problem !== null) return `.${name}${problem}`
    }
    return null
  }

const figures = object({
  n: count,
  missing: count,
  score: nullable(between(0, 100)),
  inputTokens: nullable(number),
  outputTokens: nullable(number),
  latencyMs: nullable(number),
  refusals: nullable(number),
  costUsd: nullable(usd),
  answered: listOf(text),
  fingerprints: listOf(text),
  tiers: listOf(text),
})

/** Beyond what a set of a million cases can depart: the sums of the monitor would never come back from it. */
const departure = between(-1e7, 1e7)

const monitor = object({
  baseline: text,
  z: departure,
  cusum: departure,
  confirmedZ: optional(departure),
  state: oneOf('in-band', 'suspect', 'drift'),
})

const issue = nullable(count)
const common = { id: match('an id', /^[\x21-\x7e]{1,200}$/), at: time, config: optional(text) }

const KINDS: { readonly [kind in HistoryRecord['kind']]: Check } = {
  key: object({
    ...common,
    ...{ evalSet: text, key: text, compare: oneOf('pass', 'score') },
    cases: listOf(text),
    measure: optional(text),
  }),
  baseline: object({
    ...common,
    ...{ evalSet: text, key: text, model: nullable(text), commit: text, runs: count, figures },
    cases: listOf(
      object({
        ...{ level: nullable(number), logOutput: nullable(number), logLatency: nullable(number) },
        logCost: optional(nullable(number)),
      }),
    ),
    sd: optional(nullable(number)),
    squares: optional(number),
    canaries: optional(object({ outputs: listOf(text), matches: count, of: count })),
  }),
  run: object({
    ...common,
    ...{ role: oneOf('pinned', 'live', 'fallback', 'merge'), evalSet: text, key: text, model: nullable(text) },
    ...{ commit: text, prompt: nullable(text), figures },
    levels: optional(match('levels of cases', LEVELS)),
    monitor: optional(monitor),
    pr: optional(issue),
    runUrl: optional(nullable(text)),
    jobUsd: optional(nullable(usd)),
  }),
  accept: object({ ...common, evalSets: listOf(text), reason: text, actor: nullable(text) }),
  incident: object({
    ...common,
    ...{ state: oneOf('claimed', 'opened', 'closed'), incident: text, issue, evalSets: listOf(text) },
    ...{ worst: optional(nullable(number)), ended: optional(listOf(text)) },
  }),
  forecast: object({
    ...common,
    ...{ route: text, commit: text, pr: issue, requestsPerMonth: nullable(number), assumption: text },
    perMonthUsd: object({
      ...{ base: nullable(usd), head: usd, delta: nullable(usd), low: nullable(usd), high: nullable(usd) },
    }),
  }),
  calibration: object({
    ...common,
    ...{ route: text, commit: text, from: time, to: time, billedUsd: usd, modelledUsd: usd, factor: number },
  }),
}

export type Judged =
  | { readonly state: 'record'; readonly record: HistoryRecord }
  /** A later release wrote it. */
  | { readonly state: 'newer' }
  | { readonly state: 'foreign'; readonly why: string }

export const RECORD_VERSION = 1

export function judgeRecord(value: unknown): Judged {
  if (!isObject(value)) return { state: 'foreign', why: 'no object' }
  if (typeof value.v !== 'number') return { state: 'foreign', why: 'no version `v`' }
  if (value.v > RECORD_VERSION) return { state: 'newer' }
  if (value.v !== RECORD_VERSION) return { state: 'foreign', why: 'a version `v` that never was' }
  const kind = typeof value.kind === 'string' && Object.hasOwn(KINDS, value.kind) ? value.kind : null
  if (kind === null) return { state: 'foreign', why: 'no `kind` of record that is known' }
  const problem = KINDS[kind as HistoryRecord['kind']](value)
  return problem === null
    ? { state: 'record', record: value as unknown as HistoryRecord }
    : { state: 'foreign', why: problem.replace(/^\./, '') }
}
