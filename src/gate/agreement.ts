// Whether a report says what its record shows: of each compared set the score, the gate's status and the outcome; of the run the
// outcome and whether it blocks. What no record can show is named instead. Pure.

import type { Finding, GateOutcome, RecordRow } from '../domain.ts'
import { formatPoints } from '../report/numbers.ts'
import type { EvalSetReport, Report } from '../report/report.ts'
import { pairedInterval } from '../stats/paired.ts'
import { outcomeOf } from './decide.ts'
import { worst } from './set-verdict.ts'
import type { Verification } from './verify.ts'

/** Both in words: where report and record contradict each other, and what the record says nothing about. */
export type Agreement = { readonly differs: readonly string[]; readonly unproven: readonly string[] }

/** @param found what the record comes to; @param rows those of the set */
export function agreementOfSet(
  set: EvalSetReport,
  {
    found,
    rows,
    report,
  }: { readonly found: Verification; readonly rows: readonly RecordRow[]; readonly report: Report },
): Agreement {
  const own = report.verdict.findings.filter((one) => one.evalSet === set.name)
  const gate = gateOf(set)
  const score = scoreAgreement(set, rows, own)
  const others = set.gates.filter((row) => row !== gate && row.status !== 'pass').map((row) => row.rule)
  return {
    differs: [
      ...(found.rule === set.rule ? [] : [`the rule is ${set.rule}, by the record ${found.rule}`]),
      ...statusDiffers(set, found),
      // A comparison of models says in its own tables what holds.
      ...(report.candidates === undefined ? unnamedFailure(set, own) : []),
      ...outcomeDiffers(set),
      ...(isUnmeasured(found, rows) ? groundlessFailure(set, own) : []),
      ...score.differs,
    ],
    unproven: [
      ...(isUnmeasured(found, rows) ? ['that no run of it could be scored: the record has none'] : []),
      ...score.unproven,
      ...softened(set, found, own),
      ...others.map((rule) => `the gate ${rule}`),
    ],
  }
}

const gateOf = (set: EvalSetReport) => set.gates.find(({ rule }) => rule === 'score-drop' || rule === 'must-pass')

/** What a set's outcome may be by the record, when its gate has a limit or a case that must pass decided. */
function statusDiffers(set: EvalSetReport, found: Verification): readonly string[] {
  if (set.outcome === 'not-comparable') return []
  const status = gateOf(set)?.status ?? 'none'
  const said = allowed(set, found)
  return said.includes(status) ? [] : [`the score gate is ${status}, by the record ${said.join(' or ')}`]
}

function unnamedFailure(set: EvalSetReport, own: readonly Finding[]): readonly string[] {
  const isNamed = own.some((one) => one.level === 'fail' && (one.rule === 'score-drop' || one.rule === 'must-pass'))
  return gateOf(set)?.status === 'fail' && !isNamed ? ['the score gate fails, and no finding says so'] : []
}

/** Answers that nobody gave and `require: proof` are not in the record: each makes a pass less, and none makes more of it. */
function allowed(
  { maxDropPoints, mustPass }: EvalSetReport,
  { outcome, rule }: Verification,
): readonly (GateOutcome | 'none')[] {
  const isFree = maxDropPoints === null && rule !== 'must-pass'
  switch (outcome) {
    case 'pass':
      return rule === 'pass-losses' ? ['pass', 'inconclusive', 'warn', 'not-measured'] : ['pass', 'not-measured']
    case 'fail':
      // A case that must pass may have broken beside what the record names.
      return isFree
        ? ['pass', 'not-measured', ...(mustPass.length > 0 ? (['fail'] as const) : [])]
        : ['fail', 'warn', 'not-measured']
    case 'inconclusive':
      return isFree ? ['pass', 'not-measured'] : ['inconclusive', 'warn', 'not-measured']
    case 'not-measured':
    case 'undecided':
      return ['not-measured']
  }
}

/** A gate of the level `warn` and a waiver take the edge off a failure that the record shows. */
function softened(set: EvalSetReport, { outcome }: Verification, own: readonly Finding[]): readonly string[] {
  const status = gateOf(set)?.status
  if (outcome !== 'fail' || status === 'fail' || status === undefined) return []
  const why = own.some((one) => one.rule === 'waived') ? 'its waiver' : 'the level of its gate'
  return [`that the score gate is ${status} and does not fail: ${why}`]
}

/** Some gates have no row: those can make it worse than its rows, and nothing makes it better. */
function outcomeDiffers({ outcome, gates }: EvalSetReport): readonly string[] {
  if (outcome === 'not-comparable') return []
  const least = worst(gates.map((row) => row.status))
  return outcome !== 'planned' && worst([least, outcome]) === outcome
    ? []
    : [`the outcome is ${outcome}, and a gate of the set is ${least}`]
}

/** Nothing was scored, so that the record has no row of the set. */
const isUnmeasured = ({ outcome }: Verification, rows: readonly RecordRow[]) =>
  rows.length === 0 && outcome === 'not-measured'

/** Such a set can fail by what needs no score alone (a cost, say), and then something names it. */
function groundlessFailure({ outcome, gates }: EvalSetReport, own: readonly Finding[]): readonly string[] {
  const isNamed = gates.some((row) => row.status === 'fail') || own.some((one) => one.level === 'fail')
  return outcome === 'fail' && !isNamed ? ['the outcome is fail, by the record not-measured'] : []
}

type Figures = Pick<EvalSetReport['score'], 'base' | 'head' | 'delta' | 'low' | 'high'>
const NAMES = ['base', 'head', 'delta', 'low', 'high'] as const

function scoreAgreement(set: EvalSetReport, rows: readonly RecordRow[], own: readonly Finding[]): Agreement {
  if (own.some((one) => one.rule === 'quarantined'))
    return { differs: [], unproven: ['the score: cases in quarantine count in it, and are not in the record'] }
  if ((set.unlisted?.missing ?? 0) > 0)
    return { differs: [], unproven: ['the score: not every case that is missing is listed'] }
  const figures = figuresOf(set, rows)
  const differs = NAMES.flatMap((name) => {
    const [said, shown] = [set.score[name], figures[name]]
    if (shown === undefined || isSame(said, shown)) return []
    return [`score.${name} is ${inWords(said)}, by the record ${inWords(shown)}`]
  })
  const levels =
    figures.base === undefined ? ['score.base and score.head: a tie by identity has no score in the record'] : []
  return { differs, unproven: levels }
}

const isSame = (a: number | null, b: number | null) => (a === null || b === null ? a === b : Math.abs(a - b) < 1e-6)
const inWords = (points: number | null) => (points === null ? 'null' : formatPoints(points))
const NO_FIGURES: Figures = { base: null, head: null, delta: null, low: null, high: null }

/** On 0-100, of the complete passes; what the record leaves open is left out. */
function figuresOf(set: EvalSetReport, rows: readonly RecordRow[]): Partial<Figures> {
  const pairs = completePairs(set, rows)
  // Ties that no look reached are counted in the report alone; as a count, whatever number the report has there.
  const ties = Math.max(rows.filter((row) => row.step === 'identical').length, set.cases.identical)
  const differences = pairs.map(({ base, head }) => head - base)
  const all = pairs.length + ties
  if (all === 0) return rows.length === 0 ? NO_FIGURES : {}
  const { low, high } = pairedInterval(differences, { ties })
  const delta = differences.reduce((sum, one) => sum + one, 0) / all
  const shown = { delta: 100 * delta, low: 100 * low, high: 100 * high }
  if (ties > 0) return shown
  const level = (side: 'base' | 'head') => (100 * pairs.reduce((sum, one) => sum + one[side], 0)) / pairs.length
  return { base: level('base'), head: level('head'), ...shown }
}

/** Means of the cases that have every run of their passes; what a missing one had counts in no score. */
function completePairs(set: EvalSetReport, rows: readonly RecordRow[]) {
  const outside = new Set([...set.added, ...set.edited].map((one) => one.caseId))
  const missing = new Set(set.missing.map((one) => one.caseId))
  const cases = new Map<string, { base: number[]; head: number[] }>()
  for (const row of rows) {
    if (row.step !== 'pass' || row.index >= set.passes || outside.has(row.case)) continue
    const runs = cases.get(row.case) ?? { base: [], head: [] }
    runs[row.side].push(row.score)
    cases.set(row.case, runs)
  }
  const mean = (scores: readonly number[]) => scores.reduce((sum, one) => sum + one, 0) / scores.length
  return [...cases].flatMap(([id, { base, head }]) => {
    const isWhole = base.length === head.length && (base.length === set.passes || !missing.has(id))
    return isWhole ? [{ base: mean(base), head: mean(head) }] : []
  })
}

/** Where outcome and blocking of a run are not those of its sets and findings; other runs rest on more than score gates. */
export function differsInRun({ verdict, evalSets, run, shard, drift, candidates }: Report): Agreement['differs'] {
  if (shard !== undefined || drift !== undefined || candidates !== undefined || evalSets.length === 0) return []
  const facts = { plannedOnly: null, incomplete: run.incomplete !== undefined, findings: verdict.findings }
  const enforced = evalSets.filter((set) => set.mode === 'enforce')
  const fromSets = outcomeOf({ ...facts, sets: enforced, findings: [], incomplete: false })
  // What a set in report mode found, and what the repository's mode says of the rest, is known to the run alone.
  const possible = verdict.blocks
    ? [outcomeOf({ ...facts, sets: enforced }), outcomeOf({ ...facts, sets: enforced, findings: [] })]
    : [outcomeOf({ ...facts, sets: evalSets })]
  const wrong = possible.includes(verdict.outcome)
    ? []
    : [`the outcome is ${verdict.outcome}, and by its eval sets and findings ${possible[0]}`]
  const green =
    fromSets === 'fail' && !verdict.blocks ? ['it does not block, and an eval set that is enforced fails'] : []
  const red = verdict.blocks && verdict.outcome === 'pass' ? ['it blocks, and passes'] : []
  return [...wrong, ...green, ...red]
}
