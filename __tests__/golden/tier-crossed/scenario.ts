import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const routes = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 10000 }
`
// A hundred tokens more, and every token of a request costs twice as much.
export const scenario: Scenario = {
  scene: {
    base: { ...project({ model: 'openai/gpt-5.6-sol' }), 'parity.yaml': routes },
    head: { 'prompts/capital.md': `${PROMPT}Consider the whole appendix.\n` },
    llm: {
      answer: (context) => ({
        text: rightAnswer(context),
        usage: { input: context.prompt.includes('appendix') ? 272_050 : 271_950, cached: 0 },
      }),
    },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
}
