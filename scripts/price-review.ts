// What a person decided about the price source: which providers, which factors, where it is wrong.

import type { Multiplier } from '../src/prices/table.ts'

/** The version that was read by a person, and the day up to which its changes go. A newer one must be reviewed first. */
export const REVIEWED = { version: '0.1.8', asOf: '2026-09-22' }

const HALF: Multiplier = { num: 1, den: 2, assumed: false }
const ASSUMED_HALF: Multiplier = { num: 1, den: 2, assumed: true }

export type Reviewed = {
  readonly from: string
  readonly batch?: Multiplier
  readonly flex?: Multiplier
  readonly fallback?: readonly string[]
  readonly keep?: (id: string) => boolean
  /** Documented ids that the source only reaches by a prefix. */
  readonly extra?: { readonly [model: string]: readonly string[] }
}

const isClaude = (id: string): boolean => id.includes('claude')

// Batch at half price is published by OpenAI, Anthropic and Google; the rest is what is usual, and marked so.
export const PROVIDERS: { readonly [provider: string]: Reviewed } = {
  openai: { from: 'openai', batch: HALF, flex: ASSUMED_HALF },
  anthropic: {
    from: 'anthropic',
    batch: HALF,
    extra: {
      'claude-2': ['claude-2.0', 'claude-2.1'],
      'claude-3-5-haiku-latest': ['claude-3-5-haiku-latest'],
      'claude-3-5-sonnet': ['claude-3-5-sonnet-latest'],
    },
  },
  gemini: {
    from: 'google',
    batch: HALF,
    flex: ASSUMED_HALF,
    keep: (id) => !isClaude(id),
    extra: {
      'gemini-1.5-flash': ['gemini-1.5-flash-latest'],
      'gemini-1.5-pro': ['gemini-1.5-pro-latest'],
      'gemini-2.5-pro': ['gemini-2.5-pro-preview'],
      'gemini-2.5-flash-lite': ['gemini-2.5-flash-lite-preview'],
    },
  },
  vertex: {
    from: 'google',
    batch: ASSUMED_HALF,
    fallback: ['gemini', 'anthropic'],
    keep: isClaude,
    extra: { 'claude-3-5-sonnet': ['claude-3-5-sonnet-v2'] },
  },
  mistral: {
    from: 'mistral',
    batch: ASSUMED_HALF,
    extra: {
      'magistral-small': [
        'magistral-small-latest',
        'magistral-small-2506',
        'magistral-small-2507',
        'magistral-small-2509',
      ],
      'magistral-medium': [
        'magistral-medium-latest',
        'magistral-medium-2506',
        'magistral-medium-2507',
        'magistral-medium-2509',
      ],
    },
  },
  groq: { from: 'groq', batch: ASSUMED_HALF, flex: { num: 1, den: 1, assumed: true } },
  xai: { from: 'x-ai' },
  deepseek: { from: 'deepseek' },
  bedrock: { from: 'aws', batch: ASSUMED_HALF },
  azure: { from: 'azure', batch: ASSUMED_HALF },
  cohere: { from: 'cohere' },
  together: { from: 'together', batch: ASSUMED_HALF },
  fireworks: { from: 'fireworks', batch: ASSUMED_HALF },
  cerebras: { from: 'cerebras' },
}

/** Where other published lists agree against the source. The id leaves its old model and joins the new one. */
export const MOVED_IDS = [
  {
    provider: 'mistral',
    id: 'mistral-large-latest',
    to: 'mistral-large-2512',
    since: '2025-12-02',
    note: 'the alias moved from Mistral Large 2 (2/6) to Mistral Large 3 (0.5/1.5) on 2025-12-02',
  },
]

export const NOTES: { readonly [id: string]: string } = {
  'deepseek/deepseek-chat': 'published lists disagree on this price by up to four times; set prices: to your own',
}
