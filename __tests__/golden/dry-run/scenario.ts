import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 10000000, monthly_delta_usd: 100 }
`
// What the change would cost, without a call: an estimate with its error, and a ceiling that only warns.
export const scenario: Scenario = {
  scene: {
    base: { ...project(), 'parity.yaml': routes },
    head: { 'prompts/capital.md': `${PROMPT}${'Consider the history of the country before you answer. '.repeat(16)}\n` },
    llm: { answer: rightAnswer },
    inputs: { 'dry-run': 'true' },
  },
  verdict: 'planned',
  exit: 0,
  commentStatus: 'created',
  calls: 0,
}
