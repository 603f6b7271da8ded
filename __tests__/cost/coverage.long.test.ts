// How often the 95 % interval of a monthly change holds the truth: answers with lognormal lengths, 10 % longer on the head, pairs
// that are alike to 0.8. One seed: the figures are the same in every run.

import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/cost/profile/profile.ts'
import { projectRoute } from '../../src/cost/routes.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { book, evalSet, NOW, pair, route } from './fixtures.ts'
import { profileOf } from './profile/fixtures.ts'

const LONGER = 1.1
const ALIKE = 0.8

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

/** Output tokens of a case on both sides; the mean of the base is 400. */
function lengths(next: () => number, sigma: number): [number, number] {
  const shared = normal(next)
  const draw = () =>
    400 * Math.exp(sigma * (Math.sqrt(ALIKE) * shared + Math.sqrt(1 - ALIKE) * normal(next)) - (sigma * sigma) / 2)
  return [Math.round(draw()), Math.round(LONGER * draw())]
}

/** Share of trials whose interval holds the true change of a month: 40 tokens more for each of a million requests. */
function coverage(cases: number, sigma: number, profile: Profile | null): number {
  const next = seededRandom(`${cases} ${sigma} ${profile === null}`)
  const truth = 1_000_000 * 400 * (LONGER - 1) * 1e-5
  let held = 0
  const trials = cases > 100 ? 400 : 1000
  for (let trial = 0; trial < trials; trial++) {
    const pairs = Array.from({ length: cases }, (_, index) => {
      const [base, head] = lengths(next, sigma)
      return pair(`c${index}`, { input: 1000, output: base }, { input: 1000, output: head })
    })
    const profiles = profile === null ? {} : { chat: { path: 'traffic.json', profile, leftOut: '' } }
    const context = { book, atMs: NOW, evalSets: [evalSet(pairs)], recorded: {}, profiles }
    const { low, high } = projectRoute(route(), context).report.perMonthUsd
    if (Number(low) <= truth && truth <= Number(high)) held += 1
  }
  return held / trials
}

const production = profileOf([{ calls: 1000, input: 3_000_000, output: 400_000 }])

describe('coverage of the 95 % interval', () => {
  it.each([
    [20, 0.5],
    [20, 1],
    [50, 0.5],
    [50, 1],
    [200, 0.5],
    [200, 1],
  ])('%i cases, spread %d', (cases, sigma) => {
    const found = [coverage(cases, sigma, null), coverage(cases, sigma, production)]
    for (const share of found) expect(share).toBeGreaterThanOrEqual(0.92)
    for (const share of found) expect(share).toBeLessThanOrEqual(0.985)
  })
})
