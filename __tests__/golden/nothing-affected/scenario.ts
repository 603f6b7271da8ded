import { project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

export const scenario: Scenario = {
  scene: { base: project(), head: { 'README.md': '# Atlas of the world\n' }, llm: { answer: rightAnswer } },
  verdict: 'nothing-affected',
  exit: 0,
  commentStatus: 'off',
  calls: 0,
}
