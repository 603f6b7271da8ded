// A judge's calibration as data and in words. Pure.

import type { Pin } from '../prices/describe.ts'
import { plural } from '../report/numbers.ts'
import {
  attenuationText,
  type Calibration,
  calibrate,
  calibrationWarnings,
  type Graded,
  type Share,
} from '../scorers/calibration.ts'

export type JudgeInput = {
  readonly model: string
  readonly rubric: string
  readonly identity: string
  readonly pin: Pin
  /** The model under test, when the judge is of its family. */
  readonly sameFamily: string | null
  readonly graded: readonly (Graded & { readonly id: string })[]
  readonly unreadable: readonly string[]
  readonly skipped: readonly string[]
  readonly calls: number
  readonly usd: string | null
}

export type JudgeReport = {
  readonly model: string
  readonly rubric: string
  readonly judgeId: string
  readonly judged: number
  readonly calls: number
  /** Decimal string; null when a call was not priced. */
  readonly usd: string | null
  readonly calibration: Calibration
  /** What is left of a true drop, in words; null when it is not known. */
  readonly attenuation: string | null
  readonly disagreements: readonly { readonly id: string; readonly human: Word; readonly judge: Word }[]
  readonly warnings: readonly string[]
  readonly unreadable: readonly string[]
  readonly skipped: readonly string[]
}
type Word = 'pass' | 'fail'

const word = (pass: boolean): Word => (pass ? 'pass' : 'fail')

export function judgeReport(input: JudgeInput): JudgeReport {
  const calibration = calibrate(input.graded)
  const pin = input.pin === 'floating' ? [`${input.model} can change under the same name: pin a dated version.`] : []
  const family =
    input.sameFamily === null
      ? []
      : [`The judge is of the same family as the model under test (${input.sameFamily}): judges favour their own.`]
  return {
    model: input.model,
    rubric: input.rubric,
    judgeId: input.identity,
    judged: input.graded.length,
    calls: input.calls,
    usd: input.usd,
    calibration,
    attenuation: attenuationText(calibration.j),
    disagreements: input.graded
      .filter((one) => one.human !== one.judge)
      .map((one) => ({ id: one.id, human: word(one.human), judge: word(one.judge) })),
    warnings: [...(input.graded.length === 0 ? [] : calibrationWarnings(calibration)), ...pin, ...family],
    unreadable: input.unreadable,
    skipped: input.skipped,
  }
}

const SHOWN = 10

export function judgeText(report: JudgeReport): string {
  const { calibration: of } = report
  const money = report.usd === null ? 'not all priced' : `$${report.usd}`
  const kappa =
    of.kappa === null
      ? 'not known: one class only'
      : `${of.kappa.value.toFixed(2)} (${of.kappa.low.toFixed(2)} to ${of.kappa.high.toFixed(2)})`
  const figures =
    report.judged === 0
      ? ['No label could be judged.']
      : [
          `agreement    ${share(of.agreement)}`,
          `kappa        ${kappa}`,
          `sensitivity  ${share(of.sensitivity)}  of what people pass, the judge passes`,
          `specificity  ${share(of.specificity)}  of what people fail, the judge fails`,
          ...(of.j === null ? [] : [`J            ${of.j.toFixed(2)}: ${report.attenuation ?? ''}`]),
        ]
  return [
    `${report.model} on ${plural(report.judged, 'label')} (${plural(report.calls, 'call')}, ${money})`,
    ...figures,
    ...report.warnings.map((warning) => `warning: ${warning}`),
    ...listed(
      'disagreements',
      report.disagreements.map((one) => `${one.id}: people ${one.human}, judge ${one.judge}`),
    ),
    ...listed('not judged', report.unreadable),
    ...listed('left out', report.skipped),
  ].join('\n')
}

function share(of: Share | null): string {
  if (of === null) return 'not known: no such label'
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`
  return `${percent(of.value)} (${percent(of.low)} to ${percent(of.high)}, n ${of.n})`
}

function listed(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return []
  const more = items.length > SHOWN ? [`  and ${items.length - SHOWN} more`] : []
  return [`${title}:`, ...items.slice(0, SHOWN).map((item) => `  ${item}`), ...more]
}
