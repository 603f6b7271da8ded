import { describe, expect, it } from 'vitest'
import { describeModel, type Pin } from '../../src/prices/describe.ts'
import { LIFECYCLE } from '../../src/prices/lifecycle.ts'

describe('pins', () => {
  it.each<[string, Pin, string | null]>([
    ['openai/gpt-4.1-2025-04-14', 'pinned', 'gpt'],
    ['openai/gpt-4.1', 'floating', 'gpt'],
    ['openai/gpt-5.6', 'floating', 'gpt'],
    ['openai/chatgpt-4o-latest', 'floating', 'gpt'],
    ['openai/gpt-5-chat-latest', 'floating', 'gpt'],
    ['openai/gpt-4-0613', 'pinned', 'gpt'],
    ['openai/ft:gpt-4o-2024-08-06:acme::x', 'pinned', 'gpt'],
    ['openai/o3', 'floating', 'gpt'],
    ['anthropic/claude-sonnet-4-5-20250929', 'pinned', 'claude'],
    ['anthropic/claude-sonnet-4-5', 'floating', 'claude'],
    ['anthropic/claude-sonnet-4-0', 'floating', 'claude'],
    ['anthropic/claude-3-5-sonnet-latest', 'floating', 'claude'],
    ['anthropic/claude-sonnet-4-6', 'pinned', 'claude'],
    ['anthropic/claude-opus-5', 'pinned', 'claude'],
    ['gemini/gemini-2.5-flash', 'pinned', 'gemini'],
    ['gemini/gemini-flash-latest', 'floating', 'gemini'],
    ['gemini/gemini-3-pro-preview', 'floating', 'gemini'],
    ['vertex/gemini-2.0-flash-001', 'pinned', 'gemini'],
    ['vertex/gemini-2.0-flash', 'floating', 'gemini'],
    ['vertex/claude-sonnet-4-5@20250929', 'pinned', 'claude'],
    ['vertex/claude-sonnet-4-5@default', 'floating', 'claude'],
    ['bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'pinned', 'claude'],
    ['bedrock/anthropic.claude-sonnet-4-6', 'pinned', 'claude'],
    ['bedrock/arn:aws:bedrock:eu-west-1:1:inference-profile/x', 'opaque', null],
    ['azure/support-gpt', 'opaque', null],
    ['mistral/mistral-large-2512', 'pinned', 'mistral'],
    ['mistral/mistral-large-latest', 'floating', 'mistral'],
    ['mistral/mistral-large', 'floating', 'mistral'],
    ['cohere/command-r-08-2024', 'pinned', 'command'],
    ['xai/grok-4-0709', 'pinned', 'grok'],
    ['xai/grok-4', 'floating', 'grok'],
    ['groq/llama-3.3-70b-versatile', 'unknown', 'llama'],
    ['acme/house-model', 'unknown', null],
    ['gpt-5', 'floating', 'gpt'],
  ])('%s is %s', (id, pin, family) => {
    expect(describeModel(id)).toMatchObject({ pin, family })
  })

  it('guesses the provider of a bare id from its family', () => {
    expect(describeModel('claude-opus-5').provider).toBe('anthropic')
    expect(describeModel('mystery').provider).toBeNull()
  })
})

describe('lifecycle', () => {
  it('knows announced ends of exactly the listed ids', () => {
    expect(describeModel('openai/gpt-4.1-2025-04-14').lifecycle).toMatchObject({
      shutdown: '2027-01-14',
      precision: 'exact',
    })
    expect(describeModel('gemini/gemini-2.5-pro').lifecycle).toMatchObject({
      replacement: 'gemini-3.8-flash',
      rerouted: true,
    })
    expect(describeModel('openai/gpt-6-sol').lifecycle).toBeNull()
    expect(describeModel('azure/gpt-4.1').lifecycle).toBeNull()
  })

  it('gives each row a real date and a source, and no id two ends', () => {
    const ids = LIFECYCLE.flatMap((row) => row.ids.map((id) => `${row.provider}/${id}`))
    expect(new Set(ids).size).toBe(ids.length)
    for (const row of LIFECYCLE) {
      expect(new Date(`${row.shutdown}T00:00:00Z`).toISOString().slice(0, 10)).toBe(row.shutdown)
      expect(row.source).not.toBe('')
    }
  })
})
