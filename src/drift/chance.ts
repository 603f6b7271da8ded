// How likely two low runs in a row are when nothing changed, in words that promise no more than the normal tail can hold.

import { normCdf } from '../stats/normal.ts'

/** A run that is less low than this is no evidence by itself. */
const LOW = 2
/** Flake noise is discrete and skewed: beyond this the figure would be an ornament. */
const RAREST = 100_000

/**
 * @param z standard deviations below the baseline of the run and of the confirming run
 * @returns null when they do not speak for themselves: the monitor went by the sum of many small departures
 */
export function chanceWords(z: number | null, confirmedZ: number | null): string | null {
  if (z === null || confirmedZ === null || !(z > LOW) || !(confirmedZ > LOW)) return null
  const times = 1 / (normCdf(-z) * normCdf(-confirmedZ))
  if (!(times < RAREST)) return 'less than once in 100,000'
  const step = 10 ** Math.max(0, Math.floor(Math.log10(times)) - 1)
  return `about once in ${(Math.floor(times / step) * step).toLocaleString('en-US')}`
}
