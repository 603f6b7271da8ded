// Cases of a large set without their texts: whoever reads them must see no difference.

import { describe, expect, it } from 'vitest'
import type { LoadedSets } from '../../src/config/pairs.ts'
import { HELD_CASES, shelveCases, withScorers } from '../../src/config/shelved-cases.ts'
import type { Case, EvalSet, ScorerSpec } from '../../src/domain.ts'
import type { Shelf } from '../../src/ports.ts'

const scorer: ScorerSpec = { type: 'equals', options: { value: 'x' } } as unknown as ScorerSpec
const KINDS: readonly Partial<Case>[] = [
  {},
  { expected: 'Grüße 🎉' },
  { expected: null },
  { expected: { a: [1, 2.5, 'x'] }, threshold: 0 },
  { context: ['a', 'b'], relevant: [], explicitId: true },
  { messages: [{ role: 'user', content: 'hi\n' }] as unknown as readonly NonNullable<Case['messages']>[number][] },
  { scorers: [scorer], tags: ['t'], labels: { language: 'de' } },
]

const caseOf = (at: number): Case => ({
  id: `c${at}`,
  explicitId: false,
  vars: { q: `question ${at}`, __proto_: 1, nested: { deep: [at] } },
  tags: [],
  labels: {},
  scorers: [],
  place: { path: 'cases.jsonl', line: at + 1 },
  hash: String(at).padStart(64, '0'),
  ...KINDS[at % KINDS.length],
})
const FIELDS = Object.keys({ ...caseOf(0), ...Object.assign({}, ...KINDS) }) as (keyof Case)[]
const casesOf = (count: number) => Array.from({ length: count }, (_, at) => caseOf(at))
const setOf = (cases: readonly Case[]) => ({ name: 's', cases }) as unknown as EvalSet
const pairOf = (base: EvalSet | null, head: EvalSet | null): LoadedSets => ({
  pairs: [{ name: 's', base, head, headProblems: [] }],
})

function memoryShelf(): Shelf & { puts(): number } {
  const texts: string[] = []
  return { put: (text) => texts.push(text) - 1, get: (ticket) => texts[ticket] ?? '', puts: () => texts.length }
}

describe('the cases of a large set', () => {
  const cases = casesOf(HELD_CASES + 1)
  const shelf = memoryShelf()
  const head = setOf(cases)
  const [pair] = shelveCases(pairOf(head, head), () => shelf).pairs

  it('read as they were, in any order of asking', () => {
    for (const at of [5, 0, 1, 2, 3, 4, 6, HELD_CASES, 0])
      for (const field of FIELDS)
        expect(pair?.head?.cases[at]?.[field], `${field} of ${at}`).toEqual(cases[at]?.[field])
  })

  it('hold no text of their own', () => {
    expect(JSON.stringify(pair?.head?.cases.map((one) => ({ ...one })))).not.toContain('question')
  })

  it('are one value where they were one: a set, and a case of two sets', () => {
    expect(pair?.base).toBe(pair?.head)
    const edited = setOf([caseOf(99_999), ...cases.slice(1)])
    const before = shelf.puts()
    const [other] = shelveCases(pairOf(head, edited), () => shelf).pairs
    expect(other?.base).not.toBe(other?.head)
    expect(other?.base?.cases[7]).toBe(other?.head?.cases[7])
    expect(other?.base?.cases[0]?.id).not.toBe(other?.head?.cases[0]?.id)
    expect(shelf.puts() - before).toBe(cases.length + 1)
  })

  it('keep the rest when their scorers change', () => {
    const old = pair?.head?.cases[4]
    const changed = old === undefined ? undefined : withScorers(old, [scorer])
    expect(changed?.scorers).toEqual([scorer])
    expect(FIELDS.filter((field) => field !== 'scorers').map((field) => changed?.[field])).toEqual(
      FIELDS.filter((field) => field !== 'scorers').map((field) => cases[4]?.[field]),
    )
    expect(old?.scorers).toEqual([])
  })
})

it('a small set stays as it is, and opens no shelf', () => {
  const sets = pairOf(null, setOf(casesOf(HELD_CASES)))
  const { pairs } = shelveCases(sets, () => {
    throw new Error('opened')
  })
  expect(pairs[0]?.head).toBe(sets.pairs[0]?.head)
  expect(withScorers(caseOf(1), [scorer])).toEqual({ ...caseOf(1), scorers: [scorer] })
})
