// The A/A run: what it counts, what it says that a set can see, and the command on a provider that wavers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesToSee, flakeEstimate, visibleDrop } from '../../src/stats/visible.ts'
import { project, rightAnswer } from '../e2e/project.ts'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { cli, inRepository } from './cli.ts'

describe('flake estimate', () => {
  it('is one in twenty before anything is known, and never 0', () => {
    const steady = flakeEstimate([
      [1, 1],
      [0, 0],
    ])
    expect(steady).toMatchObject({ flips: 0, pairs: 2 })
    expect(steady?.phi).toBeCloseTo(1 / 22)
    expect(steady?.sd).toBeCloseTo(Math.sqrt(1 / 22))
  })
  it('counts runs that differ from the run before, each case by itself', () => {
    const noise = flakeEstimate([[1, 0, 1], [1, 1, 1], [0]])
    expect(noise).toMatchObject({ flips: 2, pairs: 4 })
    expect(noise?.perCase.map((one) => one.disagreement)).toEqual([expect.closeTo(2 / 3), 0, null])
  })
  it('does not call a small step of a graded score a flip, but lets it count as noise', () => {
    const [small, none] = [flakeEstimate([[0.5, 0.6, 0.5]]), flakeEstimate([[0.5, 0.5, 0.5]])]
    expect(small?.flips).toBe(0)
    expect(small?.sd).toBeGreaterThan(none?.sd ?? 1)
  })
  it('is unknown without a case that ran twice', () => {
    expect(flakeEstimate([])).toBeNull()
    expect(flakeEstimate([[1], [0], []])).toBeNull()
  })
})

describe('visible drop', () => {
  it('is the published figure for 100 cases at a flake rate of 5 %', () => {
    const sd = Math.sqrt(2 * 0.05 * 0.95)
    expect(visibleDrop({ cases: 100, passes: 1, sd })).toBeCloseTo(0.0892413, 5)
    expect(visibleDrop({ cases: 100, passes: 3, sd })).toBeCloseTo(0.0515, 3)
  })
  it('is never less than one case nor more than all', () => {
    expect(visibleDrop({ cases: 10, passes: 1, sd: 0 })).toBe(0.1)
    expect(visibleDrop({ cases: 1, passes: 1, sd: 1 })).toBe(1)
  })
  it('names the cases with which the drop is seen, and no fewer do', () => {
    for (const [drop, passes, sd] of [
      [0.05, 1, 0.3],
      [0.02, 3, 0.1],
      [0.5, 1, 0.01],
    ] as const) {
      const cases = casesToSee(drop, { passes, sd })
      expect(visibleDrop({ cases, passes, sd })).toBeLessThanOrEqual(drop + 1e-9)
      expect(visibleDrop({ cases: cases - 1, passes, sd })).toBeGreaterThan(drop)
    }
  })
})

describe('prompt-parity noise', () => {
  let llm: FakeLlm
  beforeAll(async () => {
    llm = await startFakeLlm({ seed: 'noise' })
  })
  afterAll(() => llm.close())

  /** Every second call about Italy is wrong. */
  const wavering = () => {
    let asked = 0
    return (context: CallContext) =>
      context.prompt.includes('of Italy?') && asked++ % 2 === 1 ? 'It depends.' : rightAnswer(context)
  }

  it('runs one side N times, finds the case that wavers, and resumes instead of drawing again', async () => {
    llm.configure({ answer: wavering() })
    await inRepository(project({ cases: 10, extra: 'gates: { must_pass: [italy] }\n' }), async (cwd) => {
      const first = await cli(cwd, ['noise', '--passes', '4', '--format', 'json'], llm)
      expect(first.code, first.stderr).toBe(0)
      const report = JSON.parse(first.stdout)
      expect(report).toMatchObject({ passes: 4, calls: 40, notRun: [] })
      expect(report.usd).toMatch(/^0\.\d+$/)
      expect(report.evalSets).toEqual([
        expect.objectContaining({ evalSet: 'capital', cases: 10, runs: 40, missing: 0, pairs: 30, state: 'measured' }),
      ])
      const [set] = report.evalSets
      expect(set.flips).toBeGreaterThanOrEqual(1)
      expect(set.flakiest).toEqual([expect.objectContaining({ case: 'italy', runs: 4, passes: 2, mustPass: true })])
      expect(set.seesPoints).toBeGreaterThan(set.more[0].seesPoints)
      expect(set.casesForLimit).toBeGreaterThan(10)
      expect(llm.requests).toHaveLength(40)

      const more = await cli(cwd, ['noise', '--passes', '5'], llm)
      expect(more.code).toBe(0)
      expect(llm.requests).toHaveLength(50)
      expect(more.stdout).toContain('italy')
      expect(more.stdout).toContain('must pass, and cannot be flaky')
    })
    expect(llm.violations).toEqual([])
  })

  it('says so when a set could not be measured, and prints no figures for it', async () => {
    llm.configure({ faults: [{ kind: 'invalid-key' }] })
    await inRepository(project({ cases: 3 }), async (cwd) => {
      const ran = await cli(cwd, ['noise', '--passes', '2', '--format', 'json'], llm)
      expect(ran.code).toBe(3)
      expect(JSON.parse(ran.stdout).evalSets[0]).toMatchObject({ state: 'not-measured', runs: 0 })
    })
  })

  it('refuses a number of passes that shows no noise', async () => {
    await inRepository(project({ cases: 1 }), async (cwd) => {
      for (const passes of ['1', '2.5', 'many', '51']) {
        const ran = await cli(cwd, ['noise', '--passes', passes], llm)
        expect(ran.code).toBe(2)
        expect(ran.stderr).toContain(`--passes is "${passes}"`)
      }
    })
  })
})
