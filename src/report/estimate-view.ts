// The estimated cost of a change that nothing was called for, as rows and lines for every rendering. Plain text.

import { formatAmount, formatUsd, formatUsdInterval, formatUsdSigned } from './numbers.ts'
import type { CostEstimateReport, Estimate, Report, RouteReport, SetEstimateReport, UsdEstimate } from './report.ts'

/** `change` has the band of the error, never an interval over cases. */
export type EstimateRow = {
  readonly of: string
  readonly what: string
  readonly base: string
  readonly head: string
  readonly change: string
}

export function estimateRows({ estimate }: Report): readonly EstimateRow[] {
  if (estimate === undefined) return []
  return [
    ...estimate.evalSets.flatMap((set) => [
      {
        of: set.name,
        what: 'input tokens per request',
        base: formatAmount(set.inputTokens.base),
        head: formatAmount(set.inputTokens.head),
        change: tokensChange(set.inputTokens),
      },
      { of: set.name, what: 'cost per request', ...usdCells(set.perRequestUsd) },
    ]),
    ...estimate.routes.map((route) => ({ of: route.name, what: 'cost per month', ...usdCells(route.perMonthUsd) })),
  ]
}

function usdCells(usd: UsdEstimate): Pick<EstimateRow, 'base' | 'head' | 'change'> {
  return {
    base: usd.base === null && usd.head !== null ? '-' : formatUsd(usd.base),
    head: usd.head === null && usd.delta !== null ? '-' : formatUsd(usd.head),
    change: usd.delta === null ? '-' : `${formatUsdSigned(usd.delta)}${formatUsdInterval(usd)}`,
  }
}

function tokensChange({ delta, low, high }: Estimate): string {
  if (delta === null) return '-'
  const sign = (tokens: number) => `${tokens > 0 ? '+' : ''}${formatAmount(tokens)}`
  return delta === 0 && low === 0
    ? '0'
    : `${sign(delta)}${low === null || high === null ? '' : ` (${sign(low)} to ${sign(high)})`}`
}

/** What the rows rest on, and what moved: one line each. */
export function estimateLines({ estimate }: Report): readonly string[] {
  if (estimate === undefined) return []
  const several = estimate.evalSets.length > 1
  return [
    ...basisLines(estimate),
    ...estimate.routes.map((route) => routeLine(route)),
    ...estimate.evalSets.flatMap((set) => {
      const name = several ? `${set.name}: ` : ''
      return [sectionsLine(set), ...set.events].filter((line) => line !== '').map((line) => `${name}${line}`)
    }),
  ]
}

/** What its month takes for granted, or why there is none. */
function routeLine({ name, perMonthUsd, assumption }: RouteReport): string {
  const isUnknown = perMonthUsd.base === null && perMonthUsd.head === null
  return isUnknown ? `${name}: cost not known, ${assumption}` : `${name} assumes ${assumption}`
}

/** Sets on the same basis share a line. */
function basisLines({ evalSets }: CostEstimateReport): readonly string[] {
  const bases = new Map<string, string[]>()
  for (const { basis, priceDate, name } of evalSets) {
    const prices = priceDate === null ? 'no price is known' : `list prices of ${priceDate}`
    const line = `${basis}; ${prices}`
    bases.set(line, [...(bases.get(line) ?? []), name])
  }
  return [...bases].map(([line, names]) => (bases.size === 1 ? line : `${names.join(', ')}: ${line}`))
}

const MOST_SECTIONS = 5

function sectionsLine({ sections }: SetEstimateReport): string {
  const moved = sections
    .filter(({ base, head }) => base !== head)
    .sort((a, b) => Math.abs(b.head - b.base) - Math.abs(a.head - a.base))
  const shown = moved.slice(0, MOST_SECTIONS).map(({ origin, base, head }) => `${origin} ${base} to ${head}`)
  const more = moved.length > shown.length ? ` and ${moved.length - shown.length} more` : ''
  return shown.length === 0 ? '' : `tokens by section: ${shown.join(', ')}${more}`
}
