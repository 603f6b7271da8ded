// promptfoo's `provider` of a model-graded assertion, or of its test, -> the judge of ours. Where promptfoo takes whichever
// model it finds a key for, a judge has to be named: verdicts of another one cannot be compared.

import type { JsonObject, ScorerSpec } from '../domain.ts'
import { isJudge } from '../scorers/kinds.ts'
import { readProvider } from './promptfoo-providers.ts'

export type WithGrader = { readonly spec: ScorerSpec } | { readonly notCarried: string }

/** The test's grader and rubric prompt hold for assertions that name none, and then `judge:` of parity.yaml. */
export function withGrader(spec: ScorerSpec, { provider, rubricPrompt }: JsonObject, judge: string | null): WithGrader {
  const defaults = {
    ...(provider === undefined ? {} : { provider }),
    ...(rubricPrompt === undefined ? {} : { rubricPrompt }),
  }
  const filled: ScorerSpec = { ...spec, options: { ...defaults, ...spec.options } }
  return isJudge(spec) && typeof filled.options.model !== 'string' ? judged(filled, judge) : { spec: filled }
}

function judged(spec: ScorerSpec, judge: string | null): WithGrader {
  const { provider, ...options } = spec.options
  const where = `${spec.name} (line ${spec.place.line ?? '?'})`
  if (provider === undefined && judge !== null) return { spec: { ...spec, options: { ...options, model: judge } } }
  if (provider === undefined)
    return {
      notCarried: `${where} names no judge and is not run: give it a \`provider\`, pinned, or all of them \`judge:\` in parity.yaml.`,
    }
  const grader = readProvider(provider)
  if (!grader.ok) return { notCarried: `${where} is not run: its judge ${grader.label}: ${grader.why}.` }
  if (grader.model === 'echo') return { notCarried: `${where} is not run: echo is no judge.` }
  const { model, parameters } = grader
  return { spec: { ...spec, options: { ...options, model, parameters } } }
}
