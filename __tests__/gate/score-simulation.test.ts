import { expect, it } from 'vitest'
import { seededRandom } from '../../src/stats/random.ts'
import { flakyWorld, ids, play, scoreOptions } from './worlds.ts'

type Shares = { fail: number; pass: number; inconclusive: number; cost: number }

/** Shares of the verdicts over `runs` pull requests, and the mean number of complete passes that they took. */
function simulate(n: number, runs: number, flake: number, broken: readonly string[] = []): Shares {
  const random = seededRandom(`simulation ${n} ${flake} ${broken.length}`)
  const options = scoreOptions(ids(n))
  const shares: Shares = { fail: 0, pass: 0, inconclusive: 0, cost: 0 }
  for (let i = 0; i < runs; i += 1) {
    const verdict = play(options, flakyWorld(random, flake, new Set(broken)))
    if (verdict.outcome !== 'not-measured' && verdict.outcome !== 'undecided') shares[verdict.outcome] += 1 / runs
    shares.cost += verdict.pairs / n / runs
  }
  return shares
}

it('stays green when nothing changed: 50 cases, flake rate 5 %, 2,000 runs', () => {
  const { fail, pass, cost } = simulate(50, 2000, 0.05)
  expect(fail).toBeLessThanOrEqual(0.01)
  expect(pass).toBeGreaterThanOrEqual(0.95)
  expect(cost).toBeLessThanOrEqual(1.4)
})

it('sees three of 20 cases break behind the same noise', () => {
  const { fail, cost } = simulate(20, 300, 0.05, ['c0', 'c1', 'c2'])
  expect(fail).toBeGreaterThanOrEqual(0.97)
  expect(cost).toBeLessThanOrEqual(1.9)
})

it('costs half a pass for 200 cases and a quarter for 500 when nothing flakes', () => {
  expect(simulate(200, 1, 0)).toEqual({ fail: 0, pass: 1, inconclusive: 0, cost: 0.5 })
  expect(simulate(500, 1, 0)).toEqual({ fail: 0, pass: 1, inconclusive: 0, cost: 0.25 })
})
