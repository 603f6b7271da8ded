// Below these a saving is not worth a line: of a month, of a thousand requests, and in any case of the whole.

import type { Lever } from '../../report/report.ts'

const LEAST_MONTH_USD = 1
const LEAST_THOUSAND_USD = 0.001
const LEAST_PERCENT = 1
const PICO = 1e12

type Sized = {
  readonly per: Lever['per']
  /** Lower end of the interval of what is saved. */
  readonly lowPico: number
  readonly percent: number
}

export function isWorthIt({ per, lowPico, percent }: Sized): boolean {
  const least = per === 'month' ? LEAST_MONTH_USD : LEAST_THOUSAND_USD
  return lowPico > 0 && lowPico / PICO >= least && percent >= LEAST_PERCENT
}
