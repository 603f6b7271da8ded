import { canonicalJson } from '../config/canonical.ts'
import { replacingParameter } from '../config/parameters.ts'
import type { Answer, ScorerSpec, SideLabel, Standing } from '../domain.ts'
import { askJudge, type Reply } from './ask-judge.ts'
import { materialOf } from './material.ts'
import { A_OR_B, type PairQuestion, type Preferred, pairRequest, preferredOf } from './pairwise.ts'
import {
  evidence,
  isJsonObject,
  missing,
  type PairInput,
  type PairVerdict,
  type Scorer,
  scalarText,
  type Verdict,
} from './scorer.ts'

/**
 * A judge model says which side's answer meets the criterion better. It is asked in both orders, and only a verdict that
 * survives the swap counts; another one is a tie. The side that loses scores 0 and does not pass; a side that wins or
 * ties scores 1, so that a tie is no difference and fails nobody. Options: `model` (required), `parameters`.
 */
export const selectBest: Scorer = {
  value: 'templated',
  check,
  score: () => ({ state: 'left-out', why: 'it compares the answers of both sides, and there is one' }),
  compare,
}

function check({ not, value, threshold, options }: ScorerSpec): string | null {
  if (not) return 'it has no opposite: turn the criterion round instead'
  if (!scalarText(value)) return 'its value must be the criterion, as text'
  if (typeof options.model !== 'string' || options.model === '')
    return 'it needs the judge: `model: provider/model`, pinned, so that verdicts can be compared'
  if (threshold !== undefined || options.choices !== undefined)
    return 'it takes no `threshold` and no `choices`: its verdict is the better one of two answers, or a tie'
  if (options.labels !== undefined)
    return 'it takes no `labels`: they grade single answers, and it compares answers in pairs'
  return replacingParameter(options.parameters)?.why ?? null
}

async function compare({ spec, value, kase, vars, answers, judge }: PairInput): Promise<PairVerdict> {
  const rubric = scalarText(value)
  const { model, parameters } = spec.options
  if (!rubric || typeof model !== 'string') return both(missing('the criterion is empty'))
  const [base, head] = [shownText(answers.base), shownText(answers.head)]
  if (base === head) return tie('both sides give the same answer')
  if (!judge) return both(missing('no judge can be called here'))
  const question: PairQuestion = {
    ...{ model, rubric, parameters: isJsonObject(parameters) ? parameters : {} },
    material: materialOf(kase, vars),
  }
  const [baseFirst, headFirst] = await Promise.all([
    askJudge(judge, pairRequest(question, base, head), A_OR_B),
    askJudge(judge, pairRequest(question, head, base), A_OR_B),
  ])
  return settle(baseFirst, headFirst)
}

/** One order alone decides nothing: what it would be worth is not known. */
function settle(baseFirst: Reply, headFirst: Reply): PairVerdict {
  if (baseFirst.state === 'missing') return both(missing(baseFirst.why))
  if (headFirst.state === 'missing') return both(missing(headFirst.why))
  const [first, second] = [preferredOf(baseFirst.verdict.label, 'base'), preferredOf(headFirst.verdict.label, 'head')]
  const { reason } = baseFirst.verdict
  if (first !== second)
    return tie(
      `the verdict did not survive the swap: ${WORDS[first]} with the base as A, ${WORDS[second]} with the head as A`,
    )
  if (first === 'neither') return tie(`in both orders (A is the base): ${reason}`)
  return won(first, `${WORDS[first]} in both orders (A is the base): ${reason}`)
}

const WORDS: { readonly [preferred in Preferred]: string } = {
  base: 'the base is better',
  head: 'the head is better',
  neither: 'neither is better',
}

const both = (verdict: Verdict): PairVerdict => ({ base: verdict, head: verdict })
const tie = (why: string): PairVerdict => both(standing('tie', `a tie: ${why}`))

/** Without a judge where the other side has no answer of its own doing. */
export function won(side: SideLabel, why: string): PairVerdict {
  const [better, worse] = [standing('win', why), standing('loss', why)]
  return side === 'base' ? { base: better, head: worse } : { base: worse, head: better }
}

function standing(of: Standing, why: string): Verdict {
  const beaten = of === 'loss'
  return { state: 'scored', value: beaten ? 0 : 1, pass: !beaten, why: evidence(why), standing: of }
}

/** An answer that only calls tools is those calls. */
function shownText({ text, toolCalls }: Answer): string {
  return text === '' && toolCalls !== undefined && toolCalls.length > 0 ? canonicalJson(toolCalls) : text
}
