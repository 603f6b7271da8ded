import { describe, expect, it } from 'vitest'
import { divideRounded, formatUsd, parseUsd } from '../src/money.ts'

const pico = (text: string | number): bigint => {
  const parsed = parseUsd(text)
  if (parsed.state !== 'ok') throw new Error(parsed.why)
  return parsed.pico
}

describe('parseUsd', () => {
  it.each([
    ['0', 0n],
    ['1', 1_000_000_000_000n],
    ['-1.5', -1_500_000_000_000n],
    ['+.5', 500_000_000_000n],
    ['5.', 5_000_000_000_000n],
    [0.1, 100_000_000_000n],
    [1e-7, 100_000n],
    ['0.000000000001', 1n],
    [9000, 9_000_000_000_000_000n],
    [1e21, 10n ** 33n],
  ])('reads %s exactly', (text, expected) => {
    expect(pico(text)).toBe(expected)
  })

  it.each([
    '',
    '.',
    '-',
    'abc',
    '1,000',
    '$5',
    '1e',
    '0x10',
    'NaN',
    'Infinity',
    '1e9999',
    '0.0000000000001',
    '--1',
    '１',
  ])('refuses %s', (text) => {
    expect(parseUsd(text).state).toBe('invalid')
  })

  it('refuses numbers that are none', () => {
    expect(parseUsd(Number.NaN).state).toBe('invalid')
    expect(parseUsd(Number.POSITIVE_INFINITY).state).toBe('invalid')
  })

  it('reads a long run of digits in no time', () => {
    expect(parseUsd('9'.repeat(5000)).state).toBe('ok')
  })
})

describe('formatUsd', () => {
  it.each([
    [0n, '0'],
    [6_500_000_000n, '0.0065'],
    [-1n, '-0.000000000001'],
    [1_000_000_000_000n, '1'],
    [3_648_750_000_000_000n, '3648.75'],
  ])('%s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text)
  })

  it('is undone by parseUsd', () => {
    for (let amount = -7n; amount < 10n ** 20n; amount = amount * 13n + 104_729n) {
      expect(pico(formatUsd(amount))).toBe(amount)
      expect(pico(formatUsd(-amount))).toBe(-amount)
    }
  })
})

describe('divideRounded', () => {
  it('rounds halves away from zero on both sides', () => {
    expect([5n, -5n, 4n, -4n, 6n].map((value) => divideRounded(value, 2n))).toEqual([3n, -3n, 2n, -2n, 3n])
  })
})
