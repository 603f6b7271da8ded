// A judge against people, and what its errors do to a measured rate.

import { normQuantile } from './normal.ts'

export type Agreement = {
  readonly bothPass: number
  readonly judgePassHumanFail: number
  readonly judgeFailHumanPass: number
  readonly bothFail: number
}

/** Cohen's kappa with its simple standard error; null without labels or when only one class occurs. */
export function cohenKappa(counts: Agreement): { readonly kappa: number; readonly se: number } | null {
  const { bothPass, judgePassHumanFail, judgeFailHumanPass, bothFail } = counts
  const n = bothPass + judgePassHumanFail + judgeFailHumanPass + bothFail
  const agreed = (bothPass + bothFail) / n
  const judgePass = (bothPass + judgePassHumanFail) / n
  const humanPass = (bothPass + judgeFailHumanPass) / n
  const byChance = judgePass * humanPass + (1 - judgePass) * (1 - humanPass)
  if (n === 0 || byChance === 1) return null
  return {
    kappa: (agreed - byChance) / (1 - byChance),
    se: Math.sqrt((agreed * (1 - agreed)) / n) / (1 - byChance),
  }
}

/** Sensitivity + specificity - 1: the share of a true difference that the judge shows. */
export function judgeAttenuation(sensitivity: number, specificity: number): number {
  return sensitivity + specificity - 1
}

export type JudgedRate = {
  /** Pass rate that the judge gave, over n answers. */
  readonly rate: number
  readonly n: number
  readonly sensitivity: number
  readonly specificity: number
  /** Human labels behind specificity (fail) and sensitivity (pass). */
  readonly labelledFail: number
  readonly labelledPass: number
}

/**
 * The true rate behind a judged one (Rogan & Gladen 1978), with the interval of Lee et al. 2025 (arXiv 2511.21140: counts
 * smoothed, centre corrected). Clamped to [0, 1]. Null when the judge is hardly better than chance (attenuation below .3).
 */
export function roganGladen(
  judged: JudgedRate,
  level = 0.95,
): { readonly rate: number; readonly low: number; readonly high: number } | null {
  const share = judgeAttenuation(judged.sensitivity, judged.specificity)
  if (!(share >= 0.3)) return null
  const z = normQuantile((1 + level) / 2)
  const p = smooth(judged.rate, judged.n, (z * z) / 2)
  const fail = smooth(judged.specificity, judged.labelledFail, 1)
  const pass = smooth(judged.sensitivity, judged.labelledPass, 1)
  const smoothShare = judgeAttenuation(pass.rate, fail.rate)
  const centre = (p.rate + fail.rate - 1) / smoothShare
  const shift = 2 * z * z * (centre * pass.variance - (1 - centre) * fail.variance)
  const se = Math.sqrt(p.variance + (1 - centre) ** 2 * fail.variance + centre ** 2 * pass.variance) / smoothShare
  return {
    rate: clamp((judged.rate + judged.specificity - 1) / share),
    low: clamp(centre + shift - z * se),
    high: clamp(centre + shift + z * se),
  }
}

function smooth(rate: number, n: number, added: number): { readonly rate: number; readonly variance: number } {
  const total = n + 2 * added
  const smoothed = (rate * n + added) / total
  return { rate: smoothed, variance: (smoothed * (1 - smoothed)) / total }
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x))
}
