// The frozen baseline of a content key: means by case over its runs, which are added one after the other, so that ten runs at
// once, one a day, and what was left of an interrupted job come to the same.

import { type Reference, sdOfPass } from './monitor.ts'
import { type CaseFigures, figuresOfPasses, type Pass, rounded } from './passes.ts'
import type { BaselineRecord, Figures } from './records.ts'

export const BASELINE_RUNS = 10

type Sums = Pick<BaselineRecord, 'runs' | 'figures' | 'cases' | 'canaries'> & {
  readonly squares: number
  readonly sd: number | null
}

/** @param before what there is of it; null for a new one */
export function extended(before: BaselineRecord | null, passes: readonly Pass[]): Sums | null {
  let sums: Sums | null = before === null ? null : { ...before, squares: before.squares ?? 0, sd: before.sd ?? null }
  for (const pass of passes) sums = sums === null ? started(pass) : added(sums, pass)
  return sums
}

function started(pass: Pass): Sums {
  const outputs = pass.cases.slice(0, CANARIES).map(({ output }) => output ?? '')
  return {
    runs: 1,
    figures: figuresOfPasses([pass]),
    cases: pass.cases.map((one) => ({
      level: one.level,
      logOutput: logOf(one.outputTokens),
      logLatency: logOf(one.latencyMs),
      logCost: logOf(one.costPico === null ? null : Number(one.costPico)),
    })),
    squares: 0,
    sd: null,
    canaries: { outputs, matches: 0, of: 0 },
  }
}

function added(sums: Sums, pass: Pass): Sums {
  const runs = sums.runs + 1
  let squares = sums.squares
  const cases = sums.cases.map((before, i) => {
    const one = pass.cases[i]
    if (one === undefined) return before
    const level = averaged(before.level, one.level, runs)
    // Welford: what a run adds to the squared deviations from the mean of its case.
    if (one.level !== null && before.level !== null && level !== null)
      squares += (one.level - before.level) * (one.level - level)
    return {
      level,
      logOutput: averaged(before.logOutput, logOf(one.outputTokens), runs),
      logLatency: averaged(before.logLatency, logOf(one.latencyMs), runs),
      logCost: averaged(before.logCost ?? null, logOf(one.costPico === null ? null : Number(one.costPico)), runs),
    }
  })
  const sd = rounded(100 * sdOfPass(squares, cases.length, runs))
  const canaries = matched(sums.canaries, pass.cases)
  return {
    ...{ runs, cases, squares: rounded(squares), sd },
    figures: averagedFigures(sums, figuresOfPasses([pass]), cases),
    ...(canaries === undefined ? {} : { canaries }),
  }
}

const logOf = (value: number | null) => (value === null || !(value > 0) ? null : rounded(Math.log(value)))

function averaged(before: number | null, value: number | null, runs: number): number | null {
  if (before === null || value === null) return before ?? value
  return rounded(before + (value - before) / runs)
}

function averagedFigures(sums: Sums, pass: Figures, cases: Sums['cases']): Figures {
  const { figures, runs } = sums
  const of = (name: 'inputTokens' | 'outputTokens' | 'refusals') => meanOf(figures[name], pass[name], runs)
  const levels = cases.flatMap(({ level }) => (level === null ? [] : [level]))
  const union = (name: 'answered' | 'fingerprints' | 'tiers') => [...new Set([...figures[name], ...pass[name]])].sort()
  return {
    n: figures.n + pass.n,
    missing: figures.missing + pass.missing,
    // Means of cases are rounded: what they add up to has fewer digits.
    score:
      levels.length === 0 ? null : Math.round((1e6 * levels.reduce((sum, one) => sum + one, 0)) / levels.length) / 1e4,
    ...{ inputTokens: of('inputTokens'), outputTokens: of('outputTokens'), refusals: of('refusals') },
    latencyMs: geometric(figures.latencyMs, pass.latencyMs, runs),
    costUsd: usdOf(meanOf(numberOf(figures.costUsd), numberOf(pass.costUsd), runs)),
    ...{ answered: union('answered'), fingerprints: union('fingerprints'), tiers: union('tiers') },
  }
}

/** Null as soon as one run does not know it. */
const meanOf = (before: number | null, value: number | null, runs: number) =>
  before === null || value === null ? null : rounded(before + (value - before) / (runs + 1))

function geometric(before: number | null, value: number | null, runs: number): number | null {
  if (before === null || value === null || before <= 0 || value <= 0) return null
  return rounded(Math.exp((runs * Math.log(before) + Math.log(value)) / (runs + 1)))
}

const numberOf = (usd: string | null) => (usd === null ? null : Number(usd) * 1e6)
const usdOf = (millionths: number | null) =>
  millionths === null ? null : (millionths / 1e6).toFixed(12).replace(/\.?0+$/, '')

/** Cases whose answers are compared text by text. */
const CANARIES = 100

/** The first run says what each case answers; the runs after it, how often that is repeated when nothing changes. */
function matched(before: Sums['canaries'], cases: readonly CaseFigures[]): Sums['canaries'] {
  if (before === undefined) return undefined
  const { matches, of } = countMatches(before.outputs, cases)
  return { ...before, matches: before.matches + matches, of: before.of + of }
}

export function countMatches(
  outputs: readonly string[],
  cases: readonly Pick<CaseFigures, 'output'>[],
): { readonly matches: number; readonly of: number } {
  const asked = outputs.map((output, i) => [output, cases[i]?.output ?? null] as const)
  const both = asked.filter(([output, today]) => output !== '' && today !== null)
  return { matches: both.filter(([output, today]) => output === today).length, of: both.length }
}

/** Null until it has its runs. */
export function referenceOf(baseline: BaselineRecord, wanted = BASELINE_RUNS): Reference | null {
  const { runs, figures, cases } = baseline
  if (runs < wanted || figures.score === null) return null
  const sd = baseline.sd === undefined || baseline.sd === null ? sdOfPass(0, cases.length, runs) : baseline.sd / 100
  return { mean: figures.score / 100, sd, runs }
}

/** Mean of the baseline over those cases that a pass has: a missing case must not move it. */
export function referenceFor(reference: Reference, baseline: BaselineRecord, pass: Pass): Reference {
  const both = baseline.cases.flatMap(({ level }, i) => {
    const today = pass.cases[i]?.level
    return level === null || today === null || today === undefined ? [] : [level]
  })
  return both.length === 0 ? reference : { ...reference, mean: both.reduce((sum, one) => sum + one, 0) / both.length }
}

/** Mean level of a pass over the cases that the baseline has. */
export function levelOf(baseline: BaselineRecord, pass: Pass): number | null {
  const both = pass.cases.flatMap(({ level }, i) => {
    const before = baseline.cases[i]?.level
    return level === null || before === null || before === undefined ? [] : [level]
  })
  return both.length === 0 ? null : both.reduce((sum, one) => sum + one, 0) / both.length
}
