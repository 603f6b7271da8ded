import { PROMPT, project, rightAnswer } from '../../e2e/project.ts'
import type { Scenario } from '../../e2e/scenario.ts'

// A fork that loosens the policy and breaks it: the base's counts, and the check is red without a call.
export const scenario: Scenario = {
  scene: {
    base: {
      ...project(),
      'parity.yaml':
        'policy: { models: { allow: ["openai/*"] }, forbidden_text: ["(?i)project falcon"], max_static_tokens: 60 }\n',
      'app/config.py': 'MODEL = "openai/gpt-4.1-2025-04-14"\n',
    },
    head: {
      'parity.yaml': 'policy: { models: { allow: ["*/*"] } }\n',
      'app/config.py': 'MODEL = "mistral/mistral-large-2411"\n',
      'prompts/capital.md': `${PROMPT}This is for Project Falcon.\nQ: What is the capital of France? A: Paris\n`,
    },
    llm: { answer: rightAnswer },
    proposer: 'fork',
  },
  verdict: 'fail',
  exit: 1,
  commentStatus: 'skipped-fork',
  calls: 0,
}
