// What an inconclusive score gate says: what is ruled out all the same, what the set can see, and what would settle it.

import { formatPoints, formatPointsChange, plural } from '../report/numbers.ts'
import { ASSUMED_FLAKE, casesToSee, visibleDrop } from '../stats/visible.ts'
import { type Measured, tested } from './measured.ts'
import { MARGIN, TOLERANCE } from './score/levels.ts'

const EVIDENCE = 10

export type Undecided = { readonly message: string; readonly remedy: string }

export function undecided(measured: Measured): Undecided {
  const { decision, plan } = measured
  const limit = plan.gates.maxDropPoints?.limit ?? 0
  if (decision?.rule === 'must-pass')
    return {
      message: 'Not decided: a case that must pass got worse, and could not be run again.',
      remedy: 'Run it again when the provider answers; stored answers are kept.',
    }
  if (decision?.rule === 'pass-losses') return unproven(measured, limit)
  const flaky = flakyCases(measured)
  return {
    message: `Not decided: ${formatPointsChange(measured.score)} (limit ${limit} points); ${whyOpen(measured, limit)}${ruledOut(measured)} ${sees(measured)}`,
    remedy: `Add cases${casesFor(measured, limit)}, raise \`passes\`, or fix the cases that answer differently from run to run${flaky.length === 0 ? '' : `: ${flaky.join(', ')}`}.`,
  }
}

/** `require: proof`, and nothing was shown. */
function unproven(measured: Measured, limit: number): Undecided {
  const lost = lostCount(measured)
  // Of so many cases none may change for the bound of the complete pass to reach the limit.
  const enough = Math.ceil((100 * MARGIN * Math.SQRT2) / Math.max(limit, 0.01) - 2)
  return {
    message: `Not proven: ${lost === 0 ? 'no case' : plural(lost, 'case')} of ${tested(measured).length} got worse, fewer than the limit of ${limit} points takes, but so few cases cannot rule out a drop of ${limit} points, and \`require: proof\` asks for that. ${sees(measured)}`,
    remedy: `Add cases (${enough} of which none changes are proof), raise \`passes\`, or leave \`require: proof\` out.`,
  }
}

/** Re-runs may have cleared the cases that changed, while the complete passes together still lean down. */
function whyOpen(measured: Measured, limit: number): string {
  const lost = `${plural(lostCount(measured), 'case')} got worse in the complete pass`
  const upper = measured.decision?.upper ?? null
  if (upper !== null && upper < (tested(measured).length * limit) / 100 - TOLERANCE)
    return `${lost}, and re-runs did not repeat that, but the complete passes lean down: a loss spread thinly over all cases is not ruled out.`
  return `${lost}, and re-runs could not settle ${lostCount(measured) === 1 ? 'it' : 'them'}.`
}

/** The re-measured net loss has an upper bound even where the limit lies inside its margin. */
function ruledOut(measured: Measured): string {
  const upper = measured.decision?.upper ?? null
  const cases = tested(measured).length
  if (upper === null || cases === 0 || upper >= cases) return ''
  if (upper <= 0) return ' A net loss in the cases that changed is ruled out (95 %).'
  return ` A loss of more than ${formatPoints((100 * upper) / cases)} points in the cases that changed is ruled out (95 %).`
}

function noiseOf({ earlier }: Measured): { readonly sd: number; readonly text: string } {
  const known = earlier?.phi ?? null
  const phi = known ?? ASSUMED_FLAKE
  return { sd: Math.sqrt(phi), text: `${formatPoints(100 * phi)} %${known === null ? ' assumed' : ''}` }
}

function sees(measured: Measured): string {
  const { plan } = measured
  const { sd, text } = noiseOf(measured)
  const drop = 100 * visibleDrop({ cases: plan.order.length, passes: plan.head.passes, sd })
  const passes = plan.head.passes === 1 ? 'One pass' : `${plan.head.passes} passes`
  return `${passes} of ${plural(plan.order.length, 'case')} can show a drop of ${formatPoints(drop)} points or more in 80 runs of 100 (two runs of a case differ in ${text}).`
}

function casesFor(measured: Measured, limit: number): string {
  if (limit <= 0) return ''
  const cases = casesToSee(limit / 100, { passes: measured.plan.head.passes, sd: noiseOf(measured).sd })
  return cases > measured.plan.order.length ? ` (about ${cases} would show ${limit} points)` : ''
}

const lostCount = (measured: Measured) => tested(measured).filter((one) => (one.difference ?? 0) < 0).length

function flakyCases({ decision }: Measured): readonly string[] {
  return Object.entries(decision?.labels ?? {})
    .flatMap(([id, label]) => (label === 'flaky' ? [id] : []))
    .slice(0, EVIDENCE)
}
