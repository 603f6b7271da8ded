// Small drops that add up: the head against an anchor that no merge moves. It fails when a drop beyond the limit is proven,
// warns when the point is beyond it, and never passes without having looked.

import type { GateOutcome } from '../domain.ts'
import { acceptCommand } from '../drift/accept-command.ts'
import type { Guard } from '../drift/guard.ts'
import { formatPoints, formatPointsChange, plural } from '../report/numbers.ts'
import type { Estimate, GateRow } from '../report/report.ts'
import { capped } from './limits.ts'
import { unlessLost } from './lost-answers.ts'
import { check, type GateCheck, type Measured } from './measured.ts'

type MeasuredGuard = Extract<Guard, { state: 'measured' }>

export function erosionChecks(measured: Measured): readonly GateCheck[] {
  const since = measured.plan.gates.since
  const guard = measured.past?.guard
  if (since === undefined || measured.past === undefined || guard === null || guard === undefined) return []
  const limit = since.maxDropPoints
  if (guard.state === 'unknown') return [cannotTell(measured, guard, since)]
  const { drop, proven, anchor } = guard
  const beyond = 100 * drop.drop > limit.limit + 1e-9
  const status: GateOutcome = proven ? capped(limit, 'fail') : beyond ? 'warn' : 'pass'
  const row: GateRow = {
    rule: 'erosion',
    metric: `since ${anchor.name}`,
    base: formatPoints(100 * drop.earlier),
    head: formatPoints(100 * drop.now),
    change: formatPointsChange(estimateOf(guard)),
    limit: `-${formatPoints(limit.limit)} points`,
    status,
  }
  return [
    check(row, {
      evalSet: measured.plan.name,
      message: `${sinceWords(measured, guard)} (limit ${formatPoints(limit.limit)} points${proven ? '' : ', not proven'}); ${extent(guard)}.`,
      remedy: `Win back what was lost since ${anchor.name}${diffFrom(anchor.commit)}, or accept the present level: ${accepting(since.ref, measured.plan.name)}.`,
      evidence: guard.lost,
    }),
  ]
}

/** `-3.1 here, -7.8 since v2.4`. */
export function sinceWords({ score }: Measured, guard: MeasuredGuard): string {
  const here = score.delta === null ? '' : `${signed(score.delta)} here, `
  return `${here}${signed(-100 * guard.drop.drop)} since ${guard.anchor.name}`
}

const signed = (points: number) => `${points > 0 ? '+' : ''}${formatPoints(points)}`

/** Two-sided, 95 %, as for the other rows; the verdict has a bound of its own. */
export function estimateOf({ drop }: MeasuredGuard): Estimate {
  const [delta, half] = [-100 * drop.drop, 196 * drop.se]
  return { base: 100 * drop.earlier, head: 100 * drop.now, delta, low: delta - half, high: delta + half }
}

function extent({ matched, unmatched, anchor, rounds }: MeasuredGuard): string {
  const left = unmatched === 0 ? '' : `, ${plural(unmatched, 'case')} left out as new or edited since`
  const then = anchor.runs === 1 ? 'one run' : `${anchor.runs} runs`
  const now = rounds === 1 ? 'this one' : `${plural(rounds, 'round')} of the head`
  return `${plural(matched, 'case')} are what they were${left}; ${then} then, ${now} now`
}

/** A record is a text that anyone with write access may have made. */
const diffFrom = (commit: string) => (/^[0-9a-f]{12,64}$/.test(commit) ? ` (\`git diff ${commit.slice(0, 12)}\`)` : '')

const accepting = (ref: string, evalSet: string) =>
  ref === 'baseline'
    ? `\`${acceptCommand(evalSet)}\``
    : ref === 'last-release'
      ? 'the next release does'
      : 'name a later commit in `gates.since.ref`'

function cannotTell(
  { plan }: Measured,
  { why, remedy, unanswered = { cases: [], of: 0 } }: Extract<Guard, { state: 'unknown' }>,
  since: NonNullable<Measured['plan']['gates']['since']>,
): GateCheck {
  const row: GateRow = {
    rule: 'erosion',
    metric: `since ${since.ref}`,
    base: '',
    head: '',
    change: '',
    limit: `-${formatPoints(since.maxDropPoints.limit)} points`,
    status: 'warn',
  }
  const made = check(row, {
    evalSet: plan.name,
    message: `It cannot be told how far ${plan.name} lies below its anchor (\`${since.ref}\`): ${why}.`,
    remedy,
  })
  return unlessLost(made, unanswered)
}
