// Gates of an eval set that the head loosens; the stricter of both sides applies to this change.

import type { Finding } from '../domain.ts'
import { stricterGates } from '../gate/stricter.ts'
import type { Reviewed } from './reviewed.ts'

export function loosenedGateFindings({ head, base }: Reviewed): readonly Finding[] {
  return stricterGates(base?.gates ?? null, head.gates).loosened.map((gate) => ({
    rule: 'loosened-gate',
    level: 'warn',
    evalSet: head.name,
    threshold: gate.base,
    value: gate.head,
    message: `\`${gate.gate}\` is loosened from ${gate.base} to ${gate.head}. The base's limit applies to this change; the new one takes effect after the merge.`,
    remedy: 'Nothing to do, if it is meant.',
  }))
}
