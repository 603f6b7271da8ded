import { project, PROMPT, wrongWhen } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// The same commit again: nothing is drawn anew, and the comment of another author with our marker is left alone.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n` },
    llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
    github: { comments: [{ issue: 7, body: '<!-- prompt-parity:parity.yaml -->\n\nOld.' }, { issue: 7, body: '<!-- prompt-parity:parity.yaml -->\n\nQuoted.', author: 'stranger' }] },
  },
  before: (play) => play.run(),
  verdict: 'fail',
  exit: 1,
  commentStatus: 'updated',
  calls: 0,
}
