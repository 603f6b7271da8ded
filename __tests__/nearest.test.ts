import { describe, expect, it } from 'vitest'
import { nearest } from '../src/nearest.ts'

const keys = ['max_drop_points', 'min_score', 'must_pass', 'slices', 'scorers', 'latency']

describe('nearest', () => {
  it.each([
    ['max_drop_point', 'max_drop_points'],
    ['max_drop_poitns', 'max_drop_points'],
    ['mni_score', 'min_score'],
    ['slcies', 'slices'],
    ['scorer', 'scorers'],
    ['LATENCY', 'latency'],
  ])('%s is a slip of %s', (name, expected) => {
    expect(nearest(name, keys)).toBe(expected)
  })

  it('counts a swap of neighbours as one edit', () => {
    expect(nearest('abdc', ['abcd'])).toBe('abcd')
    expect(nearest('dcba', ['abcd'])).toBeNull()
  })

  it.each(['', 'x', 'threshold_of_everything', '__proto__'])('%j is a slip of nothing', (name) => {
    expect(nearest(name, keys)).toBeNull()
  })

  it('prefers the closest, then the earlier', () => {
    expect(nearest('cat', ['cart', 'cat'])).toBe('cat')
    expect(nearest('caat', ['cart', 'cast'])).toBe('cart')
  })

  it('copes with a megabyte of name', () => {
    expect(nearest('a'.repeat(1_000_000), keys)).toBeNull()
  })
})
