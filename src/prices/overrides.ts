// The `prices:` of parity.yaml as dated prices.

import type { ListPrices, PriceOverride } from '../config/config.ts'
import type { Place } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { divideRounded, parseUsd } from '../money.ts'
import type { DatedPrice } from './dated.ts'
import type { PriceTier, Rates } from './table.ts'

const PICO_PER_USD_PER_MTOK = 1_000_000n
const SECONDS_PER_HOUR = 3600
const THROUGHPUT_SCALE = 1_000_000

/** Overrides by their id (lower case), oldest first. Throws a UserError with every entry that is no price. */
export function overridePrices(overrides: readonly PriceOverride[]): ReadonlyMap<string, readonly DatedPrice[]> {
  const problems: Problem[] = []
  const byId = new Map<string, DatedPrice[]>()
  for (const override of overrides) {
    const read = readOverride(override)
    if ('what' in read) problems.push(read)
    else byId.set(keyOf(override.id), [...(byId.get(keyOf(override.id)) ?? []), read])
  }
  const [first, ...rest] = problems
  if (first) throw new UserError(first, ...rest)
  for (const prices of byId.values()) prices.sort((a, b) => a.fromMs - b.fromMs)
  return byId
}

function keyOf(id: string): string {
  return id.trim().toLowerCase()
}

function readOverride(override: PriceOverride): DatedPrice | Problem {
  const fromMs = override.from === undefined ? Number.NEGATIVE_INFINITY : dayStart(override.from)
  if (fromMs === null) return problem(override, `"from: ${override.from}" is not a day`, 'a date such as 2026-01-31')
  const rates = override.usdPerHour === undefined ? listRates(override, override) : rentedRates(override)
  if ('what' in rates) return rates
  const tiers = tiersOf(override)
  if ('what' in tiers) return tiers
  const reason = override.reason ? ` (${override.reason})` : ''
  return {
    fromMs,
    price: { rates, tiers, multipliers: {} },
    source: `prices: of parity.yaml${reason}`,
    asOf: override.from ?? null,
  }
}

function dayStart(day: string): number | null {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day) ? time : null
}

/** Lowest edge first. A rate that the entry has and a tier has not would be a guess: cached tokens at the full price, say. */
function tiersOf(override: PriceOverride): readonly PriceTier[] | Problem {
  const tiers: PriceTier[] = []
  for (const written of override.tiers ?? []) {
    const { above } = written
    const missing = LIST.find((name) => override[name] !== undefined && written[name] === undefined)
    if (missing !== undefined)
      return problem(
        override,
        `The tier above ${above} of "${override.id}" has no ${snake(missing)}`,
        'what the price has',
      )
    if (override.usdPerHour !== undefined)
      return problem(override, `"${override.id}" is priced by the hour and has tiers`, 'one of both')
    if (tiers.some((tier) => tier.above === above))
      return problem(override, `Two tiers of "${override.id}" begin above ${above}`, 'one for each edge')
    const rates = listRates(override, written)
    if ('what' in rates) return rates
    tiers.push({ above, rates })
  }
  return tiers.sort((a, b) => a.above - b.above)
}

const LIST = [
  'input',
  'output',
  'cachedInput',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'audioOutput',
] as const satisfies readonly (keyof ListPrices)[]

const snake = (name: string) => name.replace(/[A-Z]|\d/g, (found) => `_${found.toLowerCase()}`)

function listRates(override: PriceOverride, list: ListPrices): Rates | Problem {
  const { input, output, cachedInput, cacheWrite5m, cacheWrite1h, audioInput, audioOutput } = list
  if (input === undefined || output === undefined) {
    return problem(
      override,
      `The price of "${override.id}" is not complete`,
      'input and output in USD per million tokens',
    )
  }
  const written = {
    input,
    output,
    cached: cachedInput,
    write5m: cacheWrite5m,
    write1h: cacheWrite1h,
    audioInput,
    audioOutput,
  }
  const rates: { [name: string]: number } = {}
  for (const [name, usdPerMtok] of Object.entries(written)) {
    if (usdPerMtok === undefined) continue
    const rate = picoPerToken(usdPerMtok)
    if (rate === null) return problem(override, `${name}: ${usdPerMtok} is no price`, '0 or more, at most 6 decimals')
    rates[name] = rate
  }
  return { ...rates, input: rates.input ?? 0 }
}

function picoPerToken(usdPerMtok: number): number | null {
  const parsed = parseUsd(usdPerMtok)
  if (parsed.state === 'invalid' || parsed.pico < 0n || parsed.pico % PICO_PER_USD_PER_MTOK !== 0n) return null
  const rate = Number(parsed.pico / PICO_PER_USD_PER_MTOK)
  return Number.isSafeInteger(rate) ? rate : null
}

/** A rented machine: USD per hour over the tokens (read and written alike) that it serves in an hour, to the pico-dollar. */
function rentedRates(override: PriceOverride): Rates | Problem {
  const { usdPerHour = Number.NaN, tokensPerSecond = Number.NaN } = override
  const hour = parseUsd(usdPerHour)
  const served = Math.round(tokensPerSecond * THROUGHPUT_SCALE)
  if (hour.state === 'invalid' || hour.pico < 0n || !(served > 0) || !Number.isSafeInteger(served)) {
    return problem(
      override,
      `The price of "${override.id}" is not complete`,
      'usd_per_hour and tokens_per_second above 0',
    )
  }
  const rate = Number(divideRounded(hour.pico * BigInt(THROUGHPUT_SCALE), BigInt(served) * BigInt(SECONDS_PER_HOUR)))
  return { input: rate, output: rate, write5m: rate, write1h: rate }
}

function problem({ place }: { readonly place: Place }, what: string, expected: string): Problem {
  return { what: `${what}.`, expected, remedy: 'Correct the entry under prices:.', place }
}
