import { project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// A used prompt that is gone is a failing finding of the change, not a broken configuration.
export const scenario: Scenario = {
  scene: { base: project(), head: { 'prompts/capital.md': null }, llm: { answer: rightAnswer } },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
  calls: 0,
}
