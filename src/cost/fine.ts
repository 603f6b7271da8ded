// Fixed-point money for means: 1 fine unit is 1e-18 pico-dollars, so that shares and divisions round far below a
// pico-dollar and sums do not depend on their order. Rounded to pico-dollars once, at the end.

import { divideRounded, type Pico } from '../money.ts'

export type Fine = bigint

export const FINE_PER_PICO = 10n ** 18n
/** A share in [0, 1] (or a rate above) in parts per billion. */
export type Share = bigint
export const WHOLE: Share = 1_000_000_000n

/** A ratio as parts per billion. Throws for a ratio that is not a finite number of 0 or more: configuration checks it. */
export function shareOf(ratio: number): Share {
  if (!(Number.isFinite(ratio) && ratio >= 0)) throw new Error(`not a ratio: ${ratio}`)
  return BigInt(Math.round(ratio * Number(WHOLE)))
}

export function fineOf(pico: Pico): Fine {
  return pico * FINE_PER_PICO
}

export function picoOf(fine: Fine): Pico {
  return divideRounded(fine, FINE_PER_PICO)
}

export function partOf(fine: Fine, share: Share): Fine {
  return share === WHOLE ? fine : divideRounded(fine * share, WHOLE)
}

export function sumOf(values: readonly Fine[]): Fine {
  return sumBy(values, (value) => value)
}

export function sumBy<T>(items: readonly T[], of: (item: T) => Fine): Fine {
  let sum = 0n
  for (const item of items) sum += of(item)
  return sum
}
