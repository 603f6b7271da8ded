import { CAPITALS, evalFile, project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const RULES = Array.from({ length: 300 }, (_, rule) => `Rule ${rule}: a seat of government is no capital.`).join('\n')
const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 3000000, prompt_cache_hit_ratio: 0.9 }
`
const cases = CAPITALS.map(
  ([country, city, continent], reader) =>
    `${JSON.stringify({ id: country.toLowerCase(), vars: { question: `What is the capital of ${country}?`, reader: `${reader}. reader` }, expected: city, continent })}\n`,
).join('')

// The same text, and one variable more: it stands ahead of everything that the cache served.
export const scenario: Scenario = {
  scene: {
    base: {
      ...project(),
      'evals/capital.eval.yaml': evalFile({ model: 'anthropic/claude-sonnet-4-5-20250929' }).replace('temperature: 0, ', ''),
      'parity.yaml': routes,
      'evals/cases/capital.jsonl': cases,
      'prompts/capital.md': `You answer questions about geography.\n${RULES}\n{{question}}\n`,
    },
    head: { 'prompts/capital.md': `You answer questions of {{ reader }}.\n${RULES}\n{{question}}\n` },
    // The eval run's own cache depends on which call comes first.
    llm: { answer: (context) => ({ text: rightAnswer(context), usage: { cached: 0, cacheWrite: 0 } }) },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
