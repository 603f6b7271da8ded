// Buckets of the providers' own exports: OpenAI's organization costs and usage, Anthropic's cost report and usage report.

import { isObject } from '../../config/cases.ts'
import type { Json, JsonObject } from '../../domain.ts'
import { type Pico, parseUsd } from '../../money.ts'
import type { PriceBook } from '../../prices/book.ts'
import type { Slice } from './slices.ts'
import { listPrice, type Tokens } from './tokens.ts'

export type ReadBucket = { readonly slices: readonly Slice[] } | { readonly why: string }
type Span = Pick<Slice, 'fromMs' | 'toMs' | 'line'>
type Read = { readonly slice: Slice } | { readonly why: string }

/** A list of pages of buckets is three deep. */
const MAX_DEPTH = 4

/** A page, or a list of pages or buckets, as the buckets in it; null for what is none of them. */
export function bucketsOf(value: Json, depth = 0): readonly JsonObject[] | null {
  if (depth > MAX_DEPTH) return null
  if (Array.isArray(value)) {
    const inner = value.map((one) => bucketsOf(one, depth + 1))
    return inner.every((one) => one !== null) && inner.length > 0 ? inner.flat() : null
  }
  if (!isObject(value)) return null
  if (Array.isArray(value.results) && (value.start_time !== undefined || value.starting_at !== undefined))
    return [value]
  if (!Array.isArray(value.data)) return null
  return value.data.length === 0 ? [] : bucketsOf(value.data, depth + 1)
}

export function readBucket(bucket: JsonObject, line: number, book: PriceBook): ReadBucket {
  const isOpenAi = bucket.start_time !== undefined
  const fromMs = isOpenAi ? 1000 * number(bucket.start_time) : Date.parse(String(bucket.starting_at))
  const toMs = isOpenAi ? 1000 * number(bucket.end_time) : Date.parse(String(bucket.ending_at))
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(toMs) || toMs <= fromMs)
    return { why: 'the bucket has no beginning and end' }
  const span = { fromMs, toMs, line }
  const results = (bucket.results as readonly Json[]).filter(isObject)
  const slices: Slice[] = []
  for (const result of results) {
    const read = readResult(result, span, { book, isOpenAi })
    if ('why' in read) return read
    slices.push(read.slice)
  }
  // A day without a row is a day that cost nothing.
  return { slices: slices.length > 0 ? slices : [{ ...span, billed: 0n, listed: null, requests: null }] }
}

type Of = { readonly book: PriceBook; readonly isOpenAi: boolean }

function readResult(result: JsonObject, span: Span, { book, isOpenAi }: Of): Read {
  if (result.amount !== undefined) return readAmount(result, span)
  const tokens = isOpenAi ? openAiTokens(result) : anthropicTokens(result)
  if (tokens === null) return { why: 'it has neither an amount nor token counts' }
  const priced = listPrice(tokens, book, span.fromMs)
  const { requests } = tokens
  if ('why' in priced) return { slice: { ...span, billed: null, listed: null, requests, unpriced: priced.why } }
  return { slice: { ...span, billed: null, listed: priced.pico, requests } }
}

function readAmount({ amount, currency }: JsonObject, span: Span): Read {
  const isPlain = !isObject(amount)
  const unit = String((isPlain ? currency : amount.currency) ?? 'usd').toLowerCase()
  if (unit !== 'usd') return { why: `its amounts are in ${unit.slice(0, 10)}, not in USD` }
  const value = isPlain ? amount : amount.value
  const pico = picoOf(value, isPlain)
  return pico === null
    ? { why: 'its amount is no number' }
    : { slice: { ...span, billed: pico, listed: null, requests: null } }
}

/** Anthropic's amounts are decimal strings of cents, OpenAI's numbers of dollars with digits beyond a pico-dollar. */
function picoOf(value: Json | undefined, isCents: boolean): Pico | null {
  const amount = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  if (!Number.isFinite(amount)) return null
  const parsed = parseUsd((isCents ? amount / 100 : amount).toFixed(12))
  return parsed.state === 'ok' ? parsed.pico : null
}

const number = (value: Json | undefined) => (typeof value === 'number' ? value : Number.NaN)
const count = (value: Json | undefined) => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0)
const text = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? value : null)

/** The input has the cached tokens in it. */
function openAiTokens(result: JsonObject): Tokens | null {
  if (result.input_tokens === undefined && result.output_tokens === undefined) return null
  const requests = count(result.num_model_requests)
  return {
    ...{ provider: 'openai', model: text(result.model), batch: result.batch === true, tier: text(result.service_tier) },
    usage: {
      input: count(result.input_tokens),
      output: count(result.output_tokens),
      cachedInput: count(result.input_cached_tokens),
    },
    requests: requests === 0 ? null : requests,
  }
}

/** The parts of the input add up to it. */
function anthropicTokens(result: JsonObject): Tokens | null {
  if (result.uncached_input_tokens === undefined && result.output_tokens === undefined) return null
  const written = isObject(result.cache_creation) ? result.cache_creation : {}
  const cachedInput = count(result.cache_read_input_tokens)
  const cacheWrite5m = count(written.ephemeral_5m_input_tokens)
  const cacheWrite1h = count(written.ephemeral_1h_input_tokens)
  return {
    ...{ provider: 'anthropic', model: text(result.model), batch: false, tier: text(result.service_tier) },
    usage: {
      input: count(result.uncached_input_tokens) + cachedInput + cacheWrite5m + cacheWrite1h,
      output: count(result.output_tokens),
      ...{ cachedInput, cacheWrite5m, cacheWrite1h },
    },
    requests: null,
  }
}
