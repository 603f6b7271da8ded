// Exact within-case permutation test that the head is worse. No random numbers: the same data give the same p.

/** Integer scores of one case on both sides, the same number of runs each. */
export type Stratum = { readonly base: readonly number[]; readonly head: readonly number[] }

export type Tail = {
  /** P(T < observed) + P(T = observed) / 2. */
  readonly midP: number
  /** P(T <= observed). */
  readonly exact: number
}

/** P(T = start + i) at index i. */
type Distribution = { readonly start: number; readonly chance: Float64Array }

// Ends of the distribution below this are cut. All cuts together stay far below 1e-20, no level is near that, and it
// keeps the window at some twenty standard deviations (and free of denormal numbers) whatever the number of cases.
const NEGLIGIBLE = 1e-30

/**
 * For each case its r base and r head scores are pooled; with no change every choice of r of the 2r as "head" is
 * equally likely. T is the sum over cases of the chosen scores; a small p says that the head is worse. The mid-p of an
 * unchanged set is .5. With r = 1 and pass/fail scores this is McNemar's mid-p; r may differ between cases.
 */
export function permWorse(strata: Iterable<Stratum>): Tail {
  let distribution: Distribution = { start: 0, chance: Float64Array.of(1) }
  let observed = 0
  for (const stratum of strata) {
    const lowest = Math.min(...stratum.base, ...stratum.head)
    const span = Math.max(...stratum.base, ...stratum.head) - lowest
    if (!(span > 0)) continue
    for (const score of stratum.head) observed += score - lowest
    distribution = convolve(distribution, chosenSums(stratum, lowest, span))
  }
  return tail(distribution, observed)
}

/** Chances of the sums of the chosen half, each score less `lowest`: ways[k][s] counted one run at a time. */
function chosenSums(stratum: Stratum, lowest: number, span: number): Float64Array {
  const runs = stratum.head.length
  const width = runs * span + 1
  const ways = new Float64Array((runs + 1) * width)
  ways[0] = 1
  for (const score of [...stratum.base, ...stratum.head]) {
    const step = score - lowest
    for (let chosen = runs; chosen >= 1; chosen -= 1) {
      for (let sum = width - 1; sum >= step; sum -= 1) {
        const at = chosen * width + sum
        ways[at] = (ways[at] ?? 0) + (ways[at - width - step] ?? 0)
      }
    }
  }
  const chosen = ways.subarray(runs * width)
  const total = chosen.reduce((sum, count) => sum + count, 0)
  return chosen.map((count) => count / total)
}

function convolve(left: Distribution, kernel: Float64Array): Distribution {
  const out = new Float64Array(left.chance.length + kernel.length - 1)
  for (let shift = 0; shift < kernel.length; shift += 1) {
    const weight = kernel[shift] ?? 0
    if (weight === 0) continue
    for (let i = 0; i < left.chance.length; i += 1) {
      out[i + shift] = (out[i + shift] ?? 0) + (left.chance[i] ?? 0) * weight
    }
  }
  let first = 0
  let last = out.length
  while (first < last - 1 && (out[first] ?? 0) < NEGLIGIBLE) first += 1
  while (last > first + 1 && (out[last - 1] ?? 0) < NEGLIGIBLE) last -= 1
  return { start: left.start + first, chance: out.subarray(first, last) }
}

function tail(distribution: Distribution, observed: number): Tail {
  const at = observed - distribution.start
  let below = 0
  for (let i = 0; i < Math.min(at, distribution.chance.length); i += 1) below += distribution.chance[i] ?? 0
  const equal = distribution.chance[at] ?? 0
  return { midP: Math.min(1, below + equal / 2), exact: Math.min(1, below + equal) }
}
