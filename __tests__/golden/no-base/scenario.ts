import { project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const { 'README.md': readme, ...added } = project({
  extra: 'gates: { max_drop_points: 5, cost: { max_ratio: 1.2 } }\n',
})
const config = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 10000000, monthly_usd: 5000, monthly_delta_usd: 100 }
`
// The adopting pull request: the head's cost alone, against the ceiling of the level; there is no change to hold a limit against.
export const scenario: Scenario = {
  scene: {
    base: { 'README.md': readme ?? '', 'src/app.py': 'print("hello")\n' },
    head: { ...added, 'parity.yaml': config },
    llm: { answer: rightAnswer },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
