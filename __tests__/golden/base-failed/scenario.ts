import { evalFile, project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 10000, monthly_delta_usd: 100 }
`
// The base's model does not exist, and the change repairs it: there is nothing to compare a cost with.
export const scenario: Scenario = {
  scene: {
    base: { ...project({ model: 'openai/gpt-4.1-2025-04-41' }), 'parity.yaml': routes },
    head: { 'evals/capital.eval.yaml': evalFile() },
    llm: { answer: rightAnswer, knownModels: ['gpt-4.1-2025-04-14'] },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
