import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// An outage is no result of either side.
export const scenario: Scenario = {
  scene: { base: project({ cases: 3 }), head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` }, llm: { answer: rightAnswer, down: true } },
  verdict: 'not-measured',
  exit: 3,
  commentStatus: 'created',
}
