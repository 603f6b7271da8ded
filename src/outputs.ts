// The action's outputs, from the report alone.

import { formatUsd, parseUsd } from './money.ts'
import type { Report } from './report/report.ts'

export type Outputs = { readonly [name: string]: string }

export function outputsOf(report: Report, files: { readonly reportDir: string; readonly reportJson: string }): Outputs {
  // Candidates change nothing and fail nothing: what they came to is in the report.
  const changed = report.candidates === undefined ? report.evalSets : []
  const deltas = changed.flatMap((set) => (set.score.delta === null ? [] : [set.score.delta]))
  const failed = changed.filter((set) => set.outcome === 'fail').map((set) => set.name)
  const usd = sumUsd([report.run.usd.target, report.run.usd.judge])
  const routes = changedRoutes(report)
  const monthly = routes.length === 0 ? null : sumUsd(routes.map((route) => route.perMonthUsd.delta))
  return {
    verdict: report.verdict.outcome,
    'report-dir': files.reportDir,
    'report-json': files.reportJson,
    changes: JSON.stringify(report.changes),
    'failed-evals': JSON.stringify(failed),
    'score-delta': deltas.length === 0 ? '' : String(Math.min(...deltas)),
    'monthly-delta-usd': monthly ?? '',
    'run-usd': usd ?? '',
  }
}

/** A route that no affected eval set stands for changes by nothing, whatever it costs; unless such a set was left out. */
function changedRoutes({ changes, evalSets, routes }: Report): Report['routes'] {
  const ran = new Set(evalSets.map(({ name }) => name))
  const isWhole = changes.every((change) => change.evalSets.every((name) => ran.has(name)))
  return isWhole ? routes.filter(({ untouched, perMonthUsd }) => !untouched || perMonthUsd.delta !== null) : routes
}

/** Exact sum of decimal strings; null as soon as one is unknown. */
function sumUsd(values: readonly (string | null)[]): string | null {
  let pico = 0n
  for (const value of values) {
    const parsed = value === null ? null : parseUsd(value)
    if (parsed?.state !== 'ok') return null
    pico += parsed.pico
  }
  return formatUsd(pico)
}
