import { project, wrongWhen } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// The adopting pull request: no base side, so the head runs alone and says so.
export const scenario: Scenario = {
  scene: { base: { 'README.md': '# Atlas\n' }, head: project(), llm: { answer: wrongWhen('geography', ['Nepal']) } },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
  calls: 20,
}
