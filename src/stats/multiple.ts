// Many tests at once: adjusted p values, in the order of the input.

/** Holm's step-down: controls the chance of any false finding. */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p)
  const adjusted = new Array<number>(p.length).fill(1)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * (p[index] ?? 1)))
    adjusted[index] = largest
  })
  return adjusted
}

/** Benjamini and Hochberg's step-up: controls the share of false findings. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p)
  const adjusted = new Array<number>(p.length).fill(1)
  let smallest = 1
  for (let rank = order.length; rank >= 1; rank -= 1) {
    const index = order[rank - 1]
    if (index === undefined) continue
    smallest = Math.min(smallest, ((p[index] ?? 1) * p.length) / rank)
    adjusted[index] = smallest
  }
  return adjusted
}

function ascending(p: readonly number[]): number[] {
  return p.map((_, index) => index).sort((a, b) => (p[a] ?? 1) - (p[b] ?? 1) || a - b)
}
