import { replacingParameter } from '../config/parameters.ts'
import type { Json, ScorerSpec } from '../domain.ts'
import { askJudge } from './ask-judge.ts'
import { type JudgeVerdict, judgeRequest, PASS_FAIL, type Scale } from './judge.ts'
import { materialOf } from './material.ts'
import {
  evidence,
  isJsonObject,
  type JudgeRequest,
  missing,
  type ScoreInput,
  type Scorer,
  scalarText,
  type Verdict,
} from './scorer.ts'

/**
 * A judge model decides whether the output meets the rubric. Options: `model` (required, `provider/model`),
 * `parameters`, `choices: [{choice, score}]` for labels of one's own (passes above 0, or from `threshold` on). With a
 * `threshold` and no choices the judge gives a number from 0 to 1. A judge that fails or cannot be read is missing.
 */
export const llmRubric: Scorer = {
  value: 'templated',
  check: checkJudge,
  score: async (input) => {
    const request = rubricRequest(input)
    if (!input.judge || request === null)
      return missing(request ? 'no judge can be called here' : 'the rubric is empty')
    const scale = scaleOf(input.spec)
    const reply = await askJudge(input.judge, request, scale)
    return reply.state === 'read' ? verdictOf(reply.verdict, input.spec, scale) : missing(reply.why)
  },
}

function checkJudge(spec: ScorerSpec): string | null {
  if (!scalarText(spec.value)) return 'its value must be the rubric, as text'
  if (typeof spec.options.model !== 'string' || spec.options.model === '') {
    return 'it needs the judge: `model: provider/model`, pinned, so that verdicts can be compared'
  }
  const replacing = replacingParameter(spec.options.parameters)
  if (replacing !== null) return replacing.why
  if (spec.options.choices === undefined) return null
  return choicesOf(spec.options.choices) ? null : '`choices` must be a list of {choice, score}'
}

/** The judge call that a score needs, for planning and pricing; null when the rubric is empty for this case. */
export function rubricRequest({ spec, value, kase, vars, answer }: ScoreInput): JudgeRequest | null {
  const rubric = scalarText(value)
  if (!rubric || typeof spec.options.model !== 'string') return null
  const parameters = isJsonObject(spec.options.parameters) ? spec.options.parameters : {}
  const material = [...materialOf(kase, vars), { name: 'output', text: answer.text }]
  return judgeRequest({ model: spec.options.model, parameters, scale: scaleOf(spec), rubric, material })
}

function scaleOf(spec: ScorerSpec): Scale {
  const choices = choicesOf(spec.options.choices)
  if (choices) return { kind: 'labels', labels: choices }
  return spec.threshold === undefined ? PASS_FAIL : { kind: 'score' }
}

function choicesOf(written: Json | undefined): readonly { readonly label: string; readonly score: number }[] | null {
  if (!Array.isArray(written) || written.length < 2) return null
  const choices = written.map((item: Json) => {
    const { choice, score } = isJsonObject(item) ? item : {}
    const label = scalarText(choice)
    return label !== null && typeof score === 'number' ? { label, score } : null
  })
  return choices.includes(null) ? null : choices.filter((choice) => choice !== null)
}

function verdictOf(verdict: JudgeVerdict, spec: ScorerSpec, scale: Scale): Verdict {
  const ownLabels = scale !== PASS_FAIL && scale.kind === 'labels'
  const pass = spec.threshold === undefined ? verdict.score > 0 : verdict.score >= spec.threshold
  const label = ownLabels ? `${verdict.label}: ` : ''
  const value = Math.min(1, Math.max(0, verdict.score))
  return { state: 'scored', value, pass, why: evidence(label + verdict.reason) }
}
