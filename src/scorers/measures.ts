// Scorers of what a call used: latency, cost, tokens, words, and why the model stopped.

import type { Json, ScorerSpec } from '../domain.ts'
import { binary, isJsonObject, missing, type Scorer, scalarText } from './scorer.ts'

/** `threshold`, or the value where the short form `latency: 4000` is written; null without either. */
function limitOf(spec: ScorerSpec, value: Json | undefined): number | null {
  if (spec.threshold !== undefined) return spec.threshold
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function checkLimit(spec: ScorerSpec): string | null {
  if (spec.threshold === undefined && typeof spec.value === 'string' && spec.value.includes('{{')) return null
  return limitOf(spec, spec.value) === null ? 'it needs a threshold' : null
}

/** Milliseconds of the successful attempt; a stored answer has none, and of others only the most that it can be is known. */
export const latency: Scorer = {
  value: 'templated',
  check: checkLimit,
  score: ({ spec, value, answer }) => {
    const limit = limitOf(spec, value)
    if (limit === null) return missing('there is no limit for this case')
    if (answer.latencyMs !== null)
      return binary(answer.latencyMs <= limit, `${Math.round(answer.latencyMs)} ms, limit ${limit} ms`)
    if (answer.latencyAtMostMs === undefined) return missing('a stored answer has no latency')
    const most = `at most ${Math.round(answer.latencyAtMostMs)} ms, limit ${limit} ms`
    return answer.latencyAtMostMs <= limit ? binary(true, most) : missing(`${most}: ${WITH_MORE}`)
  },
}

const WITH_MORE = 'the start of the process, or our wait before the end of its input, is part of that'

const PICO_PER_USD = 1e12

/** US dollars of the call. */
export const cost: Scorer = {
  value: 'templated',
  check: checkLimit,
  score: ({ spec, value, costPico }) => {
    const limit = limitOf(spec, value)
    if (costPico === null) return missing('the price of this call is not known')
    if (limit === null) return missing('there is no limit for this case')
    const usd = Number(costPico) / PICO_PER_USD
    return binary(Number(costPico) <= Math.round(limit * PICO_PER_USD), `${usd} USD, limit ${limit} USD`)
  },
}

type Bounds = { readonly max_input?: number; readonly max_output?: number; readonly max_total?: number }

function tokenBounds(value: Json | undefined): Bounds | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number') return Number.isFinite(number) ? { max_output: number } : null
  if (!isJsonObject(value) || Object.keys(value).length === 0) return null
  const known = ['max_input', 'max_output', 'max_total']
  const valid = Object.entries(value).every(([key, limit]) => known.includes(key) && typeof limit === 'number')
  return valid ? (value as Bounds) : null
}

export const tokens: Scorer = {
  value: 'templated',
  check: (spec) =>
    tokenBounds(spec.value) ? null : 'its value must be a number or {max_input, max_output, max_total}',
  score: ({ value, answer }) => {
    const bounds = tokenBounds(value)
    if (!answer.usage) return missing('the provider gave no token counts')
    if (!bounds) return missing('there is no limit for this case')
    const { input, output } = answer.usage
    const measured = [
      ['input', input, bounds.max_input],
      ['output', output, bounds.max_output],
      ['total', input + output, bounds.max_total],
    ] as const
    const shown = measured.filter(([, , limit]) => limit !== undefined)
    const pass = shown.every(([, count, limit]) => count <= (limit ?? 0))
    return binary(pass, shown.map(([name, count, limit]) => `${count} ${name} tokens, limit ${limit}`).join('; '))
  },
}

type WordBounds = { readonly min: number; readonly max: number }

function wordBounds(value: Json | undefined): WordBounds | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number') return Number.isFinite(number) ? { min: number, max: number } : null
  if (!isJsonObject(value)) return null
  const { min = 0, max = Number.POSITIVE_INFINITY, ...unknown } = value
  if (Object.keys(unknown).length > 0 || Object.keys(value).length === 0) return null
  return typeof min === 'number' && typeof max === 'number' && min <= max ? { min, max } : null
}

/** Words are what white space separates: exactly a number of them, or between `min` and `max`. */
export const wordCount: Scorer = {
  value: 'templated',
  check: (spec) => {
    if (typeof spec.value === 'string' && spec.value.includes('{{')) return null
    return wordBounds(spec.value) ? null : 'its value must be a number or {min, max}'
  },
  score: ({ value, answer }) => {
    const bounds = wordBounds(value)
    if (!bounds) return missing('there is no number of words for this case')
    const words = answer.text.match(/\S+/g)?.length ?? 0
    const wanted = bounds.min === bounds.max ? `${bounds.min}` : `${bounds.min} to ${bounds.max}`
    return binary(words >= bounds.min && words <= bounds.max, `${words} words, wanted ${wanted}`)
  },
}

/** What providers call the reasons that we name in one way. */
const FINISHES = ['stop', 'length', 'tool_calls', 'content_filter', 'refusal', 'other'] as const
const FINISH_REASONS: { readonly [written: string]: string } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  safety: 'content_filter',
}

export const finishReason: Scorer = {
  value: 'templated',
  check: ({ value }) => {
    const written = (scalarText(value) ?? '').trim().toLowerCase()
    const known = [...FINISHES, ...Object.keys(FINISH_REASONS)]
    return /\{[{%]/.test(written) || known.includes(written) ? null : `its value must be one of ${FINISHES.join(', ')}`
  },
  score: ({ value, answer }) => {
    if (answer.finishReason === undefined) return missing('the provider gave no finish reason')
    const written = (scalarText(value) ?? '').trim().toLowerCase()
    const wanted = Object.hasOwn(FINISH_REASONS, written) ? FINISH_REASONS[written] : written
    return binary(answer.finishReason === wanted, `finished with ${answer.finishReason}, wanted ${wanted}`)
  },
}
