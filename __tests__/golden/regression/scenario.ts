import { project, PROMPT, wrongWhen } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// One sentence more, and four of twenty answers are lost.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n` },
    llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
  calls: 56,
}
