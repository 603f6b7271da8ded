// The committed form of a profile: no log of production need be in the repository. Written by `ci profile`, read wherever an
// export is read; schema/profile.schema.json is its list of keys.

import type { Json, JsonObject } from '../../domain.ts'
import { isObject } from '../../targets/outside.ts'
import { WrongField } from './fields.ts'
import { type Bin, inputQuantiles, type Profile, type Quantiles, type Shares } from './profile.ts'

export const SUMMARY_SCHEMA = 'prompt-parity-profile/1'

export function isSummary(record: JsonObject): boolean {
  return typeof record.schema === 'string' && record.schema.startsWith('prompt-parity-profile/')
}

const COLUMNS = [
  'calls',
  'input',
  'output',
  'cached',
  'written5m',
  'written1h',
  'low',
  'high',
] as const satisfies readonly (keyof Bin)[]

/** As JSON for people to read in a review: a line for each group of calls. */
export function summaryText(profile: Profile): string {
  const { bins, ...head } = summaryOf(profile)
  const lines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`)
  const rows = (bins as readonly Json[]).map((bin) => `    ${JSON.stringify(bin)}`)
  return `{\n${lines.join('\n')}\n  "bins": [\n${rows.join(',\n')}\n  ]\n}\n`
}

function summaryOf(profile: Profile): JsonObject {
  const { span } = profile
  return {
    schema: SUMMARY_SCHEMA,
    source: profile.source,
    ...(span === null ? {} : { from: span.from, to: span.to, days: span.days, busy_days: span.busyDays }),
    calls: profile.calls,
    uncounted_calls: profile.uncounted,
    requests_per_month: profile.requestsPerMonth,
    prompt_cache_hit_ratio: rounded(profile.promptCacheHitRatio),
    response_cache_hit_ratio: rounded(profile.responseCacheHitRatio),
    retry_rate: rounded(profile.retryRate),
    turns: rounded(profile.turns),
    batch_share: rounded(profile.batchShare),
    service_tiers: roundedShares(profile.serviceTiers),
    slices: Object.fromEntries(Object.entries(profile.slices).map(([name, shares]) => [name, roundedShares(shares)])),
    models: roundedShares(profile.models),
    input_tokens: quantilesOf(inputQuantiles(profile.bins)),
    output_tokens: quantilesOf(profile.outputTokens),
    bin_columns: [
      'calls',
      'input_tokens',
      'output_tokens',
      'cached_tokens',
      'cache_write_tokens',
      'cache_write_1h_tokens',
      'least_input_tokens',
      'most_input_tokens',
    ],
    bins: profile.bins.map((bin) => COLUMNS.flatMap((name) => bin[name] ?? [])),
  }
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(8))
}

function roundedShares(shares: Shares): { [name: string]: number } {
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, Number(share.toFixed(8))]))
}

function quantilesOf({ p5, p50, p95, mean }: Quantiles): JsonObject {
  return { p5, p50, p95, mean }
}

/** The profile, or what is wrong with the summary. */
export function readSummary(record: JsonObject): Profile | string {
  try {
    return profileOf(record)
  } catch (error) {
    if (error instanceof WrongField) return error.message
    throw error
  }
}

function profileOf(record: JsonObject): Profile | string {
  if (record.schema !== SUMMARY_SCHEMA)
    return `its schema is ${JSON.stringify(record.schema)}, and ${SUMMARY_SCHEMA} is known`
  const bins = binsOf(record.bins)
  if (typeof bins === 'string') return bins
  const { from, to } = record
  const number = (key: string) => numberOf(key, record[key])
  const outputs = isObject(record.output_tokens) ? record.output_tokens : {}
  const profile: Profile = {
    source: typeof record.source === 'string' ? record.source.slice(0, 60) : 'unknown',
    calls: number('calls') ?? bins.reduce((sum, bin) => sum + bin.calls, 0),
    uncounted: number('uncounted_calls') ?? 0,
    bins,
    outputTokens: {
      p5: numberOf('p5', outputs.p5) ?? 0,
      p50: numberOf('p50', outputs.p50) ?? 0,
      p95: numberOf('p95', outputs.p95) ?? 0,
      mean: numberOf('mean', outputs.mean) ?? 0,
    },
    span: isDay(from) && isDay(to) ? { from, to, days: number('days') ?? 0, busyDays: number('busy_days') ?? 0 } : null,
    requestsPerMonth: number('requests_per_month'),
    promptCacheHitRatio: number('prompt_cache_hit_ratio'),
    responseCacheHitRatio: number('response_cache_hit_ratio') ?? 0,
    retryRate: number('retry_rate'),
    turns: number('turns'),
    batchShare: number('batch_share') ?? 0,
    serviceTiers: sharesOf(record.service_tiers),
    slices: slicesOf(record.slices),
    models: sharesOf(record.models),
  }
  const [ratio] = RATIOS.filter((name) => (profile[name] ?? 0) > 1)
  return ratio === undefined ? profile : `its ${ratio} is ${profile[ratio]}, more than all`
}

const RATIOS = ['promptCacheHitRatio', 'responseCacheHitRatio', 'batchShare'] as const

/** Beyond every traffic. */
const MOST = 1e15

/** Null when it is not given. */
function numberOf(name: string, value: Json | undefined): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && value >= 0 && value <= MOST) return value
  throw new WrongField(
    `its ${name.slice(0, 60)} is ${JSON.stringify(value).slice(0, 40)}, no number between 0 and 10^15`,
  )
}

function isDay(value: Json | undefined): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && Number.isFinite(Date.parse(value))
}

function sharesOf(value: Json | undefined): Shares {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, share]) => {
      const number = numberOf(name, share)
      return number === null || number === 0 ? [] : [[name.slice(0, 200), number] as const]
    }),
  )
}

function slicesOf(value: Json | undefined): Profile['slices'] {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([dimension, shares]) => [dimension, sharesOf(shares)]))
    : {}
}

function binsOf(value: Json | undefined): readonly Bin[] | string {
  if (!Array.isArray(value) || value.length === 0) return 'it has no `bins`'
  if (value.length > 5000) return `it has ${value.length} bins`
  const bins: Bin[] = []
  for (const [index, row] of (value as readonly Json[]).entries()) {
    const counts = Array.isArray(row) ? (row as readonly Json[]) : []
    const [calls, input, output, cached = 0, written5m = 0, written1h = 0, low, high] = counts.map(wholeOf)
    if (calls == null || input == null || output == null || cached === null || written5m === null || written1h === null)
      return `bin ${index + 1} is no list of whole numbers`
    if (calls === 0 || cached + written5m + written1h > input) return `bin ${index + 1} contradicts itself`
    const bounds = boundsOf({ calls, input }, low, high)
    if (bounds === null) return `bin ${index + 1} contradicts itself`
    bins.push({ calls, input, output, cached, written5m, written1h, ...bounds })
  }
  return bins
}

/** Null where the mean call is not between them. */
function boundsOf({ calls, input }: Pick<Bin, 'calls' | 'input'>, low?: number | null, high?: number | null) {
  if (low === undefined && high === undefined) return {}
  if (low == null || high == null || low * calls > input || high * calls < input) return null
  return { low, high }
}

function wholeOf(value: Json): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}
