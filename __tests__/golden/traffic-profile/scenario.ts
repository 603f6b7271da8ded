import { PROMPT, project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

/** Thirty days of production, each call a hundred times longer than a case: mostly Asia, and some Oceania, which no case asks of. */
const traffic = Array.from({ length: 721 }, (_, hour) => ({
  ts: new Date(Date.parse('2026-06-01T00:00:00Z') + hour * 3_600_000).toISOString(),
  model: 'gpt-4.1-2025-04-14',
  input_tokens: 3000 + 500 * (hour % 5),
  cached_tokens: hour % 2 === 0 ? 1024 : 0,
  output_tokens: 200 + (hour % 3) * 50,
  batch: hour % 10 === 0,
  continent: ['Asia', 'Asia', 'Asia', 'Europe', 'Africa', 'America', 'Asia', 'Asia', 'Europe', 'Oceania'][hour % 10],
}))

// What production's calls are like is known: only what the change adds to them is projected.
export const scenario: Scenario = {
  scene: {
    base: {
      ...project(),
      'parity.yaml': `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", profile: traffic.jsonl, requests_per_month: 2000000, monthly_delta_usd: 100000 }
`,
      'traffic.jsonl': traffic.map((row) => `${JSON.stringify(row)}\n`).join(''),
    },
    head: { 'prompts/capital.md': `${PROMPT}${'Consider the history of the country before you answer. '.repeat(15)}\n` },
    llm: { answer: rightAnswer },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
