// Prompts with others in them: how far these are put in where they are called by name.

import { describe, expect, it } from 'vitest'
import type { FoundPrompt } from '../../src/detect/prompts.ts'
import { withoutRetold } from '../../src/detect/retold.ts'

const prompt = (symbol: string, value: string, inserted: readonly string[] = []): FoundPrompt => ({
  symbol,
  owner: '',
  line: 1,
  pieces: [{ value, line: 1, inserted }],
})

describe('a sentence under a name', () => {
  const isRetold = (sentence: string, times: number) => {
    const come = [
      prompt('TONE', sentence),
      prompt('SYSTEM', 'Say: {}'.repeat(times), Array<string>(times).fill('TONE')),
    ]
    const gone = [prompt('SYSTEM', `Say: ${sentence}`.repeat(times))]
    return withoutRetold({ gone, come }).come.length === 0
  }

  it('is put back in', () => {
    expect(isRetold('Be kind.', 1)).toBe(true)
    expect(isRetold('Be kind.', 50)).toBe(true)
  })

  it('is left where the text would grow without end', () => {
    expect(isRetold('Be kind.', 51)).toBe(false)
    expect(isRetold('x'.repeat(100_001), 2)).toBe(false)
  })
})
