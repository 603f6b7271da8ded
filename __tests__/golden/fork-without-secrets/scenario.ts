import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// A fork gets the plan and its price, and no call.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` },
    llm: { answer: rightAnswer },
    proposer: 'fork',
  },
  verdict: 'planned',
  exit: 0,
  commentStatus: 'skipped-fork',
  calls: 0,
}
