import { expect, it } from 'vitest'
import { holdingOf, isBetter } from '../../src/candidates/holding.ts'
import { compared, type Rates } from './simulated.ts'

const CASES = 50
const RUNS = 200

/** Nine of ten cases usually pass, and one run in twenty comes out the other way. */
const usual: Rates = (at) => (at % 10 === 9 ? 0.05 : 0.95)

/** Shares of what is said of three candidates over many runs. */
async function shares(models: { readonly [model: string]: Rates }, inUse: Rates, runs = RUNS) {
  const counts = { holds: 0, drops: 0, better: 0, all: 0 }
  for (let run = 0; run < runs; run += 1) {
    const { evaluations } = await compared({ shape: { cases: CASES }, inUse, models, seed: `run ${run}` })
    for (const { plan, decision, published } of evaluations.values()) {
      if (decision === null) throw new Error('no decision')
      const { state } = holdingOf({ decision, cases: CASES, losses: 0, measured: CASES, missing: 0 })
      const options = { maxDrop: 0.05, passes: 1, suites: 2 * evaluations.size, compare: 'pass' as const, mustPass: [] }
      counts.all += 1
      if (state === 'holds') counts.holds += 1
      if (state === 'drops') counts.drops += 1
      if (isBetter(published, { ...options, cases: plan.order })) counts.better += 1
    }
  }
  return counts
}

it('candidates of the same quality hold in most runs, and none is ever better by proof', async () => {
  const { holds, drops, better, all } = await shares({ a: usual, b: usual, c: usual }, usual)
  expect(all).toBe(3 * RUNS)
  expect(better).toBe(0)
  expect(holds / all).toBeGreaterThanOrEqual(0.95)
  expect(drops / all).toBeLessThanOrEqual(0.01)
})

it('one that is worse does not hold, and the other way round it is better by proof', async () => {
  const worse: Rates = (at) => (at < 20 ? 0.05 : usual(at))
  const down = await shares({ worse }, usual, 40)
  expect([down.drops, down.better]).toEqual([down.all, 0])
  const up = await shares({ better: usual }, worse, 40)
  expect(up.holds).toBe(up.all)
  expect(up.better / up.all).toBeGreaterThanOrEqual(0.8)
})
