// What nobody answered shows nothing: neither a drop nor the lack of one.

import type { ErrorCause, Finding, Result } from '../domain.ts'
import { plural } from '../report/numbers.ts'
import { type Measured, tested } from './measured.ts'
import { isTooMany } from './score/levels.ts'
import { isHeadWrong, silentBase } from './silent-base.ts'

export type Unanswered = { readonly rule: Finding['rule']; readonly message: string; readonly remedy: string }

/** Null where enough was answered, or nothing had to be. What the pairs lack is the decision's own matter. */
export function unanswered(measured: Measured): Unanswered | null {
  const isKnown = measured.decision?.outcome === 'not-measured'
  return (
    tooFewAlone(measured) ??
    (isKnown ? null : (nobodyAnswered(measured) ?? mostlyRefused(measured) ?? nothingShown(measured)))
  )
}

/** Two sides that are refused alike are no tie; nor is a head that is refused where the base scores nothing anyway. */
function nobodyAnswered({ cases, plan, decision }: Measured): Unanswered | null {
  let first: string | null = null
  let isBaseSilent = true
  for (const { runs } of cases) {
    for (const { outcome } of runs.head) {
      if (outcome.state === 'answered') return null
      first ??= outcome.failure.message
    }
    isBaseSilent &&= !runs.base.some(({ outcome }) => outcome.state === 'answered')
  }
  if (first === null || (!isBaseSilent && decision?.outcome === 'fail')) return null
  const where = decision === null ? '' : isBaseSilent ? ' on either side' : ' on the head'
  return {
    rule: 'not-measured',
    message: `no call of ${plan.name} was answered${where}: ${clause(first)}.`,
    remedy: 'Correct what is refused (model, parameters, address, application), and run it again.',
  }
}

/** A head whose answers are all wrong is no better than a base that gave none, and was compared with nothing. */
function nothingShown(measured: Measured): Unanswered | null {
  const why = silentBase(measured)
  if (why === null || !isHeadWrong(measured)) return null
  return {
    rule: 'not-measured',
    message: `no call of the base of ${measured.plan.name} was answered (${why}), and no case of the head passes: nothing was shown.`,
    remedy: 'Correct what the base is refused, or mend the head until its cases pass, and run it again.',
  }
}

/** Refusals that a provider gives to what is asked of it and not to the texts of a case: limits of accounts come as these, too. */
const OF_THE_REQUEST: ReadonlySet<ErrorCause> = new Set<ErrorCause>(['refused-request', 'unknown-model'])

/**
 * More than half of the pairs refused alike on both sides: what is left is another, smaller set than the one that was to be
 * compared. A drop that the rest proves all the same stays one.
 */
function mostlyRefused(measured: Measured): Unanswered | null {
  if (measured.decision?.outcome === 'fail') return null
  const called = tested(measured).filter(({ runs }) => runs.base.length > 0 && runs.head.length > 0)
  const refused = called.filter(({ runs }) => [...runs.base, ...runs.head].every(isOfTheRequest))
  const first = refused[0]?.runs.head[0]?.outcome
  if (first?.state !== 'failed' || refused.length <= called.length / 2) return null
  return {
    rule: 'not-measured',
    message: `${plural(refused.length, 'case')} of ${called.length} of ${measured.plan.name} were refused on both sides: ${clause(first.failure.message)}.`,
    remedy:
      'Correct what is refused (model, parameters, address, limits of the account), and run it again; `--no-cache` asks again where nothing of the files has to change.',
  }
}

const isOfTheRequest = ({ outcome }: Result) => outcome.state === 'failed' && OF_THE_REQUEST.has(outcome.failure.cause)

/** A set that runs on the head alone has no pairs that could be missing; what is lost of it is its cases. */
function tooFewAlone({ cases, decision }: Measured): Unanswered | null {
  if (decision !== null) return null
  const alone = cases.filter(({ role }) => role === 'head-only')
  const lost = alone.filter((one) => one.missing !== null).length
  if (!isTooMany(lost, alone.length)) return null
  return {
    rule: 'missing-runs',
    message: `${plural(lost, 'case')} of ${alone.length} could not be measured, more than 2 %.`,
    remedy: 'Run it again when the provider answers; stored answers are kept.',
  }
}

/** Cases that must pass, and of which a complete pass was lost: nobody knows whether they do. */
export function lostMustPass({ cases, plan }: Measured): readonly string[] {
  const musts = new Set(plan.mustPass)
  const lost = cases.filter((one) => musts.has(one.kase.id) && !one.identical)
  return lost.filter((one) => one.missing !== null && one.difference === null).map((one) => one.kase.id)
}

/** Cases that are refused on both sides are ties at 0, which no list of changed cases would show. */
export function refusedOnBoth(measured: Measured): readonly Finding[] {
  const refused = tested(measured).filter(({ runs }) => isRefused(runs.base) && isRefused(runs.head))
  const first = refused[0]?.runs.head[0]?.outcome
  if (first?.state !== 'failed' || nobodyAnswered(measured) !== null || mostlyRefused(measured) !== null) return []
  return [
    {
      rule: 'provider-error',
      level: 'warn',
      evalSet: measured.plan.name,
      threshold: null,
      value: String(refused.length),
      message: `${plural(refused.length, 'case')} of ${measured.plan.name} failed on both sides, for 0 on both: ${clause(first.failure.message)}.`,
      remedy: 'Such a case can show no drop: correct the request or the case.',
      evidence: refused.slice(0, 10).map(({ kase }) => kase.id),
    },
  ]
}

const isRefused = (runs: readonly Result[]) =>
  runs.length > 0 && runs.every(({ outcome }) => outcome.state === 'failed')
const clause = (message: string) => message.replace(/\.$/, '')
