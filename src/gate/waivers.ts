// A waiver turns a named failure into an accepted one, visibly, until it expires.

import type { Finding, Waiver } from '../domain.ts'
import type { GateCheck } from './measured.ts'

export type Waived = { readonly checks: readonly GateCheck[]; readonly findings: readonly Finding[] }

export function applyWaivers(
  checks: readonly GateCheck[],
  of: { evalSet: string; waivers: readonly Waiver[]; today: string },
): Waived {
  const mine = of.waivers.filter((waiver) => waiver.evalSet === of.evalSet)
  const findings: Finding[] = []
  const after = checks.map((check): GateCheck => {
    const waiver = check.status === 'fail' ? mine.find((one) => one.rule === check.row?.rule) : undefined
    if (waiver === undefined || check.finding === null) return check
    if (waiver.expiry < of.today) {
      findings.push(noteOf(waiver, 'waiver-expired', check.finding))
      return check
    }
    findings.push(noteOf(waiver, 'waived', check.finding))
    return {
      ...check,
      status: 'warn',
      row: check.row === null ? null : { ...check.row, status: 'warn' },
      finding: null,
    }
  })
  return { checks: after, findings }
}

/** The same for findings that no gate of a set makes. */
export function waiveFindings(
  findings: readonly Finding[],
  { waivers, today }: { readonly waivers: readonly Waiver[]; readonly today: string },
): readonly Finding[] {
  return findings.flatMap((finding) => {
    const waiver =
      finding.level === 'fail'
        ? waivers.find((one) => one.evalSet === finding.evalSet && one.rule === finding.rule)
        : undefined
    if (waiver === undefined) return [finding]
    return waiver.expiry < today
      ? [noteOf(waiver, 'waiver-expired', finding), finding]
      : [noteOf(waiver, 'waived', finding)]
  })
}

function noteOf(waiver: Waiver, rule: 'waived' | 'waiver-expired', finding: Finding): Finding {
  const accepted = rule === 'waived'
  return {
    ...finding,
    rule,
    level: accepted ? 'note' : 'warn',
    message: accepted
      ? `Accepted by ${waiver.owner} until ${waiver.expiry} (${waiver.reason}): ${finding.message}`
      : `The waiver of ${waiver.owner} for \`${waiver.rule}\` expired on ${waiver.expiry}.`,
    remedy: accepted ? 'The waiver ends by itself.' : 'Renew it with a reason, or fix what it covered.',
    place: waiver.place,
  }
}
