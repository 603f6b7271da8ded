import { describe, expect, test } from 'vitest'
import { estimateLines, estimateRows } from '../../src/report/estimate-view.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import * as numbers from '../../src/report/numbers.ts'
import { leverSaving, plannedSentence, reproduceCommand, routeSentence, spentUsd } from '../../src/report/sentences.ts'
import { renderText } from '../../src/report/text.ts'
import { allRows, orderedSets, setCounts, verdictSentence } from '../../src/report/view.ts'
import { estimate, evalSet, report, row, samples } from './samples.ts'

function sample(name: string) {
  const found = samples[name]
  if (found === undefined) throw new Error(`no sample ${name}`)
  return found
}

describe('numbers', () => {
  test('unknown is said, never shown as zero', () => {
    const unknown = { base: null, head: null, delta: null, low: null, high: null }
    expect(numbers.formatUsd(null)).toBe('not known')
    expect(numbers.formatUsdChange(unknown)).toBe('-')
    expect(numbers.formatPointsChange(unknown)).toBe('-')
    expect(numbers.formatMs(null)).toBe('-')
  })
  test('money keeps the digits that matter and never an exponent', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['0', '$0'],
      ['0.000000021', '$0.000000021'],
      ['0.00213', '$0.00213'],
      ['0.42', '$0.42'],
      ['0.8', '$0.80'],
      ['0.9999', '$1'],
      ['1.5', '$1.50'],
      ['20', '$20'],
      ['999.99', '$999.99'],
      ['9120.4', '$9,120'],
      ['1234567', '$1,234,567'],
      ['-0.002', '-$0.002'],
    ]
    for (const [usd, shown] of cases) expect(numbers.formatUsd(usd)).toBe(shown)
  })
  test('a base of zero is new, not an infinite percentage', () => {
    expect(numbers.formatUsdChange({ base: '0', head: '0.5', delta: '0.5', low: null, high: null })).toBe('+$0.50, new')
    expect(numbers.formatUsdChange({ base: '0', head: '0', delta: '0', low: null, high: null })).toBe('$0')
  })
  test('no negative zero, and one point is not plural', () => {
    expect(numbers.formatPointsChange(estimate(50, 49.99))).toBe('0 points')
    expect(numbers.formatPointsChange(estimate(50, 49))).toBe('-1 point')
    expect(numbers.formatPointsChange(estimate(50, 51, 2))).toBe('+1 point (-1 to +3)')
  })
})

describe('order and words', () => {
  test('rows come worst first, whatever the order of the sets', () => {
    const statuses = allRows(sample('many-sets')).map((shown) => shown.status)
    expect(statuses.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 'fail'))
    expect(statuses.indexOf('pass')).toBeGreaterThan(statuses.lastIndexOf('inconclusive'))
  })
  test('the largest failing change is the first row', () => {
    expect(allRows(sample('many-sets'))[0]?.set).toBe('set-11')
  })
  test("status words are the report's own, even when figures look different", () => {
    const odd = report({
      evalSets: [
        evalSet({ score: estimate(90, 10, 1), gates: [row({ head: '10', change: '-80 points', status: 'pass' })] }),
      ],
    })
    expect(renderMarkdown(odd)).not.toMatch(/✗/)
    expect(renderText(odd)).not.toMatch(/✗/)
  })
  test('undecided sets are counted in one line', () => {
    expect(setCounts(sample('many-sets'))).toBe('40 eval sets: 25 pass, 2 undecided, 1 not comparable, 12 fail')
    expect(setCounts(sample('parity'))).toBeNull()
  })
  test('the outcome is said once', () => {
    expect(verdictSentence(sample('parity'))).toMatch(/^✓ Passes:/)
    expect(verdictSentence(sample('first-run'))).toMatch(/^✓ Pass: support-answers ran/)
    expect(verdictSentence(sample('planned'))).toMatch(/^Planned, not run/)
    expect(
      verdictSentence(report({ verdict: { outcome: 'not-measured', blocks: true, headline: '', findings: [] } })),
    ).toBe('– Not measured')
  })
  test('the order of eval sets in the report does not change a rendering', () => {
    const given = sample('many-sets')
    const turned = { ...given, evalSets: [...given.evalSets].reverse() }
    expect(orderedSets(turned).map((set) => set.name)).toEqual(orderedSets(given).map((set) => set.name))
    expect(renderMarkdown(turned)).toBe(renderMarkdown(given))
  })
})

describe('the comment', () => {
  test('has its parts in the order of reading', () => {
    const text = renderMarkdown(sample('regression'), { marker: 'key' })
    const places = [
      '<!-- prompt-parity:key -->',
      '### ✗',
      '> [!WARNING]',
      '| metric |',
      '#### What to do',
      '#### Broken cases',
      '#### Slices that moved',
      '#### Monthly cost',
      '<details><summary>Changes',
      '---\n<sub>',
    ].map((part) => text.indexOf(part))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })
  test('has one table of at most ten rows above the fold', () => {
    const text = renderMarkdown(sample('many-sets'))
    const table = text.slice(text.indexOf('| metric |'), text.indexOf('\n\n', text.indexOf('| metric |')))
    expect(table.split('\n')).toHaveLength(12)
    expect(text).toContain('**Also failing (2):**')
  })
  test('is one line when nothing is affected', () => {
    expect(renderMarkdown(sample('nothing-affected'))).toBe('**Prompt Parity** · ✓ No eval set is affected.\n')
  })
  test('says planned calls and their price in digits', () => {
    expect(renderMarkdown(sample('planned'))).toContain(
      '200 calls and 40 judge calls planned, for about $0.42, of which $0.02 for judges, in about 36 s',
    )
  })
  test('opens with a waiver exactly once', () => {
    const text = renderMarkdown(sample('waived'))
    expect(text.split('\n')[0]).toMatch(/Accepted by @/)
    expect([...text.matchAll(/launch/g)]).toHaveLength(1)
    const untold = report({ verdict: { ...sample('waived').verdict, headline: 'Passes.' } })
    expect(renderMarkdown(untold).split('\n')[0]).toMatch(/^\*\*Waived:\*\* Accepted by/)
  })
  test('a partial run says what was learnt', () => {
    expect(renderMarkdown(sample('not-measured'))).toMatch(
      /> \[!CAUTION\]\n> - The run is incomplete \(spend cap\): 61 calls of 200 done/,
    )
  })
  test('only a link to the run itself, and only when it is one', () => {
    const link = (runUrl: string) => renderMarkdown(report({ provenance: { ...report().provenance, runUrl } }))
    expect(link('https://ghe.acme.test:8443/a/b/actions/runs/1')).toContain(
      '[run](https://ghe.acme.test:8443/a/b/actions/runs/1)',
    )
    for (const bad of [
      'javascript:alert(1)',
      'https://x/) [y](https://z',
      'https://user@evil',
      'https://a/?q=1',
      'https://a/\n',
    ])
      expect(link(bad)).not.toContain('[run]')
  })
})

const share = (calls: { expected: number; worst: number }, usd: string | null) => ({
  ...{ calls, inputTokens: calls, outputTokens: calls },
  usd: { expected: usd, worst: usd },
})

describe('sentences', () => {
  test('unknown prices stay unknown', () => {
    expect(spentUsd(sample('not-measured'))).toBe('cost not known')
    expect(spentUsd(report({ run: { ...report().run, usd: { target: '0.1', judge: null } } }))).toBe(
      '$0.10 without the judge',
    )
    expect(
      plannedSentence(
        report({
          run: {
            ...report().run,
            plan: {
              ...{ calls: 1, judgeCalls: 0, usd: null, worstUsd: null, minutes: { expected: 0, worst: 0.1 } },
              target: share({ expected: 1, worst: 18 }, null),
              judge: share({ expected: 0, worst: 0 }, '0'),
            },
          },
        }),
      ),
    ).toBe(
      '1 call planned, at a price that is not known, in about 1 s (1 token in, 1 out); with every re-run at most 18 calls (18 tokens in, 18 out).',
    )
  })
  test('a month that stays what it is is said once', () => {
    const [route] = report().routes
    if (route === undefined) throw new Error('the sample has no route')
    const same = { base: '1216.25', head: '1216.25', delta: '0', low: '0', high: '0' }
    const { limitUsd: _, parts: __, ...rest } = route
    const limitUsd = { monthly: '1000', monthlyDelta: null }
    expect(routeSentence({ ...rest, limitUsd, perMonthUsd: same })).toBe(
      '$1,216 a month, unchanged; ceiling $1,000 a month',
    )
    expect(routeSentence({ ...rest, limitUsd, perMonthUsd: { ...same, low: '-5', high: '5' } })).toContain(
      '(-$5 to +$5)',
    )
  })
  test('the lower end of a saving that is the saving is not said again', () => {
    const lever = {
      kind: 'batch',
      evalSet: 'a',
      route: 'r',
      per: 'month',
      percent: 50,
      message: 'm',
      evidence: [],
    } as const
    expect(leverSaving({ ...lever, usd: { point: '2954', low: '2954' } })).toBe('about $2,954 a month, 50 % of r')
    expect(leverSaving({ ...lever, usd: { point: '2954', low: '2000' } })).toContain('(at least $2,000)')
  })
  test('an estimate without a price says why, and takes nothing for granted', () => {
    const unknown = { base: null, head: null, delta: null, low: null, high: null }
    const planned = sample('planned')
    const [route] = report().routes
    if (route === undefined || planned.estimate === undefined) throw new Error('the sample has no estimate')
    const without = { ...route, perMonthUsd: unknown, assumption: 'unpriced: acme/x is not in the price table' }
    const dry = { ...planned, estimate: { ...planned.estimate, routes: [without] } }
    expect(estimateLines(dry)).toContain('support: cost not known, unpriced: acme/x is not in the price table')
    expect(estimateRows(dry).at(-1)).toMatchObject({ base: 'not known', head: 'not known', change: '-' })
  })
  test('a command is offered only for commits', () => {
    expect(reproduceCommand(report({ sides: { base: null, head: { ref: 'x', sha: null } } }))).toBeNull()
    expect(reproduceCommand(report({ sides: { base: null, head: { ref: 'x', sha: '$(rm -rf /)' } } }))).toBeNull()
  })
  test('colour is only added when asked for', () => {
    expect(renderText(sample('regression'))).not.toContain('\u001B')
    expect(renderText(sample('regression'), { color: true })).toContain('\u001B[31m')
  })
})
