// What a set has shown and what it cannot see, in words.

import { DEFAULT_DROP_POINTS, dropLimitPoints } from '../config/gates.ts'
import { type Measured, tested } from '../gate/measured.ts'
import { silentBase } from '../gate/silent-base.ts'
import { attenuationText, ENOUGH_LABELS } from '../scorers/calibration.ts'
import { formatPoints, plural } from './numbers.ts'

export function evidenceText(measured: Measured): string {
  return [shownText(measured), ...earlierLines(measured), ...judgeLines(measured), ...leftOutLines(measured)]
    .filter((text) => text !== '')
    .join(' ')
}

/** What base runs of earlier decisions did and say. */
function earlierLines({ earlier, plan }: Measured): readonly string[] {
  if (earlier === undefined) return []
  const { lent, moved, pairs, flips, phi, flakiest } = earlier
  const limitCases = (plan.order.length * dropLimitPoints(plan.gates)) / 100
  const named = flakiest.slice(0, 3).map((one) => `${one.caseId} (${formatPoints(one.passes)} of ${one.runs} passed)`)
  return [
    lent === 0
      ? ''
      : `${plural(lent, 'base run')} of the complete pass ${lent === 1 ? 'is' : 'are'} stored from earlier; re-runs ran on both sides today.`,
    moved
      ? 'The base answers otherwise today than in its stored runs, so that these were not used: that is the provider, not this change.'
      : '',
    phi === null || flips === 0
      ? ''
      : `Two runs of an unchanged case differ in about ${formatPoints(100 * phi)} % (${flips} of ${pairs} pairs of base runs).`,
    named.length === 0 ? '' : `Flakiest: ${named.join(', ')}.`,
    phi !== null && phi > 0.1 && limitCases <= 2 && plan.head.passes === 1
      ? 'With so much flake in so small a set, `passes: 2` sees more.'
      : '',
  ]
}

/** What is left of a true drop when these judges measure it, as far as their labels say. */
function judgeLines({ plan }: Measured): readonly string[] {
  return plan.head.scorers.flatMap(({ name, calibration }) => {
    const effect = calibration === undefined ? null : attenuationText(calibration.j)
    if (calibration === undefined || effect === null || calibration.agreement === null) return []
    const few = calibration.usable < ENOUGH_LABELS ? ' (few)' : ''
    const agreement = `${Math.round(100 * calibration.agreement)} % of ${plural(calibration.usable, 'label')}${few}`
    return [`The judge ${name} agrees with people on ${agreement}: ${effect}.`]
  })
}

/** Scorers that compare both sides say nothing where one answer is all there is. */
function leftOutLines({ cases }: Measured): readonly string[] {
  const counts = new Map<string, number>()
  for (const { runs } of cases.filter((one) => one.missing === null)) {
    const names = [...runs.base, ...runs.head].flatMap((run) =>
      run.state === 'missing' ? [] : run.scores.filter((score) => score.state === 'left-out').map((one) => one.scorer),
    )
    for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(
    ([name, n]) =>
      `${name} compares the answers of both sides and is left out of ${plural(n, 'case')} with one answer.`,
  )
}

function shownText(measured: Measured): string {
  const { decision, plan } = measured
  if (decision === null) return `The head ran alone on ${plan.cases.size} cases.`
  const n = tested(measured).length
  const early =
    n < plan.order.length && measured.cases.every((one) => one.missing === null)
      ? decision.rule === 'pass-sample'
        ? `A sample of ${n} of ${plan.order.length} cases: a loss of the limit would have shown in 19 of 20 such samples. `
        : `The verdict was clear after ${n} of ${plan.order.length} cases. `
      : ''
  const interval = decision.interval
  if (n === 0) return 'No case could be compared.'
  if (silentBase(measured) !== null) return `${early}No call of the base was answered: nothing was compared.`
  const ruledOut =
    interval.low < 0
      ? `A drop of more than ${formatPoints(Math.min(100, -interval.low))} points is ruled out (95 %).`
      : ''
  const inconclusive =
    decision.outcome === 'inconclusive' && decision.net !== null && decision.upper !== null
      ? ` Re-measured net loss ${formatPoints(decision.net)} cases, at most ${formatPoints(decision.upper)} at 95 %${decision.p === null ? '' : `, p ${decision.p.toPrecision(2)}`}.`
      : ''
  return `${early}${ruledOut}${inconclusive}`.trim()
}

/** Gates for a set that has run once: a floor with room for noise, and the usual limit on drops. */
export function proposedGates(measured: Measured): string | null {
  const head = measured.score.head
  if (head === null) return null
  const n = measured.cases.length
  const rate = head / 100
  const noise = 100 * 1.645 * Math.sqrt(Math.max(rate * (1 - rate), 0.01) / Math.max(n, 1))
  const floor = Math.max(0, Math.floor((head - 2 * noise) / 5) * 5)
  const cost = measured.cost.headUsd === null ? '' : '\n  cost: { max_ratio: 1.2 }'
  return `gates:\n  max_drop_points: ${DEFAULT_DROP_POINTS}\n  min_score: ${floor}${cost}`
}
