import { project, PROMPT, wrongWhen } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// The base misses three capitals; the head knows them.
export const scenario: Scenario = {
  scene: {
    base: project({ prompt: `${PROMPT}Hedge.\n` }),
    head: { 'prompts/capital.md': PROMPT },
    llm: { answer: wrongWhen('Hedge', ['Italy', 'India', 'Cuba']) },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
