// Gates on what one request costs and takes: fails on the bound, warns on the point, exact for tokens, and an unknown price is
// a failure with its remedy.

import { describe, expect, it } from 'vitest'
import { compareCase, metricOf } from '../../src/compare.ts'
import type { Case, Gates, Limit, Result, SideLabel, Usage } from '../../src/domain.ts'
import type { CostMeasured, Measured } from '../../src/gate/measured.ts'
import { costChecks, tokensChecks } from '../../src/gate/resource-checks.ts'
import type { CostReport } from '../../src/report/report.ts'

const NONE = { base: null, head: null, delta: null, low: null, high: null }
const report = (rest: Partial<CostReport> = {}): CostReport => ({
  state: 'priced',
  perRequestUsd: { base: '0.001', head: '0.0012', delta: '0.0002', low: '0.0001', high: '0.0003' },
  ...{ parts: {}, provenance: 'measured', priceDate: null, events: [] },
  ...rest,
})
const fail = (limit: number): Limit => ({ limit, level: 'fail' })
const warn = (limit: number): Limit => ({ limit, level: 'warn' })

function run(id: string, side: SideLabel, usage: Usage | null): Result {
  return {
    trial: { evalSet: 'support', caseId: id, side, step: 'pass', index: 0 },
    outcome: { state: 'answered', answer: { text: 'x', latencyMs: 1, ...(usage === null ? {} : { usage }) } },
    ...{ scores: [], state: 'scored', score: 1, pass: true },
  }
}

type Setup = {
  readonly gates: Gates
  readonly cost?: Partial<CostMeasured>
  readonly usages?: readonly (Usage | null)[]
  readonly identical?: boolean
}

function measured({ gates, cost = {}, usages = [], identical = false }: Setup): Measured {
  const cases = usages.map((usage, index) => {
    const id = `c${index}`
    const kase = { id } as Case // no gate on money or tokens looks at anything else of it
    const runs = { base: identical ? [] : [run(id, 'base', { input: 1, output: 1 })], head: [run(id, 'head', usage)] }
    return compareCase({ kase, role: 'paired', identical, passes: 1, ...runs }, metricOf('pass'))
  })
  return {
    ...{ plan: { name: 'support', gates } as Measured['plan'], cases, decision: null, score: NONE },
    cost: { report: report(), ratio: null, headUsd: null, why: null, ...cost },
  }
}
const statuses = (setup: Setup) => costChecks(measured(setup)).map(({ status }) => status)

describe('cost.max_ratio', () => {
  it.each([
    ['below', 1.1, 0.9, 'pass'],
    ['on the limit', 1.2, 1.15, 'pass'],
    ['above, the bound below', 1.3, 1.1, 'warn'],
    ['above, the bound on the limit', 1.3, 1.2, 'warn'],
    ['above with the bound', 1.3, 1.21, 'fail'],
    ['above, no bound', 1.3, null, 'warn'],
  ])('%s', (_, point, low, status) => {
    const cost = { ratio: { point, low } }
    expect(statuses({ gates: { cost: { maxRatio: fail(1.2) } }, cost })).toEqual([status])
    expect(statuses({ gates: { cost: { maxRatio: warn(1.2) } }, cost })).toEqual([status === 'fail' ? 'warn' : status])
  })

  it('has a finding with what to do, unless it passes', () => {
    const [check] = costChecks(
      measured({ gates: { cost: { maxRatio: fail(1.2) } }, cost: { ratio: { point: 1.5, low: 1.3 } } }),
    )
    expect(check?.finding).toMatchObject({
      rule: 'cost-ratio',
      level: 'fail',
      remedy: expect.stringContaining('cheaper model'),
    })
    const quiet = costChecks(
      measured({ gates: { cost: { maxRatio: fail(1.2) } }, cost: { ratio: { point: 1, low: 0.9 } } }),
    )
    expect(quiet[0]?.finding).toBeNull()
  })

  it('without a base there is no ratio; with nothing but ties there is no change', () => {
    const gates = { cost: { maxRatio: fail(1.2) } }
    expect(statuses({ gates, usages: [{ input: 1, output: 1 }] })).toEqual(['not-measured'])
    expect(statuses({ gates, usages: [{ input: 1, output: 1 }], identical: true })).toEqual(['pass'])
  })
})

describe('cost.per_request_usd', () => {
  it.each([
    ['below', 0.009, 0.008, 'pass'],
    ['above, the bound below', 0.011, 0.0095, 'warn'],
    ['above with the bound', 0.011, 0.0105, 'fail'],
    ['above, no bound', 0.011, null, 'warn'],
  ])('%s', (_, point, low, status) => {
    expect(statuses({ gates: { cost: { perRequestUsd: fail(0.01) } }, cost: { headUsd: { point, low } } })).toEqual([
      status,
    ])
  })

  it('needs a level', () => {
    expect(statuses({ gates: { cost: { perRequestUsd: fail(0.01) } } })).toEqual(['not-measured'])
  })
})

describe('an unknown price', () => {
  const unpriced = {
    report: report({ state: 'unpriced', perRequestUsd: NONE }),
    why: 'acme/x is not in the price table; add it to prices:',
  }

  it('fails with why and the remedy, once for all gates', () => {
    const checks = costChecks(
      measured({ gates: { cost: { maxRatio: fail(2), perRequestUsd: fail(1) } }, cost: unpriced }),
    )
    expect(checks).toHaveLength(1)
    expect(checks[0]?.finding).toMatchObject({
      ...{ rule: 'unpriced', level: 'fail', remedy: expect.stringContaining('`prices:`') },
      message: expect.stringContaining('acme/x is not in the price table'),
    })
  })

  it('warns where every gate only warns, and fails where one of them fails', () => {
    expect(statuses({ gates: { cost: { maxRatio: warn(2) } }, cost: unpriced })).toEqual(['warn'])
    expect(statuses({ gates: { cost: { maxRatio: warn(2), perRequestUsd: fail(1) } }, cost: unpriced })).toEqual([
      'fail',
    ])
  })

  it('is nothing without a gate', () => {
    expect(statuses({ gates: {}, cost: unpriced })).toEqual([])
  })
})

describe('tokens of a request', () => {
  const usages: Usage[] = [
    { input: 100, output: 10 },
    { input: 8001, output: 500 },
  ]
  const checks = (gates: Gates, from: readonly (Usage | null)[] = usages) =>
    tokensChecks(measured({ gates, usages: from })).map(({ status, finding }) => [status, finding?.evidence ?? []])

  it('the greatest request counts, and is named', () => {
    expect(checks({ tokens: { maxInput: fail(8000) } })).toEqual([['fail', ['c1']]])
    expect(checks({ tokens: { maxInput: fail(8001) } })).toEqual([['pass', []]])
    expect(checks({ tokens: { maxOutput: fail(499) } })).toEqual([['fail', ['c1']]])
    expect(checks({ tokens: { maxInput: warn(8000), maxOutput: fail(500) } })).toEqual([
      ['warn', ['c1']],
      ['pass', []],
    ])
  })

  it('no counts at all are not measured, never 0', () => {
    expect(checks({ tokens: { maxInput: fail(8000) } }, [null])).toEqual([['not-measured', []]])
  })
})
