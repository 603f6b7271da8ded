// A small scorer table, so that these tests do not depend on the real one.

import type { ScorerNames } from '../../src/config/scorer-names.ts'

export const known: ScorerNames = {
  names: [
    'contains',
    'icontains',
    'equals',
    'is-json',
    'llm-rubric',
    'regex',
    'starts-with',
    'word-count',
    'latency',
    'cost',
    'similar',
  ],
  aliases: { judge: 'llm-rubric', 'json-schema': 'is-json' },
  notRunnable: { perplexity: 'it needs token probabilities.' },
}

export const SIX_LINES = `target:
  prompt: prompts/answer.md
  model: openai/gpt-4.1-2025-04-14
cases: [cases.jsonl]
scorers:
  - contains: "{{expected}}"
`
