// Flake that cases share: the provider has a bad stretch, or gets worse over the minutes of a run. Both sides stand in the
// same weather; what differs between them is only when each call was made.

/** Probability that a right answer turns wrong, for a call made at `at` (calls of the run so far). */
export type Weather = (at: number) => number

/** A stretch of `length` calls, starting anywhere within the first `calls`, in which answers turn wrong. */
export function incident(random: () => number, calls: number, length: number, chance = 0.5): Weather {
  const start = Math.floor(random() * calls)
  return (at) => (at >= start && at < start + length ? chance : 0)
}

/** Short bursts: the provider falls ill with probability 1 / `every` per call and stays so for `length` calls on average. */
export function bursts(random: () => number, every: number, length: number, chance = 0.5): Weather {
  let ill = false
  let last = -1
  return (at) => {
    for (; last < at; last += 1) ill = ill ? random() >= 1 / length : random() < 1 / every
    return ill ? chance : 0
  }
}

/** Gets worse with every call, up to `chance` after `calls`. */
export function drift(calls: number, chance: number): Weather {
  return (at) => chance * Math.min(1, at / calls)
}

export const fair: Weather = () => 0
