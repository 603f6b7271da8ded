// The A/A run in words.

import { formatPoints, plural } from '../report/numbers.ts'
import { planSentence } from '../report/sentences.ts'
import type { NoiseReport, SetNoise } from './noise-figures.ts'

export function noiseText(report: NoiseReport): string {
  const { plan } = report
  if (plan !== null)
    return `Planned, not run: ${report.passes} passes of ${report.head}. ${planSentence(plan)} Nothing was called.`
  const head = `A/A run of ${report.head}, ${report.passes} passes, ${plural(report.calls, 'call')}${report.usd === null ? ' (not all priced)' : `, $${report.usd}`}.`
  const notRun = report.notRun.map((one) => `${one.evalSet}\n  not run: ${one.why}`)
  const sets = report.evalSets.map(setText)
  return [head, ...(sets.length + notRun.length === 0 ? ['No eval set found.'] : []), ...sets, ...notRun].join('\n\n')
}

function setText(set: SetNoise): string {
  const title = `${set.evalSet}: ${plural(set.cases, 'case')}, ${plural(set.runs, 'run')}${set.missing > 0 ? `, ${set.missing} without an answer` : ''}`
  if (set.state === 'not-measured') return `${title}\n  not measured: ${set.why}`
  const lines = [
    `flake rate ${formatPoints(set.flakeRatePercent)} % (${set.flips} of ${set.pairs} repeated runs differ from the run before)`,
    `sees a drop of ${formatPoints(set.seesPoints)} points or more (80 % power); limit ${formatPoints(set.limitPoints)}`,
    ...(set.thinPoints > set.limitPoints
      ? [`one pass cannot see a loss below ${formatPoints(set.thinPoints)} points that is spread thinly`]
      : []),
    ...set.more.map(
      (one) =>
        `${one.passes > 1 && one.cases === set.cases ? `passes: ${one.passes}` : plural(one.cases, 'case')} would see ${formatPoints(one.seesPoints)} points`,
    ),
    ...(set.casesForLimit === null
      ? []
      : [`${plural(set.casesForLimit, 'case')} would see ${formatPoints(set.limitPoints)} points, the limit`]),
  ]
  return [title, ...lines.map((line) => `  ${line}`), ...flaky(set)].join('\n')
}

function flaky({ flakiest }: Extract<SetNoise, { state: 'measured' }>): readonly string[] {
  if (flakiest.length === 0) return ['  every case answered the same each time']
  const rows = flakiest.map(
    (one) =>
      `    ${one.case}  ${one.passes} of ${one.runs} passed, two runs differ in ${formatPoints(one.disagreementPercent)} %${one.mustPass ? '  (must pass, and cannot be flaky)' : ''}`,
  )
  return ['  flakiest cases:', ...rows]
}
