import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const LONG = 'It is not easy to say, and many books have been written about it. '.repeat(120)

// Three hundred broken cases with long answers: the comment is cut by priority, the verdict stays.
export const scenario: Scenario = {
  scene: {
    base: project({ cases: 300 }),
    head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n` },
    llm: { answer: (context) => (context.prompt.includes('thorough') ? LONG : rightAnswer(context)) },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
