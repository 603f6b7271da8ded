import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 300000000, monthly_delta_usd: 5000 }
`
// The same answers, two hundred tokens more, ten million times a day.
export const scenario: Scenario = {
  scene: {
    base: { ...project(), 'parity.yaml': routes },
    head: { 'prompts/capital.md': `${PROMPT}${'Consider the history of the country before you answer. '.repeat(16)}\n` },
    llm: { answer: rightAnswer },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
