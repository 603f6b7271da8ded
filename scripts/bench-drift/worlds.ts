// What a set of cases is like when nothing changes, and what a drift does to it.

/** Uniform in [0, 1). */
export type Random = () => number

/** One complete pass, as the number of passed cases (or the sum of their scores), and the baseline that it is held against. */
export type World = {
  readonly cases: number
  /** Mean, and squared deviations within cases, of a baseline of so many runs. */
  baseline(runs: number, random: Random): { readonly sum: number; readonly within: number }
  /** `broken` cases of those that usually pass fail as often as they passed. */
  pass(broken: number, random: Random): number
}

type Group = { readonly cases: number; readonly fails: number }

/** `even`: every case flips as often. `few`: a fifth of the cases does all the flipping. A tenth usually fails. */
export function passFail(cases: number, flake: number, kind: 'even' | 'few' = 'even'): World {
  const failing = Math.round(cases * 0.1)
  const flaky = Math.max(1, Math.round(cases * 0.2))
  const groups: readonly Group[] =
    kind === 'even'
      ? [
          { cases: cases - failing, fails: flake },
          { cases: failing, fails: 1 - flake },
        ]
      : [
          { cases: cases - failing - flaky, fails: 0 },
          { cases: flaky, fails: Math.min(0.5, 5 * flake) },
          { cases: failing, fails: 1 },
        ]
  return {
    cases,
    baseline: (runs, random) => {
      let [sum, within] = [0, 0]
      for (const { cases: count, fails } of groups)
        for (let at = 0; at < count; at += 1) {
          const rate = 1 - binomial(runs, fails, random) / runs
          sum += rate
          within += runs * rate * (1 - rate)
        }
      return { sum, within }
    },
    pass: (broken, random) => {
      const whole = Math.floor(broken) + (random() < broken - Math.floor(broken) ? 1 : 0)
      let failed = 0
      groups.forEach(({ cases: count, fails }, at) => {
        const moved = at === 0 ? Math.min(whole, count) : 0
        failed += binomial(count - moved, fails, random) + binomial(moved, 1 - fails, random)
      })
      return cases - failed
    },
  }
}

export type Draw = (random: Random) => number

/** Scores between 0 and 1; a drift takes its points from every case. */
export function graded(cases: number, draw: Draw): World {
  return {
    cases,
    baseline: (runs, random) => {
      let [sum, within] = [0, 0]
      for (let at = 0; at < cases; at += 1) {
        const scores = Array.from({ length: runs }, () => draw(random))
        const mean = scores.reduce((all, score) => all + score, 0) / runs
        sum += mean
        within += scores.reduce((all, score) => all + (score - mean) ** 2, 0)
      }
      return { sum, within }
    },
    pass: (broken, random) => {
      let sum = -broken
      for (let at = 0; at < cases; at += 1) sum += draw(random)
      return sum
    },
  }
}

export const GRADES: { readonly [name: string]: Draw } = {
  'noise of 10 points': (random) => clamp(0.8 + 0.1 * normal(random)),
  'noise of 2 points': (random) => clamp(0.9 + 0.02 * normal(random)),
  'a judge that says 0, 0.5 or 1': (random) => {
    const drawn = random()
    return drawn < 0.03 ? 0 : drawn < 0.1 ? 0.5 : 1
  },
  'rarely half': (random) => (random() < 0.02 ? 0.5 : 1),
  'always the same': () => 0.8,
}

const clamp = (score: number) => Math.max(0, Math.min(1, score))
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

const tables = new Map<string, Float64Array>()

function binomial(count: number, rate: number, random: Random): number {
  if (count === 0 || rate <= 0) return 0
  if (rate >= 1) return count
  const table = tableOf(count, rate)
  const drawn = random()
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (drawn < (table[middle] ?? 1)) high = middle
    else low = middle + 1
  }
  return low
}

function tableOf(count: number, rate: number): Float64Array {
  const key = `${count} ${rate}`
  const known = tables.get(key)
  if (known !== undefined) return known
  const table = new Float64Array(count + 1)
  let [chance, sum] = [(1 - rate) ** count, 0]
  for (let at = 0; at <= count; at += 1) {
    sum += chance
    table[at] = sum
    chance *= ((count - at) / (at + 1)) * (rate / (1 - rate))
  }
  table[count] = 1
  tables.set(key, table)
  return table
}
