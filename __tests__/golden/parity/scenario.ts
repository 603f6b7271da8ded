import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// Other words, the same answers.
export const scenario: Scenario = {
  scene: { base: project(), head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` }, llm: { answer: rightAnswer } },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
  calls: 40,
}
