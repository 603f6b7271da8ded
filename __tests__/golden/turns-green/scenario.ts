import { project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// The change that was red is gone: nothing is affected any more, and the comment that is there says so.
export const scenario: Scenario = {
  scene: {
    base: project(),
    head: { 'README.md': '# Atlas of the world\n' },
    llm: { answer: rightAnswer },
    github: { comments: [{ issue: 7, body: '<!-- prompt-parity:parity.yaml -->\n\n### ✗ Fails: 4 of 20 cases broke.' }] },
  },
  verdict: 'nothing-affected',
  exit: 0,
  commentStatus: 'updated',
  calls: 0,
}
