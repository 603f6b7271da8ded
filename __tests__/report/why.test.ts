// The one line that says why a request costs more or less.

import { describe, expect, it } from 'vitest'
import type { EvalSetReport, UsdEstimate } from '../../src/report/report.ts'
import { partsText, whySentence } from '../../src/report/why.ts'
import { estimate, evalSet, report } from './samples.ts'

const usd = (base: string, delta: string, rest: Partial<UsdEstimate> = {}): UsdEstimate => ({
  ...{ base, head: String(Number(base) + Number(delta)), delta, low: delta, high: delta },
  ...rest,
})

function said(perRequestUsd: UsdEstimate, parts: { [part: string]: string | null }, rest: Partial<EvalSetReport> = {}) {
  const set = evalSet(rest)
  return whySentence(report({ evalSets: [{ ...set, cost: { ...set.cost, perRequestUsd, parts } }] }))
}

const grown = (sections: EvalSetReport['tokens']['sections']): Pick<EvalSetReport, 'tokens'> => ({
  tokens: { ...evalSet().tokens, input: estimate(800, 1000), sections },
})

describe('why a request costs more or less', () => {
  it('names the section that explains the input, and none that does not', () => {
    const cost = usd('0.002', '0.0004')
    expect(said(cost, { input: '0.0004' }, grown([{ origin: 'policy.md', base: 100, head: 290 }]))).toBe(
      'The cost per request rose because of input tokens (+$0.0004: `policy.md` 100 to 290 tokens).',
    )
    const scattered = Array.from({ length: 4 }, (_, at) => ({ origin: `part ${at}`, base: 100, head: 150 }))
    expect(said(cost, { input: '0.0004' }, grown(scattered))).toBe(
      'The cost per request rose because of input tokens (+$0.0004).',
    )
    // A section that shrank explains no growth.
    const mixed = grown([
      { origin: 'old', base: 900, head: 100 },
      { origin: 'new', base: 0, head: 1000 },
    ])
    expect(said(cost, { input: '0.0004' }, mixed)).toContain('`new` 0 to 1,000 tokens')
  })

  it('names the swap, and a second part that counts', () => {
    const model = { base: 'openai/gpt-4.1', head: 'openai/gpt-4.1-mini' }
    expect(said(usd('0.002', '-0.0012'), { price: '-0.001', output: '-0.0003', input: '0.0001' }, { model })).toBe(
      'The cost per request fell because of the price (-$0.001: openai/gpt-4.1 to openai/gpt-4.1-mini) and output tokens (-$0.0003).',
    )
  })

  it('has nothing to say of what is small, unknown, or within noise', () => {
    const parts = { input: '0.0004' }
    expect(said(usd('0.002', '0.00003'), parts)).toBeNull()
    expect(said(usd('0.002', '0.0004', { low: '-0.0001', high: '0.0009' }), parts)).toBeNull()
    expect(said({ base: null, head: '0.002', delta: null, low: null, high: null }, parts)).toBeNull()
    expect(said(usd('0', '0.0004'), parts)).toBeNull()
    expect(said(usd('0.002', '0.0004'), {})).toBeNull()
    expect(whySentence(report({ evalSets: [] }))).toBeNull()
  })

  it('is about the set whose route moved most', () => {
    const set = (name: string, route: string | null, delta: string): EvalSetReport => {
      const one = evalSet({ name, route })
      return { ...one, cost: { ...one.cost, perRequestUsd: usd('0.002', delta), parts: { output: delta } } }
    }
    const month = (name: string, delta: string) => ({
      ...{ name, owner: null, limitUsd: { monthly: null, monthlyDelta: null }, assumption: '' },
      perMonthUsd: usd('1000', delta),
    })
    const sets = [set('large-change', null, '-0.0019'), set('busy', 'desk', '0.0002'), set('idle', 'mail', '0.001')]
    const routes = [month('desk', '900'), month('mail', '1')]
    expect(whySentence(report({ evalSets: sets, routes }))).toContain('of `busy` rose')
    expect(whySentence(report({ evalSets: sets, routes: [] }))).toContain('of `large-change` fell')
  })
})

describe('parts of a month', () => {
  it('are listed in their order, where there are several', () => {
    expect(partsText({ tier: '3', output: '-1', input: '0', price: '2', cache: null })).toBe(
      'the price +$2, output tokens -$1, the long-context price +$3',
    )
    expect(partsText({ input: '5', output: '0' })).toBe('')
    expect(partsText(undefined)).toBe('')
  })
})
