import { describe, expect, it } from 'vitest'
import type { Json, ScorerSpec } from '../../src/domain.ts'
import { loosenings } from '../../src/integrity/loosenings.ts'
import { CASES, checked, rows, shop } from '../fakes/checked.ts'

const spec = (type: string, value?: Json, more: Partial<ScorerSpec> = {}): ScorerSpec => ({
  ...{ type, not: false, weight: 1, name: `${more.not ? 'not-' : ''}${type}`, options: {}, place: { path: 'x' } },
  ...(value === undefined ? {} : { value }),
  ...more,
})
const [cat, dog] = [spec('contains', 'cat'), spec('contains', 'dog')]

describe('loosenings', () => {
  it.each<[string, ScorerSpec[], ScorerSpec[], RegExp[]]>([
    ['nothing', [cat, dog], [dog, cat], []],
    ['a scorer removed', [cat, dog], [dog], [/^contains "cat" was removed$/]],
    ['all removed', [cat, cat], [], [/cat" was removed/, /cat" was removed/]],
    ['one that never counted', [spec('contains', 'cat', { weight: 0 })], [], []],
    ['added ones', [cat], [cat, dog], []],
    ['another text, which cannot be compared', [cat], [dog], []],
    ['another kind', [spec('equals', 'cat')], [cat], [/^equals "cat" was removed/]],
    ['a weight of 0', [cat], [spec('contains', 'cat', { weight: 0 })], [/no longer counts/]],
    ['a weight that is only smaller', [cat], [spec('contains', 'cat', { weight: 0.1 })], []],
    ['another text and a weight of 0', [cat], [spec('contains', 'dog', { weight: 0 })], [/"cat" no longer counts/]],
    ['turned round', [spec('contains', 'cat', { not: true })], [cat], [/^not-contains "cat" was turned into contains/]],
    [
      'a lower threshold',
      [spec('rouge-n', 'a', { threshold: 0.8 })],
      [spec('rouge-n', 'a', { threshold: 0.5 })],
      [/from 0.8 to 0.5/],
    ],
    ['a higher threshold', [spec('rouge-n', 'a', { threshold: 0.5 })], [spec('rouge-n', 'a', { threshold: 0.8 })], []],
    [
      'the default in its place',
      [spec('rouge-n', 'a', { threshold: 0.9 })],
      [spec('rouge-n', 'a')],
      [/from 0.9 to 0.75/],
    ],
    [
      'a threshold that is a maximum',
      [spec('levenshtein', 'a', { threshold: 2 })],
      [spec('levenshtein', 'a')],
      [/from 2 to 5/],
    ],
    ['a limit in the short form', [spec('latency', 1000)], [spec('latency', 4000)], [/from 1000 to 4000/]],
    ['a limit that is tighter', [spec('cost', 2)], [spec('cost', 1)], []],
    [
      'a maximum under not-',
      [spec('latency', 1000, { not: true })],
      [spec('latency', 500, { not: true })],
      [/from 1000 to 500/],
    ],
    [
      'bounds',
      [spec('word-count', { min: 3, max: 9 })],
      [spec('word-count', { min: 1 })],
      [/min of word-count went from 3 to 1/, /max of word-count went from 9 to none/],
    ],
    ['any of more', [spec('contains-any', ['a'])], [spec('contains-any', ['a', 'b'])], [/any of 2 texts instead of 1/]],
    [
      'all of fewer',
      [spec('contains-all', ['a', 'b'])],
      [spec('contains-all', ['a'])],
      [/all of 1 texts instead of 2/],
    ],
    [
      'all of more, any of fewer',
      [spec('contains-all', ['a']), spec('contains-any', ['a', 'b'])],
      [spec('contains-all', ['a', 'b']), spec('contains-any', ['a'])],
      [],
    ],
    ['another rubric', [spec('llm-rubric', 'Strict.')], [spec('llm-rubric', 'Lenient.')], []],
    ['only another name', [cat], [spec('contains', 'cat', { name: 'pet' })], []],
  ])('%s', (_, base, head, said) => {
    const found = loosenings(base, head)
    expect(found).toHaveLength(said.length)
    said.forEach((one, at) => {
      expect(found[at]).toMatch(one)
    })
  })
})

describe('loosened-scorer', () => {
  it('names what was loosened in the set, without a call', async () => {
    const { of } = await checked({
      base: shop({ scorers: '[{ contains: "{{expected}}" }, { word-count: { max: 9 } }]' }),
      head: shop({ scorers: '[{ word-count: { max: 90 } }]' }),
    })
    expect(of('loosened-scorer')).toEqual([
      expect.objectContaining({ level: 'warn', evalSet: 'shop', place: { path: 'evals/shop.eval.yaml' } }),
    ])
    expect(of('loosened-scorer')[0]?.message).toMatch(/max of word-count went from 9 to 90; contains .* was removed/)
  })

  it.each([
    ['added', '', 'threshold: 0.5\n', /a threshold of 0.5 stands in for all scorers/],
    ['lowered', 'threshold: 0.9\n', 'threshold: 0.5\n', /went from 0.9 to 0.5/],
    ['raised', 'threshold: 0.5\n', 'threshold: 0.9\n', null],
    ['taken away', 'threshold: 0.5\n', '', null],
    ['of 1', '', 'threshold: 1\n', null],
  ])('a threshold of the set that is %s', async (_, before, after, said) => {
    const { of } = await checked({ base: shop({ extra: before }), head: shop({ extra: after }) })
    if (said === null) expect(of('loosened-scorer')).toEqual([])
    else expect(of('loosened-scorer')[0]?.message).toMatch(said)
  })

  it('in single cases, told once for all that it was done in', async () => {
    const strict = CASES.map((one) => ({ ...one, assert: [{ icontains: 'shop' }] }))
    const { of } = await checked({ base: shop({ cases: strict }), head: { 'evals/shop.jsonl': rows(CASES) } })
    const [finding] = of('loosened-scorer')
    expect(finding?.message).toMatch(
      /icontains "shop" was removed \(in refund, delivery, warranty, invoice, account and 1 more\)\.$/,
    )
    expect(finding?.evidence).toHaveLength(6)
  })

  it('stricter scorers and new sets say nothing', async () => {
    const { of } = await checked({
      base: shop(),
      head: shop({ scorers: '[{ contains: "{{expected}}" }, { word-count: { max: 9 } }]' }),
    })
    expect(of('loosened-scorer')).toEqual([])
    expect((await checked({ base: {}, head: shop() })).findings).toEqual([])
  })
})
