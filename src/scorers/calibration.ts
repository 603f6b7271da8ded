// A judge against people: how often it agrees, and what is left of a true difference when this judge measures it.

import { contentHash } from '../config/canonical.ts'
import type { JudgeQuality, ScorerSpec } from '../domain.ts'
import { type Agreement, cohenKappa, judgeAttenuation } from '../stats/agreement.ts'
import { type Bounds, wilson } from '../stats/proportion.ts'
import { jsonObjectsIn } from './json-search.ts'

/** One answer, graded by a person and by the judge; true = pass. */
export type Graded = { readonly human: boolean; readonly judge: boolean }

/** A share with its 95 % interval (Wilson); null where no label of that class is there. */
export type Share = Bounds & { readonly value: number; readonly n: number }

export type Calibration = {
  readonly n: number
  readonly counts: Agreement
  readonly agreement: Share | null
  /** Cohen's kappa with 1.96 standard errors either side; null when only one class occurs. */
  readonly kappa: { readonly value: number; readonly low: number; readonly high: number } | null
  /** Share of the answers that people pass, and of those that they fail, which the judge grades alike. */
  readonly sensitivity: Share | null
  readonly specificity: Share | null
  /** Sensitivity + specificity - 1: the share of a true difference that the judge shows. */
  readonly j: number | null
}

export function calibrate(graded: readonly Graded[]): Calibration {
  const count = (human: boolean, judge: boolean) =>
    graded.filter((one) => one.human === human && one.judge === judge).length
  const counts: Agreement = {
    bothPass: count(true, true),
    judgePassHumanFail: count(false, true),
    judgeFailHumanPass: count(true, false),
    bothFail: count(false, false),
  }
  const { bothPass, bothFail, judgeFailHumanPass, judgePassHumanFail } = counts
  const kappa = graded.length === 0 ? null : cohenKappa(counts)
  const sensitivity = shareOf(bothPass, bothPass + judgeFailHumanPass)
  const specificity = shareOf(bothFail, bothFail + judgePassHumanFail)
  return {
    n: graded.length,
    counts,
    agreement: shareOf(bothPass + bothFail, graded.length),
    kappa:
      kappa === null
        ? null
        : {
            value: kappa.kappa,
            low: Math.max(-1, kappa.kappa - 1.96 * kappa.se),
            high: Math.min(1, kappa.kappa + 1.96 * kappa.se),
          },
    sensitivity,
    specificity,
    j: sensitivity === null || specificity === null ? null : judgeAttenuation(sensitivity.value, specificity.value),
  }
}

function shareOf(x: number, n: number): Share | null {
  return n === 0 ? null : { value: x / n, n, ...wilson(x, n) }
}

/** Below this the judge is hardly better than chance, and no rate can be corrected for it. */
export const USELESS_J = 0.3
export const ENOUGH_LABELS = 50
const ENOUGH_OF_A_CLASS = 15
const ENOUGH_KAPPA = 0.6

/** What a true drop of ten points shows as; null when it is not known. */
export function attenuationText(j: number | null): string | null {
  if (j === null) return null
  if (j < USELESS_J) return 'its verdicts are hardly better than chance'
  return `a true drop of 10 points shows as ${Math.round(100 * j) / 10}`
}

/** Reasons to trust the figures, or the judge, less. */
export function calibrationWarnings(of: Calibration): readonly string[] {
  const { n, counts, kappa, j } = of
  const passes = counts.bothPass + counts.judgeFailHumanPass
  const fewest = Math.min(passes, n - passes)
  return [
    ...(n < ENOUGH_LABELS ? [`${n} labels are few: from ${ENOUGH_LABELS} on the figures mean something.`] : []),
    ...(fewest < ENOUGH_OF_A_CLASS
      ? [
          `Only ${fewest} labels are ${passes === fewest ? 'pass' : 'fail'}: label at least ${ENOUGH_OF_A_CLASS} of each.`,
        ]
      : []),
    ...(kappa !== null && kappa.value < ENOUGH_KAPPA
      ? [`Kappa is ${kappa.value.toFixed(2)}, below ${ENOUGH_KAPPA}: the judge and people often disagree.`]
      : []),
    ...(j !== null && j < USELESS_J
      ? [`J is ${j.toFixed(2)}: the judge is hardly better than chance. Rewrite the rubric, or use another judge.`]
      : []),
  ]
}

/** Identity of a judge: model, rubric, scale. Verdicts recorded under another identity say nothing about this one. */
export function judgeIdentity({ not, value, threshold, options }: ScorerSpec): string {
  const { labels: _, file: __, ...rest } = options
  return contentHash({ not, value, threshold, options: rest }).slice(0, 16)
}

/**
 * What a labels file says about a judge: rows with a person's `label` and a recorded `judge` verdict, each pass or fail
 * (accept and reject are understood). Rows that name another judge in `judge_id` are labels, but not usable.
 */
export function recordedQuality(text: string, spec: ScorerSpec): JudgeQuality {
  const identity = judgeIdentity(spec)
  const rows = text.split('\n').flatMap((line) => jsonObjectsIn(line).slice(0, 1))
  const graded = rows.flatMap(({ label, judge, judge_id: by }): readonly Graded[] => {
    const [human, machine] = [gradeOf(label), gradeOf(judge)]
    const ours = by === undefined || by === identity
    return human === null || machine === null || !ours ? [] : [{ human, judge: machine }]
  })
  const { n, agreement, j } = calibrate(graded)
  const labels = rows.filter((row) => gradeOf(row.label) !== null).length
  return { labels, usable: n, agreement: agreement?.value ?? null, j }
}

/** pass, accept → true; fail, reject → false; anything else is no grade. */
export function gradeOf(word: unknown): boolean | null {
  if (word === 'pass' || word === 'accept') return true
  return word === 'fail' || word === 'reject' ? false : null
}
