import { describe, expect, it } from 'vitest'
import { divideRounded, formatUsd, humanUsd, parseUsd } from '../src/money.ts'

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

describe('humanUsd', () => {
  it.each([
    ['1402.3', '$1,402'],
    ['0.0021', '$0.0021'],
    ['0', '$0'],
    ['9.5', '$9.50'],
    ['99.99', '$99.99'],
    ['99.999', '$100'],
    ['0.5', '$0.50'],
    ['0.99', '$0.99'],
    ['0.996', '$1.00'],
    ['0.0996', '$0.10'],
    ['0.00000012345', '$0.00000012'],
    ['0.000000000001', '$0.000000000001'],
    ['1234567.5', '$1,234,568'],
    ['-180', '-$180'],
  ])('%s is %s', (amount, text) => {
    expect(humanUsd(pico(amount))).toBe(text)
  })

  it('marks gains when asked', () => {
    expect(humanUsd(pico('180'), { signed: true })).toBe('+$180')
    expect(humanUsd(pico('-0.0021'), { signed: true })).toBe('-$0.0021')
    expect(humanUsd(0n, { signed: true })).toBe('$0')
  })
})

describe('divideRounded', () => {
  it('rounds halves away from zero on both sides', () => {
    expect([5n, -5n, 4n, -4n, 6n].map((value) => divideRounded(value, 2n))).toEqual([3n, -3n, 2n, -2n, 3n])
  })
})
