// What every renderer shows, in which order and with which words. Reads a Report and decides nothing: status words are
// the report's own (the function that sets the exit code wrote them).

import type { FlipKind, GateOutcome, RunOutcome, SetOutcome } from '../domain.ts'
import {
  formatAmount,
  formatAmountChange,
  formatPoints,
  formatPointsChange,
  formatUsd,
  formatUsdChange,
  plural,
  UNKNOWN,
} from './numbers.ts'
import type { EvalSetReport, Flip, GateRow, Report, SliceReport } from './report.ts'

export type RowStatus = GateOutcome | 'shown'

/** A row of the one table. `set` is empty when the report has a single eval set. */
export type Row = {
  readonly set: string
  readonly metric: string
  readonly base: string
  readonly head: string
  readonly change: string
  readonly limit: string
  readonly status: RowStatus
}

export const STATUS_WORDS = {
  pass: '✓ pass',
  warn: '! warn',
  fail: '✗ fail',
  inconclusive: '? inconclusive',
  'not-measured': '– not measured',
  'not-comparable': '– not comparable',
  planned: 'planned',
  shown: 'shown',
  'within-noise': 'within noise',
  'outside-noise': 'outside noise',
  'too-few': 'too few cases',
} as const satisfies { readonly [status in RowStatus | SetOutcome | SliceReport['status']]: string }

export const OUTCOME_WORDS = {
  pass: '✓ Pass',
  fail: '✗ Fail',
  inconclusive: '? Inconclusive',
  'not-measured': '– Not measured',
  'nothing-affected': '✓ Nothing affected',
  planned: 'Planned',
} as const satisfies { readonly [outcome in RunOutcome]: string }

const WORST_FIRST = [
  'fail',
  'not-measured',
  'not-comparable',
  'inconclusive',
  'warn',
  'planned',
  'pass',
  'shown',
] as const

function severity(status: RowStatus | SetOutcome): number {
  return WORST_FIRST.indexOf(status)
}

/** Eval sets in the order they are shown: worst first, then by name. */
export function orderedSets(report: Report): readonly EvalSetReport[] {
  return [...report.evalSets].sort((a, b) => severity(a.outcome) - severity(b.outcome) || compareText(a.name, b.name))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** `38 pass, 2 inconclusive`; null for a single eval set. */
export function setCounts(report: Report): string | null {
  if (report.evalSets.length < 2 || report.candidates !== undefined) return null
  const parts = WORST_FIRST.map(
    (outcome) => [outcome, report.evalSets.filter((set) => set.outcome === outcome).length] as const,
  )
  const said = parts.filter(([, count]) => count > 0).map(([outcome, count]) => `${count} ${SET_COUNT_WORDS[outcome]}`)
  return `${plural(report.evalSets.length, 'eval set')}: ${said.reverse().join(', ')}`
}

const SET_COUNT_WORDS = {
  fail: 'fail',
  'not-measured': 'not measured',
  'not-comparable': 'not comparable',
  inconclusive: 'undecided',
  warn: 'warn',
  planned: 'planned',
  pass: 'pass',
  shown: 'shown',
} as const

/** Headlines that already say the outcome need no second word for it. */
const SAYS_OUTCOME = {
  pass: /\bpass(?:es)?\b/i,
  fail: /\bfails?\b/i,
  inconclusive: /\bnot decided\b|\binconclusive\b/i,
  'not-measured': /\bnot measured\b/i,
  'nothing-affected': /\baffect/i,
  planned: /\bplanned\b/i,
} as const satisfies { readonly [outcome in RunOutcome]: RegExp }

/** The verdict as one sentence: the report's headline behind its mark, with the outcome in a word where it lacks one. */
export function verdictSentence(report: Report): string {
  const { outcome, headline } = report.verdict
  const word = OUTCOME_WORDS[outcome]
  if (headline.trim() === '') return word
  // Drift leaves the check green, and is no pass of anything.
  if (report.drift !== undefined && outcome === 'pass') return `${isDrifting(report) ? '⚠' : '✓'} ${headline}`
  if (!SAYS_OUTCOME[outcome].test(headline)) return `${word}: ${headline}`
  const mark = /^\W(?= )/.exec(word)?.[0]
  return mark === undefined ? headline : `${mark} ${headline}`
}

export const isDrifting = ({ drift }: Report): boolean => drift?.sets.some(({ state }) => state === 'drift') ?? false

/** Whether the check is red although, or green although, the outcome alone would not say so. Null when there is nothing to add. */
export function blockingNote(report: Report): string | null {
  const { outcome, blocks } = report.verdict
  if (report.shard !== undefined && !blocks)
    return 'One shard of the run: it posts no comment, and its check is green when it could measure its cases.'
  if (outcome === 'fail' && !blocks)
    return /report mode/i.test(report.verdict.headline)
      ? null
      : 'Report mode: this is shown, and the check stays green.'
  if (outcome === 'not-measured' && !blocks) return 'The check stays green: `on-not-measured` is `pass`.'
  if (outcome === 'inconclusive')
    return blocks
      ? 'The check is red: `on-inconclusive` is `fail`.'
      : 'The check stays green: nothing was proven either way.'
  return null
}

// ------------------------------------------------------------------------------------------------- rows

/** Every gate of every set, and score and cost where no gate has them. Worst first, then the larger change of the set. */
export function allRows(report: Report): readonly Row[] {
  const single = report.evalSets.length === 1
  const keyed = orderedSets(report).flatMap((set) => setRows(set, single ? '' : set.name).map((row) => ({ row, set })))
  return keyed
    .sort((a, b) => severity(a.row.status) - severity(b.row.status) || moved(b.set) - moved(a.set))
    .map(({ row }) => row)
}

function moved(set: EvalSetReport): number {
  return Math.abs(set.score.delta ?? 0)
}

function setRows(set: EvalSetReport, name: string): readonly Row[] {
  const gates = set.gates.map((gate) => gateRow(gate, name))
  const rules = new Set(set.gates.map((gate) => gate.rule))
  const scored =
    rules.has('score-drop') || rules.has('must-pass') || (set.score.base === null && rules.has('min-score'))
  const score = scored ? [] : shownScore(set, name)
  const cost = COST_RULES.some((rule) => rules.has(rule)) ? [] : shownCost(set, name)
  return [...score, ...gates, ...cost]
}

/** A gate on cost has the figures in its own row. */
const COST_RULES = ['cost-ratio', 'cost-per-request', 'unpriced'] as const

function gateRow({ metric, base, head, change, limit, status }: GateRow, set: string): Row {
  return { set, metric, base, head, change, limit, status }
}

function shownScore(set: EvalSetReport, name: string): readonly Row[] {
  if (set.score.base === null && set.score.head === null) return []
  const metric = set.compare === 'pass' ? 'pass rate' : 'mean score'
  return [
    {
      set: name,
      metric,
      base: formatPoints(set.score.base),
      head: formatPoints(set.score.head),
      change: formatPointsChange(set.score),
      limit: '-',
      status: 'shown',
    },
  ]
}

function shownCost(set: EvalSetReport, name: string): readonly Row[] {
  const { base, head } = set.cost.perRequestUsd
  if (set.cost.state === 'unpriced') return [unknownCost(set, name)]
  if (base === null && head === null) return []
  return [
    {
      set: name,
      metric: 'cost per request',
      base: base === null ? '-' : formatUsd(base),
      head: head === null ? UNKNOWN : formatUsd(head),
      change: formatUsdChange(set.cost.perRequestUsd),
      limit: '-',
      status: 'shown',
    },
  ]
}

/** Never absent, which would read as free. */
function unknownCost({ tokens, promptHash, model }: EvalSetReport, set: string): Row {
  // A head of which nothing was answered has no cost that a price could be missing for.
  const what = tokens.input.head === null ? 'not measured' : 'unpriced'
  const base = promptHash.base === null && model.base === null ? '-' : what
  return { set, metric: 'cost per request', base, head: what, change: '-', limit: '-', status: 'shown' }
}

// ------------------------------------------------------------------------------------- flips and slices

export type SetFlip = { readonly set: string; readonly flip: Flip }

/** Flips of one kind over all sets, the largest loss (or gain) first. */
export function flipsOf(report: Report, kind: FlipKind): readonly SetFlip[] {
  const flips = orderedSets(report).flatMap((set) =>
    set.flips.filter((flip) => flip.kind === kind).map((flip) => ({ set: set.name, flip })),
  )
  return flips.sort((a, b) => swing(b.flip) - swing(a.flip))
}

function swing(flip: Flip): number {
  return Math.abs((flip.headScore ?? 0) - (flip.baseScore ?? 0))
}

export type SetSlice = { readonly set: string; readonly slice: SliceReport }

const QUIET_SLICES: ReadonlySet<SliceReport['status']> = new Set(['pass', 'within-noise', 'too-few'])

/** Slices that a gate or the noise band singles out, the largest change first. */
export function movedSlices(report: Report): readonly SetSlice[] {
  return allSlices(report)
    .filter(({ slice }) => !QUIET_SLICES.has(slice.status))
    .sort((a, b) => Math.abs(b.slice.score.delta ?? 0) - Math.abs(a.slice.score.delta ?? 0))
}

export function allSlices(report: Report): readonly SetSlice[] {
  return orderedSets(report).flatMap((set) => set.slices.map((slice) => ({ set: set.name, slice })))
}

/** Tokens by section as they are shown: without a prompt on the base there is nothing to compare with. */
export function sectionRows({
  tokens,
  promptHash,
}: EvalSetReport): readonly (readonly [string, string, string, string])[] {
  return tokens.sections.map(({ origin, base, head }) => {
    if (promptHash.base === null) return [origin, '-', formatAmount(head), '-']
    const change = formatAmountChange({ base, head, delta: head - base, low: null, high: null })
    return [origin, formatAmount(base), formatAmount(head), change]
  })
}

const PART_ORDER = ['price', 'input', 'output', 'cache', 'tier']

/** Parts of a change of cost in the order in which they add up: a report that was read back has its keys in another. */
export function costParts({ cost }: EvalSetReport): readonly (readonly [string, string | null])[] {
  const rank = (name: string) => (PART_ORDER.includes(name) ? PART_ORDER.indexOf(name) : PART_ORDER.length)
  return Object.entries(cost.parts).sort(([a], [b]) => rank(a) - rank(b) || compareText(a, b))
}
