import { evalFile, project, PROMPT, wrongWhen } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const second = evalFile().replace('name: capital', 'name: capital-again').replace('../prompts/capital.md', '../prompts/again.md')

// Two eval sets, and only the one whose prompt got worse is red.
export const scenario: Scenario = {
  scene: {
    base: { ...project(), 'evals/again.eval.yaml': second, 'prompts/again.md': `Second assistant. ${PROMPT}` },
    head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n`, 'prompts/again.md': `Second assistant. ${PROMPT}Be brief.\n` },
    llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'created',
}
