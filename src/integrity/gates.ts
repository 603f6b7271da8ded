// Gates of an eval set that the head loosens; the stricter of both sides applies to this change.

import type { Finding } from '../domain.ts'
import { stricterGates, stricterMode } from '../gate/stricter.ts'
import type { Reviewed } from './reviewed.ts'

export function loosenedGateFindings({ head, base }: Reviewed): readonly Finding[] {
  const gates = stricterGates(base?.gates ?? null, head.gates).loosened
  const modes = stricterMode(base?.mode ?? null, head.mode).loosened
  return [...gates, ...modes].map((gate) => ({
    rule: 'loosened-gate',
    level: 'warn',
    evalSet: head.name,
    threshold: gate.base,
    value: gate.head,
    message: `\`${gate.gate}\` is loosened from ${gate.base} to ${gate.head}. The base's limit applies to this change; the new one takes effect after the merge.`,
    remedy: 'Nothing to do, if it is meant.',
  }))
}
