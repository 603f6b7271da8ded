import { project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// A model that does not exist is the head's own doing: every case is broken, and nothing is an outage.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: { 'evals/capital.eval.yaml': project({ model: 'openai/gpt-4.1-2025-04-41' })['evals/capital.eval.yaml'] ?? '' },
    llm: { answer: rightAnswer, knownModels: ['gpt-4.1-2025-04-14'] },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
