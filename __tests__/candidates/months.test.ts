// What a candidate and its slices cost in a month, by hand: 1 and 2 micro-dollars per token in, ten times that out.

import { expect, it } from 'vitest'
import { monthsOf, type Prices, sliceMonths } from '../../src/candidates/money.ts'
import type { CasePair } from '../../src/cost/input.ts'
import { book, evalSet, NOW, pair, route } from '../cost/fixtures.ts'
import { profileOf } from '../cost/profile/fixtures.ts'

const usage = { input: 1000, output: 100 }
const labelled = (at: number, language: string, kind: string): CasePair => ({
  ...pair(`${language}-${kind}-${at}`, usage, usage),
  labels: { language, kind },
})
/** Simple questions are mostly German here. */
const CASES = [
  ...[0, 1, 2, 3, 4, 5].map((at) => labelled(at, 'de', 'simple')),
  ...[0, 1].map((at) => labelled(at, 'de', 'complex')),
  ...[0, 1].map((at) => labelled(at, 'en', 'simple')),
  ...[0, 1, 2, 3, 4, 5].map((at) => labelled(at, 'en', 'complex')),
]
const calls = evalSet(CASES, { modelBase: 'test/double', modelHead: 'test/plain' })
const prices = (over: Partial<Prices>): Prices => ({ book, atMs: NOW, routes: [route()], profiles: {}, ...over })
const slice = (value: string, kind?: string) => ({
  ...{ evalSet: 'support', dimension: 'language', value, all: CASES },
  ...(kind === undefined ? {} : { and: { dimension: 'kind', value: kind } }),
})
const deltas = (months: ReturnType<typeof sliceMonths>) => months.map(({ usd }) => Number(usd.delta))

const half = { language: { de: 1, en: 1 }, kind: { simple: 1, complex: 1 } }

it('a pair has the share that the cases give it under the weights of both', () => {
  const weighted = prices({ routes: [route({ sliceWeights: half })] })
  // 0.002 dollars less, a million times: half of it for German, and 6 of 16 for simple German.
  expect(deltas(sliceMonths(slice('de'), calls, weighted))).toEqual([-1000])
  expect(deltas(sliceMonths(slice('de', 'simple'), calls, weighted))).toEqual([-750])
  const parts = ['de', 'en'].flatMap((value) => ['simple', 'complex'].map((kind) => slice(value, kind)))
  const sum = parts.flatMap((part) => deltas(sliceMonths(part, calls, weighted))).reduce((a, b) => a + b, 0)
  expect(sum).toBeCloseTo(-2000, 6)
})

it('traffic without a case is in no pair, and without the weights of both there is no month', () => {
  const french = { ...half, language: { de: 2, en: 2, fr: 1 } }
  const [found] = deltas(
    sliceMonths(slice('de', 'simple'), calls, prices({ routes: [route({ sliceWeights: french })] })),
  )
  expect(found).toBeCloseTo(-2000 * 0.8 * 0.375, 4)
  const one = prices({ routes: [route({ sliceWeights: { language: half.language } })] })
  expect(deltas(sliceMonths(slice('de', 'simple'), calls, one))).toEqual([])
})

it('a profile gives the tokens and the rate of a month, and the rate and shares of a slice', () => {
  const { requestsPerMonth: _, ...plain } = route()
  const profile = profileOf([{ calls: 500, input: 1_000_000, output: 0 }], {
    requestsPerMonth: 1000,
    slices: { language: { de: 0.25, en: 0.75 } },
  })
  const profiled = prices({ routes: [plain], profiles: { chat: { path: 't.json', profile, leftOut: '' } } })
  // 2,000 tokens in, 1 micro-dollar less for each: 0.002 dollars, a thousand times.
  expect(deltas(monthsOf('support', [calls], profiled))).toEqual([-2])
  // Of the slice the tokens of its cases: 0.002 dollars less, 250 times.
  expect(deltas(sliceMonths(slice('de'), calls, profiled))).toEqual([-0.5])
})
