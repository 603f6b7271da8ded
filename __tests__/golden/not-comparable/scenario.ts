import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const shared = (deployment: string) => project({ model: deployment })['evals/capital.eval.yaml'] ?? ''

// The prompt's variable is used nowhere: a changed partial that no case reaches leaves every request as it was.
export const scenario: Scenario = {
  scene: {
    base: { ...project({ prompt: `${PROMPT}{% if tone %}Be {{ tone }}.{% endif %}\n` }), 'evals/capital.eval.yaml': shared('openai/gpt-4.1-2025-04-14') },
    head: { 'prompts/capital.md': `${PROMPT}{% if tone %}Always be {{ tone }}.{% endif %}\n` },
    llm: { answer: rightAnswer },
  },
  verdict: 'not-measured',
  exit: 3,
  commentStatus: 'created',
  calls: 0,
}
