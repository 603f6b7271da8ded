// Counts by name, with a limit on the names: what a hostile or careless export puts there does not fill the memory.

import type { Shares } from './profile.ts'

const MOST_NAMES = 200
/** What is beyond the limit. */
export const REST = '(other)'

export class Tally {
  readonly #counts = new Map<string, number>()
  #total = 0

  add(name: string): void {
    const key = this.#counts.has(name) || this.#counts.size < MOST_NAMES ? name : REST
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    this.#total += 1
  }

  get total(): number {
    return this.#total
  }

  /** Largest first. */
  shares(): Shares {
    const rows = [...this.#counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    return Object.fromEntries(rows.map(([name, count]) => [name, count / this.#total]))
  }
}
