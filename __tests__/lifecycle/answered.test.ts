// Model asked and model answered.

import { describe, expect, it } from 'vitest'
import { type Answered, AnswerTally, answeredAs } from '../../src/lifecycle/answered.ts'

const CASES: readonly (readonly [string, string, Answered])[] = [
  // The pin itself, in the spellings of providers and gateways.
  ['openai/gpt-4.1-2025-04-14', 'gpt-4.1-2025-04-14', 'same'],
  ['openai/gpt-4.1-2025-04-14', 'openai/gpt-4.1-2025-04-14', 'same'],
  ['openai/gpt-4.1-2025-04-14', 'gpt-4.1', 'same'],
  ['openrouter/openai/gpt-4.1', 'openai/gpt-4.1', 'same'],
  ['openrouter/openai/gpt-4.1:free', 'openai/gpt-4.1', 'same'],
  ['bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929', 'same'],
  ['vertex/claude-opus-4-1@20250805', 'claude-opus-4-1-20250805', 'same'],
  ['gemini/gemini-2.5-pro', 'models/gemini-2.5-pro', 'same'],
  ['anthropic/claude-opus-4-6', 'claude-opus-4-6', 'same'],
  // Aliases that resolve.
  ['openai/gpt-4.1', 'gpt-4.1-2025-04-14', 'resolved'],
  ['anthropic/claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', 'resolved'],
  ['openai/gpt-5.6', 'gpt-5.6-sol', 'resolved'],
  ['anthropic/claude-sonnet-4-0', 'claude-sonnet-4-20250514', 'resolved'],
  ['openai/gpt-3.5-turbo', 'gpt-3.5-turbo-0125', 'resolved'],
  ['gemini/gemini-2.5-flash-preview', 'gemini-2.5-flash-preview-09-2025', 'resolved'],
  ['anthropic/claude-3-5-sonnet-latest', 'claude-3-5-sonnet-20241022', 'resolved'],
  ['gemini/gemini-flash-latest', 'gemini-3.8-flash', 'resolved'],
  ['openrouter/auto', 'openai/gpt-4.1', 'resolved'],
  ['gemini/gemini-2.5-pro', 'gemini-2.5-pro-001', 'resolved'],
  // Another model.
  ['gemini/gemini-2.5-pro', 'gemini-3.8-flash', 'other'],
  ['openai/gpt-4.1-2025-04-14', 'gpt-6-luna', 'other'],
  ['openai/gpt-4.1-2025-04-14', 'gpt-4.1-2025-06-01', 'other'],
  ['openai/gpt-4.1-2025-04-14', 'gpt-4.1-mini-2025-04-14', 'other'],
  ['openai/gpt-4.1', 'gpt-6-luna', 'other'],
  ['openai/gpt-4', 'gpt-4o', 'other'],
  ['openai/gpt-4', 'gpt-4-turbo-2024-04-09', 'other'],
  ['openai/gpt-4.1', 'gpt-4.1-mini-2025-04-14', 'other'],
  ['anthropic/claude-sonnet-4-0', 'claude-sonnet-4-5-20250929', 'other'],
  ['anthropic/claude-sonnet-4-5-20250929', 'claude-sonnet-4-6', 'other'],
  // What only its owner can say.
  ['azure/support', 'gpt-4.1-2025-04-14', 'unknown'],
  ['gateway/house-model', 'house-model-v2', 'unknown'],
  ['openai/gpt-4.1', '', 'same'],
]

describe('what an answer is to what was asked', () => {
  it.each(CASES)('%s, %s: %s', (asked, answered, as) => {
    expect(answeredAs(asked, answered)).toBe(as)
  })

  it('a deployment is held against what `models:` says', () => {
    const models = {
      'azure/support': 'openai/gpt-4.1-2025-04-14',
      'azure/alias': { base: 'a', head: 'openai/gpt-4.1' },
    }
    expect(answeredAs('azure/support', 'gpt-4.1-2025-04-14', models)).toBe('same')
    expect(answeredAs('azure/support', 'support', models)).toBe('same')
    expect(answeredAs('azure/support', 'gpt-4o-2024-08-06', models)).toBe('other')
    expect(answeredAs('azure/alias', 'gpt-4.1-2025-04-14', models)).toBe('resolved')
  })

  it('hostile names end in an answer', () => {
    for (const name of ['__proto__', 'constructor', '\u0000', '/', ':', '🜍'.repeat(1000), '-'.repeat(100_000)])
      expect(['same', 'resolved', 'other', 'unknown']).toContain(answeredAs(name, name.slice(1), { constructor: 'x' }))
  })
})

it('equal pairs are counted together', () => {
  const tally = new AnswerTally()
  tally.add('s', 'openai/a', 'a')
  tally.add('s', 'openai/a', 'a')
  tally.add('s', 'openai/a', 'b')
  tally.add('s', 'openai/a', undefined)
  tally.add('s","x', 'openai/a', 'a')
  expect(tally.all().map((one) => one.count)).toEqual([2, 1, 1])
})
