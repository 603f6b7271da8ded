// Tokens per section of the rendered prompt, so that the include or variable that grew can be named. Estimated from text.

import { estimateTokenCount } from 'tokenx'
import type { Case, EvalSet } from '../domain.ts'
import { scope } from '../plan/request.ts'
import type { SetPlan } from '../plan.ts'
import { renderMessages } from '../template/index.ts'
import type { TokensReport } from './report.ts'

/** Cases that the means are taken over: enough for a mean, few enough for twenty thousand cases. */
const SAMPLE = 20

export function diffSections(plan: SetPlan): TokensReport['sections'] {
  const cases = [...plan.cases.values()].slice(0, SAMPLE).map((one) => one.kase)
  const [base, head] = [sections(plan.base, cases), sections(plan.head, cases)]
  return [...new Set([...base.keys(), ...head.keys()])].map((origin) => ({
    origin,
    base: Math.round(base.get(origin) ?? 0),
    head: Math.round(head.get(origin) ?? 0),
  }))
}

function sections(set: EvalSet | null, cases: readonly Case[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  if (set?.target.kind !== 'prompt' || cases.length === 0) return sums
  for (const kase of cases) {
    for (const segment of segmentsOf(set.target.prompt, kase)) {
      sums.set(segment.origin, (sums.get(segment.origin) ?? 0) + estimateTokenCount(segment.text) / cases.length)
    }
  }
  return sums
}

type PromptOf = Extract<EvalSet['target'], { kind: 'prompt' }>['prompt']

function segmentsOf(prompt: PromptOf, kase: Case) {
  try {
    return renderMessages(prompt, scope(kase)).segments
  } catch {
    return [] // a template that fails is a failed request already, with its reason
  }
}
