import { expect, it } from 'vitest'
import { outputsOf } from '../src/outputs.ts'
import type { Report, RouteReport } from '../src/report/report.ts'
import { report } from './report/samples.ts'

const files = { reportDir: 'r', reportJson: 'r/report.json' }
const monthly = (change: Partial<Report>) => outputsOf(report(change), files)['monthly-delta-usd']
const [support] = report().routes
if (support === undefined) throw new Error('the sample has no route')
const unknown = { base: null, head: null, delta: null, low: null, high: null }
const other: RouteReport = { ...support, name: 'other', perMonthUsd: unknown, untouched: true }

it('the monthly change is the sum over the routes that the change touches', () => {
  expect(monthly({ routes: [support, other] })).toBe('780')
  expect(monthly({ routes: [support, { ...other, perMonthUsd: { ...unknown, head: '75', delta: '0' } }] })).toBe('780')
})

it('is empty where a route that is touched is not known, and where nothing is', () => {
  const { untouched: _, ...touched } = other
  expect(monthly({ routes: [support, touched] })).toBe('')
  expect(monthly({ routes: [other] })).toBe('')
  expect(monthly({ routes: [] })).toBe('')
})

it('is empty where an affected eval set did not run', () => {
  const [change] = report().changes
  if (change === undefined) throw new Error('the sample has no change')
  expect(
    monthly({ routes: [support, other], changes: [{ ...change, evalSets: ['support-answers', 'left-out'] }] }),
  ).toBe('')
})
