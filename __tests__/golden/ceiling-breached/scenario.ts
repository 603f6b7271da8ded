import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const config = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 10000000, monthly_usd: 800 }
cost: { monthly_usd: 900, owner: "@atlas/cfo" }
`
// The month of the route and that of the repository are above their ceilings.
export const scenario: Scenario = {
  scene: {
    base: { ...project(), 'parity.yaml': config },
    head: { 'prompts/capital.md': `${PROMPT}Consider the history of the country before you answer.\n` },
    llm: { answer: (context) => `${rightAnswer(context)}, of course` },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
