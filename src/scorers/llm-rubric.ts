import type { Case, Json, JsonObject, ScorerSpec } from '../domain.ts'
import { type JudgeVerdict, judgeRequest, PASS_FAIL, readVerdict, restated, type Scale } from './judge.ts'
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
    const first = await ask(input.judge, request, scale)
    const reply = first.state === 'unreadable' ? await ask(input.judge, restated(request, scale), scale) : first
    if (reply.state === 'read') return verdictOf(reply.verdict, input.spec, scale)
    return missing(reply.state === 'failed' ? `the judge failed: ${reply.why}` : 'the judge gave no readable verdict')
  },
}

function checkJudge(spec: ScorerSpec): string | null {
  if (!scalarText(spec.value)) return 'its value must be the rubric, as text'
  if (typeof spec.options.model !== 'string' || spec.options.model === '') {
    return 'it needs the judge: `model: provider/model`, pinned, so that verdicts can be compared'
  }
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

/** Only what both sides share, so that equal outputs of base and head get one verdict. */
function materialOf(kase: Case, vars: JsonObject): readonly { readonly name: string; readonly text: string }[] {
  const { expected, ...inputs } = vars
  const input = Object.entries(inputs).map(([name, value]) => `${name}: ${textOf(value)}`)
  const context = (kase.context ?? []).filter((passage) => !input.some((text) => text.includes(passage)))
  const material = [
    { name: 'input', text: input.join('\n') },
    { name: 'context', text: context.join('\n\n') },
    { name: 'expected', text: expected === undefined ? '' : textOf(expected) },
  ]
  return material.filter(({ text }) => text !== '')
}

function textOf(value: Json): string {
  return scalarText(value) ?? JSON.stringify(value)
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

type Reply =
  | { readonly state: 'read'; readonly verdict: JudgeVerdict }
  | { readonly state: 'unreadable' }
  | { readonly state: 'failed'; readonly why: string }

async function ask(judge: NonNullable<ScoreInput['judge']>, request: JudgeRequest, scale: Scale): Promise<Reply> {
  const outcome = await judge(request)
  if (outcome.state === 'failed') return { state: 'failed', why: outcome.failure.message }
  const verdict = readVerdict(outcome.answer.text, scale)
  return verdict ? { state: 'read', verdict } : { state: 'unreadable' }
}

function verdictOf(verdict: JudgeVerdict, spec: ScorerSpec, scale: Scale): Verdict {
  const ownLabels = scale !== PASS_FAIL && scale.kind === 'labels'
  const pass = spec.threshold === undefined ? verdict.score > 0 : verdict.score >= spec.threshold
  const label = ownLabels ? `${verdict.label}: ` : ''
  const value = Math.min(1, Math.max(0, verdict.score))
  return { state: 'scored', value, pass, why: evidence(label + verdict.reason) }
}
