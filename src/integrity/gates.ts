// Gates of an eval set that the head loosens; the stricter of both sides applies to this change.

import type { EvalSet, Finding } from '../domain.ts'
import { few } from '../few.ts'
import { stricterGates, stricterMode } from '../gate/stricter.ts'
import { isMustPass, pairCases } from '../plan/cases.ts'
import type { Reviewed } from './reviewed.ts'

export function loosenedGateFindings({ head, base }: Reviewed): readonly Finding[] {
  const gates = stricterGates(base?.gates ?? null, head.gates).loosened
  const modes = stricterMode(base?.mode ?? null, head.mode).loosened
  const limits = [...gates, ...modes].map(
    (gate): Finding => ({
      ...LOOSENED,
      evalSet: head.name,
      threshold: gate.base,
      value: gate.head,
      message: `\`${gate.gate}\` is loosened from ${gate.base} to ${gate.head}. The base's limit applies to this change; the new one takes effect after the merge.`,
    }),
  )
  return base === null ? limits : [...limits, ...freed(head, base)]
}

const LOOSENED = { rule: 'loosened-gate', level: 'warn', remedy: 'Nothing to do, if it is meant.' } as const

/** Cases that no longer have the tag by which the base's `must_pass` names them. */
function freed(head: EvalSet, base: EvalSet): readonly Finding[] {
  const rules = base.gates.mustPass ?? []
  if (rules.length === 0) return []
  const cases = pairCases(base, head)
    .cases.filter(({ kase, before }) => before !== undefined && isMustPass(before, rules) && !isMustPass(kase, rules))
    .map(({ kase }) => kase.id)
  if (cases.length === 0) return []
  const one = cases.length === 1
  return [
    {
      ...LOOSENED,
      evalSet: head.name,
      threshold: 'must_pass',
      value: `${cases.length} untagged`,
      message: `${one ? 'The case' : 'The cases'} ${few(cases)} had to pass (must_pass) and lost the tag that says so. ${one ? 'It still has' : 'They still have'} to in this change; without the tag ${one ? 'it is' : 'they are'} free after the merge.`,
      evidence: cases.slice(0, 50),
    },
  ]
}
