// Money: one type for the whole program. Inside, integer pico-dollars (1 USD = 1e12 p$); outside, a decimal string.
// A price of x USD per million tokens is x * 1e6 p$ per token, an integer for every price in the table.

/** An amount in pico-dollars. Never a float: a sum of many requests stays exact. */
export type Pico = bigint

export const PICO_PER_USD = 1_000_000_000_000n
const DECIMALS = 12
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

export type ParsedUsd =
  | { readonly state: 'ok'; readonly pico: Pico }
  | { readonly state: 'invalid'; readonly why: string }

/**
 * USD as written by a person (`9000`, `"0.01"`, `1e-7`) to pico-dollars, exactly. A number is read through its shortest
 * decimal form, so 0.1 is a tenth. Invalid: not a finite decimal, or finer than one pico-dollar.
 */
export function parseUsd(value: string | number): ParsedUsd {
  const text = String(value).trim()
  const found = DECIMAL.exec(text)
  const digits = found ? `${found[2] ?? ''}${found[3] ?? ''}` : ''
  if (!found || digits === '') return { state: 'invalid', why: `${JSON.stringify(value)} is not an amount in USD` }
  const shift = DECIMALS - (found[3] ?? '').length + Number(found[4] ?? 0)
  const scaled = shiftDecimal(BigInt(digits), shift)
  if (scaled === null) return { state: 'invalid', why: `${text} USD is finer than one pico-dollar (1e-12 USD)` }
  return { state: 'ok', pico: found[1] === '-' ? -scaled : scaled }
}

function shiftDecimal(digits: bigint, places: number): bigint | null {
  if (places >= 0) return digits * 10n ** BigInt(places)
  const divisor = 10n ** BigInt(-places)
  return digits % divisor === 0n ? digits / divisor : null
}

/** Exact decimal string of USD without trailing zeros: `6500000000n` is `"0.0065"`. For report.json. */
export function formatUsd(pico: Pico): string {
  const size = absolute(pico)
  const fraction = (size % PICO_PER_USD).toString().padStart(DECIMALS, '0').replace(/0+$/, '')
  const text = `${size / PICO_PER_USD}${fraction === '' ? '' : `.${fraction}`}`
  return pico < 0n ? `-${text}` : text
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** Integer division rounded to the nearest, halves away from zero. `divisor` > 0. */
export function divideRounded(value: bigint, divisor: bigint): bigint {
  const rounded = (absolute(value) * 2n + divisor) / (divisor * 2n)
  return value < 0n ? -rounded : rounded
}
