import { project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// A smaller model with the same answers: cheaper.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: { 'evals/capital.eval.yaml': project({ model: 'openai/gpt-4.1-mini-2025-04-14' })['evals/capital.eval.yaml'] ?? '' },
    llm: { answer: rightAnswer, knownModels: ['gpt-4.1-2025-04-14', 'gpt-4.1-mini-2025-04-14'] },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
