// Token counts in bins that are two hundredths of their value wide: a few hundred bins hold any number of calls, and a mean
// or a quantile of them is off by a hundredth at the most.

const WIDTH = Math.log(1.02)

/** Bin of a count; 0 has its own. */
export function binOf(tokens: number): number {
  return tokens === 0 ? -1 : Math.floor(Math.log(tokens) / WIDTH + 1e-9)
}

/** Middle of a bin. */
function middleOf(bin: number): number {
  return bin < 0 ? 0 : Math.exp((bin + 0.5) * WIDTH)
}

/** How often each count was seen, to within its bin. */
export class Histogram {
  readonly #counts = new Map<number, number>()
  #total = 0
  #sum = 0

  add(tokens: number): void {
    const bin = binOf(tokens)
    this.#counts.set(bin, (this.#counts.get(bin) ?? 0) + 1)
    this.#total += 1
    this.#sum += tokens
  }

  mean(): number {
    return this.#total === 0 ? 0 : this.#sum / this.#total
  }

  /** Middle of the bin that holds the p-quantile; 0 when nothing was counted. */
  quantile(p: number): number {
    let seen = 0
    for (const bin of [...this.#counts.keys()].sort((a, b) => a - b)) {
      seen += this.#counts.get(bin) ?? 0
      if (seen >= p * this.#total) return middleOf(bin)
    }
    return 0
  }
}
