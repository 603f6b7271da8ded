// Numbers in as few bytes as they need: each must come back as it was.

import { describe, expect, it } from 'vitest'
import { createPacked } from '../../src/evaluate/packed.ts'
import { seededRandom } from '../../src/stats/random.ts'

const EDGES = [
  ...[0, -0, 1, 252, 253, 254, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -253],
  ...[0.1, 0.5, 1e-300, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
]

describe('packed lists of numbers', () => {
  it.each(EDGES)('%s comes back, between others', (number) => {
    const packed = createPacked()
    const address = packed.add([7, number, 300, number])
    expect([0, 1, 2, 3].map((at) => packed.get(address, at))).toEqual([7, number, 300, number])
  })

  it('thousands of lists of any length come back, over many blocks', () => {
    const random = seededRandom('packed')
    const lists = Array.from({ length: 6000 }, () =>
      Array.from({ length: Math.floor(random() * 30) }, () => EDGES[Math.floor(random() * EDGES.length)] ?? 0),
    )
    const packed = createPacked()
    const addresses = lists.map(packed.add)
    expect(lists.map((list, i) => list.map((_, at) => packed.get(addresses[i] ?? -1, at)))).toEqual(lists)
  })

  it('a list of nothing is taken anywhere: first, behind a long one, where a block is full', () => {
    const long = Array.from({ length: 50_000 }, (_, i) => i / 3)
    for (const before of [[], [long], Array.from({ length: 66_000 }, () => [1])]) {
      const packed = createPacked()
      for (const list of before) {
        packed.add(list)
        packed.add([])
      }
      packed.add([])
      expect(packed.get(packed.add([5, 0.5]), 1)).toBe(0.5)
    }
  })

  it('a list longer than a block does not touch its neighbours', () => {
    const packed = createPacked()
    const long = Array.from({ length: 50_000 }, (_, i) => i / 3)
    const addresses = [[1, 2], long, [3], long, [4, 0.5]].map(packed.add)
    expect(packed.get(addresses[0] ?? -1, 1)).toBe(2)
    expect([packed.get(addresses[1] ?? -1, 0), packed.get(addresses[3] ?? -1, 49_999)]).toEqual([0, 49_999 / 3])
    expect([packed.get(addresses[2] ?? -1, 0), packed.get(addresses[4] ?? -1, 1)]).toEqual([3, 0.5])
  })
})
