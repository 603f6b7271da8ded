import { project, PROMPT, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'
import { day } from '../../e2e/today.ts'

const inTenDays = day(10)
const config = `routes:
  - { name: atlas, evals: [capital], owner: "@atlas/finops", requests_per_month: 1000000 }
prices:
  - { id: "openai/gpt-house", input: 1, output: 4, reason: "contract" }
  - { id: "openai/gpt-house", from: ${inTenDays}, input: 2, output: 8, reason: "contract" }
`
// A month of which twenty days are at twice the price.
export const scenario: Scenario = {
  scene: {
    base: { ...project({ model: 'openai/gpt-house' }), 'parity.yaml': config },
    head: { 'prompts/capital.md': `${PROMPT}Consider the history of the country before you answer.\n` },
    llm: { answer: (context) => ({ text: rightAnswer(context), usage: { cached: 0 } }), knownModels: ['gpt-house'] },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
  mask: (text) =>
    text
      .replaceAll(inTenDays, '<in ten days>')
      .replace(/\b[0-9a-f]{40}\b/g, '<sha>')
      .replace(/`[0-9a-f]{7} \(/g, '`<sha> (')
      .replace(/config `[0-9a-f]{12}`/g, 'config `<hash>`')
      .replace(/"configHash": "[0-9a-f]+"/g, '"configHash": "<hash>"'),
}
