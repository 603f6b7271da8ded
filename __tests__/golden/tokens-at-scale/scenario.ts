import { PROMPT, project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 300000000, monthly_usd: 100000 }
`
// Two hundred tokens more for each of ten million calls a day. The answers are the same; the bill is not.
export const scenario: Scenario = {
  scene: {
    base: { ...project(), 'parity.yaml': routes },
    head: { 'prompts/capital.md': `${PROMPT}${'Consider the history of the country before you answer. '.repeat(15)}\n` },
    llm: { answer: rightAnswer },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
