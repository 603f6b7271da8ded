import { describe, expect, it } from 'vitest'
import { bagHash, contentHash, listHash } from '../../src/config/canonical.ts'
import { sharedCases } from '../../src/config/shared-cases.ts'
import type { Case } from '../../src/domain.ts'

const kase = (id: string, more: Partial<Case> = {}): Case => ({
  id,
  explicitId: true,
  vars: { question: id, list: [1, { a: null }] },
  tags: [],
  labels: {},
  scorers: [],
  place: { path: 'cases.jsonl', line: 1 },
  hash: id,
  ...more,
})

describe('cases of both sides', () => {
  it('are one value where they are equal, and stay as they are where anything differs', () => {
    const differences: readonly Partial<Case>[] = [
      { vars: { question: 'b', list: [1, {}] } },
      { vars: { list: [1, { a: null }], question: 'b' } },
      { expected: null },
      { tags: ['x'] },
      { place: { path: 'cases.jsonl', line: 2 } },
      { context: [] },
    ]
    for (const more of differences) {
      const [base, head] = [
        [kase('a'), kase('b'), kase('gone')],
        [kase('b', more), kase('new'), kase('a')],
      ]
      const shared = sharedCases(base, head)
      expect(shared).toEqual(base)
      expect(shared[0]).toBe(head[2])
      expect(shared[1]).toBe(base[1])
    }
  })
})

describe('the hash of an object with a long list', () => {
  it.each([
    [{ a: 1 }, { z: [1] }],
    [{}, {}],
    [{ a: undefined, b: 'x' }, { y: undefined }],
  ])('is the content hash of the whole: %j … %j', (before, after) => {
    for (const items of [[], [1], [['a', null], { b: 2, a: 1 }, 'ä']]) {
      const hash = listHash('requests', { before, after })
      for (const item of items) hash.add(item)
      expect(hash.end()).toBe(contentHash({ ...before, requests: items, ...after }))
    }
  })
})

describe('the hash of items in any order', () => {
  const hashOf = (...items: readonly unknown[]) => {
    const hash = bagHash()
    for (const item of items) hash.add(item)
    return hash.end()
  }

  it('is that of the items, however often each is there, and not of their order', () => {
    expect(hashOf(['a', 1], ['b', null], 'c')).toBe(hashOf('c', ['a', 1], ['b', null]))
    const others = [[], ['a'], ['a', 'a'], ['a', 'b'], ['ab'], ['a', 'a', 'b'], [['a', 'b']], [['b', 'a']]]
    expect(new Set(others.map((items) => hashOf(...items))).size).toBe(others.length)
  })
})
