// When models stop, as far as it is known. Kept by hand; a row needs a source. Two kinds of date: `exact` is announced,
// `earliest` is "not before". A model that is not listed is not known to stop, which is no promise that it stays.

export type Lifecycle = {
  /** Bare ids, as in the price table. Dated snapshots are listed by themselves. */
  readonly ids: readonly string[]
  readonly provider: string
  /** `YYYY-MM-DD`, UTC. */
  readonly shutdown: string
  readonly precision: 'exact' | 'earliest'
  /** Nothing is announced: the provider only promises that it does not stop before the day. */
  readonly tentative?: true
  /** What answers, or is advised, afterwards. */
  readonly replacement?: string
  /** The provider goes on answering under the old id with another model, at that model's price. */
  readonly rerouted?: boolean
  readonly source: string
}

const OPENAI_PAGE = 'OpenAI deprecations page, read through secondary lists in November 2026'
const FEED = 'model-eol feed, August 2026'

export const LIFECYCLE: readonly Lifecycle[] = [
  {
    provider: 'anthropic',
    ids: ['claude-opus-4-1', 'claude-opus-4-1-20250805'],
    shutdown: '2026-08-05',
    precision: 'exact',
    source: FEED,
  },
  {
    provider: 'openai',
    ids: [
      'gpt-3.5-turbo',
      'gpt-3.5-turbo-0125',
      'gpt-4',
      'gpt-4-0613',
      'gpt-4-turbo',
      'gpt-4-turbo-2024-04-09',
      'o1',
      'o1-2024-12-17',
      'o3-mini',
      'o3-mini-2025-01-31',
      'o4-mini',
      'o4-mini-2025-04-16',
      'gpt-4.1-nano',
      'gpt-4.1-nano-2025-04-14',
      'gpt-4o-2024-05-13',
    ],
    shutdown: '2026-10-23',
    precision: 'exact',
    source: OPENAI_PAGE,
  },
  {
    provider: 'gemini',
    ids: ['gemini-2.5-pro'],
    shutdown: '2026-12-01',
    precision: 'exact',
    replacement: 'gemini-3.8-flash',
    rerouted: true,
    source: 'secondary list citing Google, 2026-11-10',
  },
  {
    provider: 'gemini',
    ids: ['gemini-2.5-flash'],
    shutdown: '2026-12-01',
    precision: 'exact',
    replacement: 'gemini-3.5-flash-lite',
    rerouted: true,
    source: 'secondary list citing Google, 2026-11-10',
  },
  {
    provider: 'openai',
    ids: [
      'gpt-5',
      'gpt-5-2025-08-07',
      'gpt-5-mini',
      'gpt-5-mini-2025-08-07',
      'gpt-5-nano',
      'gpt-5-nano-2025-08-07',
      'gpt-5-pro',
      'gpt-5-pro-2025-10-06',
      'o3',
      'o3-2025-04-16',
    ],
    shutdown: '2026-12-11',
    precision: 'exact',
    source: FEED,
  },
  {
    provider: 'openai',
    ids: [
      'gpt-4o-2024-08-06',
      'gpt-4o-2024-11-20',
      'gpt-4o-mini',
      'gpt-4o-mini-2024-07-18',
      'gpt-4.1',
      'gpt-4.1-2025-04-14',
      'gpt-4.1-mini',
      'gpt-4.1-mini-2025-04-14',
    ],
    shutdown: '2027-01-14',
    precision: 'exact',
    replacement: 'gpt-6-luna',
    source: OPENAI_PAGE,
  },
  {
    provider: 'openai',
    ids: ['gpt-5.1', 'gpt-5.1-2025-11-13'],
    shutdown: '2027-04-01',
    precision: 'exact',
    source: OPENAI_PAGE,
  },
  {
    provider: 'anthropic',
    ids: ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
    shutdown: '2026-09-29',
    precision: 'earliest',
    tentative: true,
    source: 'LiteLLM model list, August 2026',
  },
  {
    provider: 'anthropic',
    ids: ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
    shutdown: '2026-10-15',
    precision: 'earliest',
    tentative: true,
    source: 'LiteLLM model list, August 2026',
  },
]
