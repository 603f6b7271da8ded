import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 10000, monthly_usd: 100 }
`
// Two limits on money, and a model that nobody knows the price of: never 0, and never a pass.
export const scenario: Scenario = {
  scene: {
    base: {
      ...project({ model: 'openai/gpt-house', extra: 'gates: { max_drop_points: 5, cost: { max_ratio: 1.2 } }\n' }),
      'parity.yaml': routes,
    },
    head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` },
    llm: { answer: rightAnswer, knownModels: ['gpt-house'] },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
