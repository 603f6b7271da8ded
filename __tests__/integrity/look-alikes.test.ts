// Letters with marks, and more marks than any letter has.

import { describe, expect, it, vi } from 'vitest'
import { folded } from '../../src/integrity/look-alikes.ts'

describe('letters with marks', () => {
  it('are the letters', () => {
    expect(folded('E\u0301tude')).toBe('etude')
    expect(folded(`a${'\u0316\u0301'.repeat(1_000)} test`)).toBe('a test')
  })

  it('are put in order with few marks only', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    folded(`\u0915${'\u0316\u0301'.repeat(1_000)}`)
    const lengths = normalize.mock.contexts.map((text) => String(text).length)
    normalize.mockRestore()
    expect(Math.max(...lengths)).toBeLessThanOrEqual(31)
  })
})
