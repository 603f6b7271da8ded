import { evalFile, project, PROMPT, wrongWhen } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

const named = (name: string) => evalFile().replace('name: capital', `name: ${name}`)
const names = ['capital-b', 'capital-c', 'capital-d', 'capital-e']

// Five eval sets of 100 cases share one prompt. Each is sampled first; the sample shows nothing in any of them.
export const scenario: Scenario = {
  scene: {
    base: {
      ...project({ cases: 100 }),
      ...Object.fromEntries(names.map((name) => [`evals/${name}.eval.yaml`, named(name)])),
    },
    head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` },
    llm: { answer: wrongWhen('thorough', []) },
  },
  verdict: 'pass',
  exit: 0,
  commentStatus: 'created',
  // 45 of 100 cases, both sides, five sets: a loss of five cases would show in 19 of 20 such samples.
  calls: 450,
}
