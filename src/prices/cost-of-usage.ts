// What one call costs: token counts times rates, in integers. Formula: every token is billed at exactly one rate;
// a long request pays the tier's rates for all of its tokens; the factor of the batch or service tier comes last.

import { cutText } from '../cut-text.ts'
import type { Usage } from '../domain.ts'
import { divideRounded, type Pico } from '../money.ts'
import { given } from '../targets/outside.ts'
import type { Multiplier, Price, Rates } from './table.ts'

export type CallOptions = {
  readonly batch?: boolean
  /** As providers spell it; absent, `default`, `standard` and `auto` are the list price. */
  readonly tier?: string
  /** Input of one request, which chooses the rates, where the usage is that of several. */
  readonly size?: number
}

/** `usage`: the counts contradict themselves. `price`: the price does not cover this call. Neither is ever 0. */
export type CallCost =
  | { readonly state: 'costed'; readonly pico: Pico }
  | { readonly state: 'error'; readonly cause: 'usage'; readonly why: string }
  /** `key`: the name that the missing price has under `prices:`; without it nothing can be written there. */
  | { readonly state: 'error'; readonly cause: 'price'; readonly why: string; readonly key?: string }

const STANDARD = new Set(['', 'default', 'standard', 'standard_only', 'auto', 'on_demand', 'on-demand'])

/** Cost of one call in pico-dollars; a half pico-dollar after a factor is rounded away from zero. */
export function costOfUsage(price: Price, usage: Usage, options: CallOptions = {}): CallCost {
  const factor = factorOf(price, options)
  if (typeof factor === 'string') return { state: 'error', cause: 'price', why: factor }
  const cost = costAtRates(ratesFor(price, options.size ?? usage.input), usage, price)
  if (cost.state === 'error' || !factor) return cost
  return { state: 'costed', pico: divideRounded(cost.pico * BigInt(factor.num), BigInt(factor.den)) }
}

/** Whether what a request asks for, or an answer says, is the list price. */
export const isListTier = (tier: string): boolean => STANDARD.has(tier.trim().toLowerCase())

/** The factor of a call, null for the list price, or in words why there is none. */
function factorOf(price: Price, { batch, tier = '' }: CallOptions): Multiplier | null | string {
  const name = tier.trim().toLowerCase()
  if (batch || name === 'batch') return price.multipliers.batch ?? 'no batch price is known for this model'
  if (isListTier(name)) return null
  if (name === 'flex') return price.multipliers.flex ?? 'no flex price is known for this model'
  // It may be a provider's word, of any length.
  return `no price is known for the service tier ${JSON.stringify(cutText(tier, 40))}`
}

/** The rates that a request of `input` total tokens pays for all of its tokens. */
export function ratesFor(price: Price, input: number): Rates {
  return price.tiers.findLast((tier) => input > tier.above)?.rates ?? price.rates
}

type Terms = Pick<Price, 'billsWrites'>

/** Cost at given rates, whatever the size of the request. */
export function costAtRates(rates: Rates, usage: Usage, terms: Terms = {}): CallCost {
  const wrong = usageProblem(usage)
  if (wrong) return { state: 'error', cause: 'usage', why: wrong }
  if (isText(usage) && rates.output !== undefined)
    return {
      state: 'costed',
      pico: BigInt(usage.input) * BigInt(rates.input) + BigInt(usage.output) * BigInt(rates.output),
    }
  let pico = 0n
  for (const { tokens, rate, name } of billed(rates, usage, terms)) {
    if (tokens === 0) continue
    if (rate === undefined) return withoutRate(name)
    pico += BigInt(tokens) * BigInt(rate)
  }
  return { state: 'costed', pico }
}

/** Most calls are text that no cache served: what they cost depends on their input and output alone. */
export function isText(usage: Usage): boolean {
  const isCached = usage.cachedInput || usage.cacheWrite5m || usage.cacheWrite1h || usage.audioCached
  return !isCached && !usage.audioInput && !usage.audioOutput && !usage.imageOutput
}

function withoutRate(name: string): CallCost {
  return {
    state: 'error',
    cause: 'price',
    why: `no price is known for ${name} tokens`,
    ...given({ key: KEYS.get(name) }),
  }
}

type Line = { readonly name: string; readonly tokens: number; readonly rate: number | undefined }

/** What has to be written under `prices:` where a line has no rate. */
const KEYS = new Map([
  ['5-minute cache write', 'cache_write_5m'],
  ['1-hour cache write', 'cache_write_1h'],
  ['audio input', 'audio_input'],
  ['cached audio', 'audio_input'],
  ['output', 'output'],
  ['audio output', 'audio_output'],
])

/**
 * Splits the counts so that each token is on one line. Providers that bill no cache (reads or 5-minute writes) charge
 * the input rate. Audio that was cached, as counted or because the parts exceed the total, pays the cached audio rate.
 * Images sent are billed as the text around them; images made have a rate of their own, which no table of ours has.
 */
function billed(rates: Rates, usage: Usage, terms: Terms): readonly Line[] {
  const cached = usage.cachedInput ?? 0
  const writes = (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)
  const audio = usage.audioInput ?? 0
  const cachedAudio = usage.audioCached ?? Math.max(0, cached + writes + audio - usage.input)
  const audioOutput = usage.audioOutput ?? 0
  const imageOutput = usage.imageOutput ?? 0
  return [
    { name: 'input', tokens: usage.input - cached - writes - audio + cachedAudio, rate: rates.input },
    { name: 'cached input', tokens: Math.max(0, cached - cachedAudio), rate: rates.cached ?? rates.input },
    { name: '5-minute cache write', tokens: usage.cacheWrite5m ?? 0, rate: rates.write5m ?? freeWrites(rates, terms) },
    { name: '1-hour cache write', tokens: usage.cacheWrite1h ?? 0, rate: rates.write1h ?? freeWrites(rates, terms) },
    { name: 'audio input', tokens: audio - Math.min(cachedAudio, cached), rate: rates.audioInput },
    { name: 'cached audio', tokens: Math.min(cachedAudio, cached), rate: rates.audioCached ?? rates.audioInput },
    { name: 'output', tokens: usage.output - audioOutput - imageOutput, rate: rates.output },
    { name: 'audio output', tokens: audioOutput, rate: rates.audioOutput },
    { name: 'image output', tokens: imageOutput, rate: undefined },
  ]
}

/** A provider that charges for short writes charges more for long ones: without a figure that is unknown. */
function freeWrites({ input, write5m }: Rates, { billsWrites }: Terms): number | undefined {
  return write5m === undefined && !billsWrites ? input : undefined
}

/** What a call's usage counts, all of it in tokens. */
export const TOKEN_COUNTS = [
  'input',
  'output',
  'cachedInput',
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
  'audioInput',
  'audioCached',
  'audioOutput',
  'imageInput',
  'imageOutput',
] as const satisfies readonly (keyof Usage)[]

/** Why counts cannot be true, or null. `reasoning` and audio are parts, not extras. */
export function usageProblem(usage: Usage): string | null {
  // By index: asked several times for every call, where an iterator costs more than the check.
  for (let i = 0; i < TOKEN_COUNTS.length; i++) {
    const name = TOKEN_COUNTS[i] ?? 'input'
    const tokens = usage[name]
    if (tokens !== undefined && !(Number.isSafeInteger(tokens) && tokens >= 0)) return `${name} tokens: ${tokens}`
  }
  const cached = (usage.cachedInput ?? 0) + (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)
  if (cached > usage.input) return `${cached} cached input tokens of ${usage.input} in all`
  if ((usage.audioInput ?? 0) > usage.input) return `${usage.audioInput} audio input tokens of ${usage.input} in all`
  if ((usage.imageInput ?? 0) > usage.input) return `${usage.imageInput} image input tokens of ${usage.input} in all`
  const audioCached = usage.audioCached ?? 0
  if (audioCached > Math.min(usage.audioInput ?? 0, usage.cachedInput ?? 0))
    return `${audioCached} cached audio tokens, more than audio or cached ones`
  const parts = Math.max(usage.reasoning ?? 0, (usage.audioOutput ?? 0) + (usage.imageOutput ?? 0))
  return parts > usage.output ? `${parts} reasoning, audio or image tokens in an output of ${usage.output}` : null
}
