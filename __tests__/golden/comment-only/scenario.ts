import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// A comment in a template never reaches the model.
export const scenario: Scenario = {
  scene: {
    base: project({ prompt: `{# first version #}\n${PROMPT}` }),
    head: { 'prompts/capital.md': `{# first version, reviewed #}\n${PROMPT}` },
    llm: { answer: rightAnswer },
  },
  verdict: 'nothing-affected',
  exit: 0,
  commentStatus: 'off',
  calls: 0,
}
