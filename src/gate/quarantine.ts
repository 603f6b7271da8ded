// Flaky cases: those set aside for a while, those whose time is over, and those that must pass and cannot be flaky.

import { isInForce } from '../config/quarantine.ts'
import type { Finding, Quarantine } from '../domain.ts'
import type { GateCheck, Measured } from './measured.ts'

/** A quarantine that is over fails: else nobody would ever come back to the case. */
export function quarantineChecks({ plan }: Measured, today: string): readonly GateCheck[] {
  const over = (plan.head.quarantine ?? []).filter((one) => !isInForce(one, today))
  return over.map((one) => ({ row: null, status: 'fail', finding: expired(plan.name, one) }))
}

function expired(evalSet: string, one: Quarantine): Finding {
  return {
    rule: 'quarantine-expired',
    level: 'fail',
    evalSet,
    message: `The quarantine of the case ${one.case} (${one.owner}: ${one.reason}) expired on ${one.expiry}. The case is in the test again.`,
    threshold: one.expiry,
    value: null,
    remedy: 'Fix the case and remove its quarantine, or renew it with a reason.',
    evidence: [one.case],
    place: one.place,
  }
}

/** What is set aside is said every time; so is a quarantine that cannot count. */
export function quarantineFindings({ plan }: Measured): readonly Finding[] {
  const listed = new Map((plan.head.quarantine ?? []).map((one) => [one.case, one]))
  return [...plan.cases.values()].flatMap(({ kase, role }): readonly Finding[] => {
    const one = listed.get(kase.id)
    if (one === undefined) return []
    if (role === 'quarantined') return [setAside(plan.name, one)]
    return role === 'paired' && plan.mustPass.includes(kase.id) ? [mustStay(plan.name, one)] : []
  })
}

function setAside(evalSet: string, one: Quarantine): Finding {
  return {
    rule: 'quarantined',
    level: 'note',
    evalSet,
    message: `The case ${one.case} is outside the test until ${one.expiry} (${one.owner}: ${one.reason}).`,
    threshold: one.expiry,
    value: null,
    remedy: 'Make it answer the same every time, then remove the quarantine.',
    evidence: [one.case],
    place: one.place,
  }
}

function mustStay(evalSet: string, one: Quarantine): Finding {
  return {
    ...setAside(evalSet, one),
    level: 'warn',
    message: `The case ${one.case} must pass, so that its quarantine does not count: it stays in the test.`,
    remedy: 'Take it out of `must_pass` or out of `quarantine`.',
  }
}

/** A case that must pass has to answer the same every time: lost once and not again, it would break checks at random. */
export function flakyMustPass({ plan, decision }: Measured): readonly Finding[] {
  const flaky = plan.mustPass.filter((id) => {
    const label = decision?.labels[id]
    return label === 'flaky' || label === 'cleared'
  })
  if (flaky.length === 0) return []
  return [
    {
      rule: 'must-pass',
      level: 'warn',
      evalSet: plan.name,
      message: `${flaky.join(', ')} must pass, but ${flaky.length === 1 ? 'answers' : 'answer'} differently from run to run: re-runs did not repeat the first result.`,
      threshold: null,
      value: null,
      remedy: 'Make the case unambiguous, or take it out of `must_pass`.',
      evidence: flaky,
    },
  ]
}
