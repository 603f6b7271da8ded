// Findings in the groups in which they are read.

import { isWaivable } from '../config/waivable.ts'
import type { Finding, FindingRule } from '../domain.ts'
import type { Report } from './report.ts'

/** Findings about the measurement or the set-up: they come before the results. Everything else explains a gate. */
const ABOUT_MEASUREMENT = {
  'no-base': true,
  'not-comparable': true,
  'not-measured': true,
  'missing-runs': true,
  inconclusive: true,
  'spend-cap': true,
  'loosened-gate': true,
  'scorer-changed': true,
  'cases-changed': true,
  'teaches-to-test': true,
  'duplicate-cases': true,
  'loosened-scorer': true,
  'removed-cases': true,
  uncovered: true,
  unpriced: true,
  'not-carried': true,
  'provider-error': true,
  'model-answered': true,
  'application-ended': true,
  'waiver-expired': true,
  'quarantine-expired': true,
  'provider-moved': true,
} as const satisfies { readonly [rule in FindingRule]?: true }

function isAboutMeasurement(rule: FindingRule): boolean {
  return rule in ABOUT_MEASUREMENT
}

const LEVELS = { fail: 0, warn: 1, note: 2 } as const

function byLevel(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => LEVELS[a.level] - LEVELS[b.level])
}

export type FindingGroups = {
  readonly waived: readonly Finding[]
  readonly measurement: readonly Finding[]
  readonly gates: readonly Finding[]
  readonly notes: readonly Finding[]
}

/** Waivers first of all, then warnings about the measurement, then breached gates and policies; notes go to the details. */
export function groupFindings(report: Report): FindingGroups {
  const findings = byLevel(report.verdict.findings)
  const loud = findings.filter((finding) => finding.rule !== 'waived' && finding.level !== 'note')
  return {
    waived: findings.filter((finding) => finding.rule === 'waived'),
    measurement: loud.filter((finding) => isAboutMeasurement(finding.rule)),
    gates: loud.filter((finding) => !isAboutMeasurement(finding.rule)),
    notes: findings.filter((finding) => finding.rule !== 'waived' && finding.level === 'note'),
  }
}

/** `measured 12, limit 5`, with what is known of it; empty when the message has the figure already. */
export function findingFigures(finding: Finding): string {
  if (finding.value !== null && finding.message.includes(finding.value)) return ''
  const parts = [
    finding.value === null || finding.value === '-' ? '' : `measured ${finding.value}`,
    finding.threshold === null || finding.value === '-' || saysLimit(finding) ? '' : `limit ${finding.threshold}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

const saysLimit = ({ message, threshold }: Finding) => threshold !== null && message.includes(`limit of ${threshold}`)

/** How to waive what failed; null when nothing did. Policies, routes and what was not measured have no waivers. */
export function waiveLine({ verdict }: Report): string | null {
  if (verdict.outcome !== 'fail') return null
  return verdict.findings.some(({ level, rule }) => level === 'fail' && isWaivable(rule))
    ? 'Waive: add eval set, rule, reason, owner and expiry to the `waivers` file of the eval set; a review of that change is the approval.'
    : 'Waive: what failed here cannot be waived; correct its cause, or the limit in `parity.yaml`.'
}

/** Waivers that the headline does not already open with. */
export function waivedLines(report: Report): readonly string[] {
  const waived = groupFindings(report).waived.map((finding) => finding.message)
  return waived.filter((message) => !report.verdict.headline.includes(message))
}
