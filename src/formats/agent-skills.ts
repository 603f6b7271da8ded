// Agent Skills `evals/evals.json`: named, not run. It names no model and no way to start the agent (formats.md 2.6).

import { isObject } from '../config/cases.ts'
import type { Loaded } from '../config/eval-file.ts'
import { parseMap } from './prompt-yml.ts'

/** Throws a UserError when the file cannot be parsed. */
export function readAgentSkills(path: string, text: string): Loaded {
  const { map } = parseMap(path, text)
  const evals = Array.isArray(map.evals) ? map.evals.filter(isObject) : []
  const count = `${evals.length} ${evals.length === 1 ? 'eval' : 'evals'}`
  return {
    evalSets: [],
    problems: [],
    notCarried: [
      `Agent Skills file with ${count}: it names no model and no command for the agent, so nothing is run. Write a *.eval.yaml with a command target and llm-rubric scorers.`,
    ],
  }
}
