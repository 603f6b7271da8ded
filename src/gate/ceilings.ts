// Ceilings of routes and of the repository: fail on the bound, warn on the point, fail with the remedy when unpriced.

import type { CostCheck } from '../cost/ceilings.ts'
import type { Finding } from '../domain.ts'
import { formatUsd, type Pico } from '../money.ts'
import { formatUsd as shown } from '../report/numbers.ts'

export function ceilingFindings(checks: readonly CostCheck[]): readonly Finding[] {
  return checks.flatMap((check) => findingsOf(check))
}

/** Held against an estimate without a call: they warn, and never fail. */
export function estimatedCeilingFindings(checks: readonly CostCheck[]): readonly Finding[] {
  return checks
    .flatMap((check) => findingsOf(check, ' (estimated without a call)'))
    .map((finding) => (finding.level === 'fail' ? { ...finding, level: 'warn' as const } : finding))
}

/** A sum that lacks a price fails as unpriced, unless what is known of it is beyond the limit already. */
function findingsOf(check: CostCheck, estimated = ''): readonly Finding[] {
  if (check.value === null) return unknownCost(check)
  if (!isUnpriced(check)) return breach(check, estimated)
  const over = check.value.point > check.limit ? breach(check, estimated) : []
  return over.some(({ level }) => level === 'fail') ? over : [...over, ...unknownCost(check)]
}

const isUnpriced = ({ why }: CostCheck) => why?.startsWith('unpriced') === true

function breach(check: CostCheck, estimated = ''): readonly Finding[] {
  const { value, limit } = check
  if (value === null) return []
  if (value.point <= limit) return check.why === null ? [] : [partial(check, value.point, check.why)]
  const proven = value.low !== null && value.low > limit
  const doubt = estimated !== '' ? estimated : proven ? '' : ' (within the uncertainty of the estimate)'
  return [
    {
      rule: check.rule,
      level: proven ? 'fail' : 'warn',
      evalSet: null,
      message: `${subject(check)} ${money(value.point)} a month, limit ${money(limit)}${doubt}${check.owner === null ? '' : `; the budget belongs to ${check.owner}`}.`,
      threshold: money(limit),
      value: money(value.point),
      remedy: 'Shorten prompt or answers, choose a cheaper model, or raise the ceiling with its owner.',
    },
  ]
}

/** A sum with a hole that stays below its limit proves nothing. */
function partial(check: CostCheck, point: Pico, why: string): Finding {
  if (check.lacksBase) return partlyChecked(check, point, why)
  return {
    rule: check.rule,
    level: 'note',
    evalSet: null,
    message: `${subject(check)} ${money(point)} a month or more, limit ${money(check.limit)} (${why}).`,
    threshold: money(check.limit),
    value: money(point),
    remedy: 'Run the eval sets of the other routes once, with `evals: all`, to have the whole sum.',
  }
}

function partlyChecked(check: CostCheck, point: Pico, why: string): Finding {
  const limit = money(check.limit)
  return {
    rule: check.rule,
    level: 'note',
    evalSet: null,
    message: `${subject(check)} ${money(point)} a month over the cases that have a base; for the others the limit of ${limit} was not checked (${why}).`,
    threshold: limit,
    value: money(point),
    remedy: NO_BASE_REMEDY,
  }
}

const NO_BASE_REMEDY =
  'A new eval set is compared from the merge on; where the base did not answer, see why and run it again. Meanwhile `monthly_usd` limits what the route costs in all.'

/** A limit that this run touches and cannot check is never silent; a route that it does not touch is said in the report. */
function unknownCost(check: CostCheck): readonly Finding[] {
  if (!check.touched || check.why === null) return []
  if (!isUnpriced(check)) return [notChecked(check, check.why)]
  return [
    {
      rule: 'unpriced',
      level: 'fail',
      evalSet: null,
      message: `${unknownSubject(check)} is not known (${reasonOf(check.why)}), and a limit of ${money(check.limit)} is set.`,
      threshold: money(check.limit),
      value: null,
      remedy: 'Add the model to `prices:` in parity.yaml, or say by `models:` what the deployment stands for.',
    },
  ]
}

function notChecked(check: CostCheck, why: string): Finding {
  return {
    rule: check.rule,
    level: 'warn',
    evalSet: null,
    message: `${unknownSubject(check)} is not known (${why}): the limit of ${money(check.limit)} was not checked.`,
    threshold: money(check.limit),
    value: null,
    remedy: check.lacksBase
      ? NO_BASE_REMEDY
      : 'Give what is missing: `requests_per_month` or a profile with times, and token counts of the calls.',
  }
}

const reasonOf = (why: string) => why.replace(/^unpriced: /, '').replace(/; add it to `prices:`$/, '')

function unknownSubject({ rule, route }: CostCheck): string {
  if (rule === 'repository-ceiling') return 'The projected cost of all routes'
  return rule === 'route-delta' ? `What the change costs route ${route}` : `The projected cost of route ${route}`
}

function subject(check: CostCheck): string {
  if (check.rule === 'repository-ceiling') return 'The projected cost of all routes is'
  return check.rule === 'route-delta'
    ? `The change raises the cost of route ${check.route} by`
    : `The projected cost of route ${check.route} is`
}

const money = (pico: Pico) => shown(formatUsd(pico))
