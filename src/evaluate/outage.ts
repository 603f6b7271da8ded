// Whether heads that were lost twice, while their bases answered, can be the doing of a provider that fails on both sides.

export type Lost = {
  /** Pairs that were made so far. */
  pairs: number
  /** Of which the base alone was lost for a transient error. */
  base: number
  /** Of which the head alone was lost, and again after its base had answered once more. */
  head: number
}

/** As rarely as this chance has it when a head's loss is the head's own. */
const RARELY = 0.01

/**
 * A provider that loses calls at the rate r = base / pairs, whatever their side, loses at most pairs x r^2 heads twice: each is lost,
 * and lost again. As many as were seen, or more, are luck with P(X >= head) for X ~ Poisson(base^2 / pairs).
 */
export function isOutage({ pairs, base, head }: Lost): boolean {
  if (base === 0 || head === 0) return false
  const mean = (base * base) / pairs
  let [term, below] = [Math.exp(-mean), 0]
  for (let k = 0; k < head; k++) {
    below += term
    term *= mean / (k + 1)
  }
  return 1 - below > RARELY
}
