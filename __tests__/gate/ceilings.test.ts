// Each limit on money by itself: fails on the bound, warns on the point, and is never silent about what it cannot check.

import { describe, expect, it } from 'vitest'
import type { CostCheck } from '../../src/cost/ceilings.ts'
import { ceilingFindings } from '../../src/gate/ceilings.ts'
import { parseUsd } from '../../src/money.ts'

const usd = (amount: number): bigint => {
  const parsed = parseUsd(amount)
  if (parsed.state !== 'ok') throw new Error(parsed.why)
  return parsed.pico
}
const value = (point: number, half: number | null) => ({
  point: usd(point),
  low: half === null ? null : usd(point) - usd(half),
  high: half === null ? null : usd(point) + usd(half),
})
const check = (rest: Partial<CostCheck>): CostCheck => ({
  ...{ rule: 'route-ceiling', route: 'chat', owner: '@acme/finops', limit: usd(100) },
  ...{ value: value(90, 5), why: null, touched: true },
  ...rest,
})
const levels = (rest: Partial<CostCheck>) => ceilingFindings([check(rest)]).map(({ rule, level }) => `${rule} ${level}`)

describe.each(['route-ceiling', 'route-delta', 'repository-ceiling'] as const)('%s', (rule) => {
  it.each([
    ['below', value(100, 50), []],
    ['above with the bound below', value(110, 20), [`${rule} warn`]],
    ['above with the bound on the limit', value(110, 10), [`${rule} warn`]],
    ['above with the bound', value(110, 9), [`${rule} fail`]],
    ['above with no bound', value(110, null), [`${rule} warn`]],
  ])('%s', (_, found, expected) => {
    expect(levels({ rule, value: found })).toEqual(expected)
  })

  it('a model without a price fails with the remedy', () => {
    const [finding] = ceilingFindings([check({ rule, value: null, why: 'unpriced: acme/x is not in the price table' })])
    expect(finding).toMatchObject({ rule: 'unpriced', level: 'fail', remedy: expect.stringContaining('`prices:`') })
  })

  it('what this run was to measure and could not is said', () => {
    const [finding] = ceilingFindings([check({ rule, value: null, why: '3 of 10 cases have no usable counts' })])
    expect(finding).toMatchObject({ rule, level: 'warn', message: expect.stringContaining('was not checked') })
  })

  it('a change without a base to compare with is not checked, and says what limits it meanwhile', () => {
    const [finding] = ceilingFindings([
      check({ rule, value: null, why: 'the base has no eval set a', lacksBase: true }),
    ])
    expect(finding).toMatchObject({ rule, level: 'warn', message: expect.stringContaining('was not checked') })
    expect(finding?.remedy).toContain('`monthly_usd`')
  })

  it('says nothing of what it does not touch, nor of a change of nothing', () => {
    expect(levels({ rule, value: null, why: 'none of its eval sets ran', touched: false })).toEqual([])
    expect(levels({ rule, value: null, why: null })).toEqual([])
  })
})

describe('the ceiling of the repository with a route that has no price', () => {
  const why = 'unpriced: route other: acme/x is not in the price table'
  const findings = (found: CostCheck['value']) =>
    ceilingFindings([check({ rule: 'repository-ceiling', route: null, value: found, why })])

  it.each([
    ['nothing else is known', null, ['unpriced fail']],
    ['what is known is below', value(90, 5), ['unpriced fail']],
    ['what is known may be above', value(110, 20), ['repository-ceiling warn', 'unpriced fail']],
    ['what is known is above', value(110, 5), ['repository-ceiling fail']],
  ])('%s', (_, found, expected) => {
    expect(findings(found).map(({ rule, level }) => `${rule} ${level}`)).toEqual(expected)
  })

  it('names the route and the remedy', () => {
    expect(findings(value(90, 5))[0]).toMatchObject({
      message: expect.stringContaining('route other: acme/x'),
      remedy: expect.stringContaining('`prices:`'),
    })
  })
})

it('a sum with a hole below its limit is a note', () => {
  const partial = check({ rule: 'repository-ceiling', route: null, why: 'partial: the cost of other is not known' })
  expect(ceilingFindings([partial])[0]).toMatchObject({ level: 'note', message: expect.stringContaining('$90') })
})
