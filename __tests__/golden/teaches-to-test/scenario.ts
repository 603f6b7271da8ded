import { cases, lastAnswer, PROMPT, project } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// Examples of the prompt are cases, a case is doubled and one is gone: it passes, and the first lines say what that is worth.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: {
      'prompts/capital.md': `${PROMPT}Examples:\n- “What is the  capital of Japan?” Tokyo\n- What is the capital of Peru? Lima\n`,
      'evals/cases/capital.jsonl': `${cases(19)}${JSON.stringify({ id: 'again', vars: { question: 'What is the capital of Kenya?' }, expected: 'Nairobi', continent: 'Africa' })}\n`,
    },
    llm: { answer: lastAnswer },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
