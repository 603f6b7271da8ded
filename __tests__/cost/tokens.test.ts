import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../src/cost/tokens.ts'

const TEXT = 'The customer asks whether the parcel can be returned after thirty days. '.repeat(20)

describe('estimateTokens', () => {
  it('gives a range of 15 % and says that it is an estimate', () => {
    const { tokens, low, high, provenance } = estimateTokens(TEXT, 'openai/gpt-4.1')
    // Twelve common words and a full stop, a token each, twenty times.
    expect(Math.abs(tokens - 260) / 260).toBeLessThan(0.15)
    expect([low, high, provenance]).toEqual([Math.floor(tokens * 0.85), Math.ceil(tokens * 1.15), 'estimated'])
  })

  it('counts more for vocabularies that cut finer', () => {
    const count = (model: string) => estimateTokens(TEXT, model).tokens
    const [openai, gemini] = [count('openai/gpt-4.1'), count('gemini/gemini-2.5-pro')]
    const [older, newer] = [count('anthropic/claude-sonnet-4-5-20250929'), count('anthropic/claude-opus-4-7')]
    expect(openai < gemini && gemini < older && older < newer).toBe(true)
    expect(count('anthropic/claude-sonnet-4-20250514')).toBe(older)
    expect(count('bedrock/us.anthropic.claude-sonnet-5-v1:0')).toBe(newer)
  })

  it('takes nothing as nothing', () => {
    expect(estimateTokens('', 'openai/gpt-4.1').tokens).toBe(0)
  })

  it.each([
    ['a'.repeat(1_000_000)],
    ['<|endoftext|>'.repeat(10_000)],
    ['\u{1F600}'.repeat(100_000)],
    ['\ud800'.repeat(1000)],
  ])('survives hostile text', (text) => {
    expect(estimateTokens(text, 'openai/gpt-4.1').tokens).toBeGreaterThan(0)
  })
})
