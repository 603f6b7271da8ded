// Rows of each eval set in the order in which its candidates were named, with what stands out among them.

import { dropLimitPoints } from '../config/gates.ts'
import type { EvalSetCalls } from '../cost/input.ts'
import type { EvalSet, Finding } from '../domain.ts'
import { judgeModel } from '../plan.ts'
import type {
  CandidateRow,
  CandidateSet,
  Holding,
  ModelInUse,
  PinDiff,
  Recommendation,
} from '../report/candidates/report.ts'
import { parameterWords } from '../report/candidates/words.ts'
import { isJudge } from '../scorers/kinds.ts'
import { endOf } from './ends.ts'
import type { Prices } from './money.ts'
import { parametersOf } from './named.ts'
import { type Elsewhere, elsewhereNote, otherPins } from './other-pins.ts'
import { paretoSet } from './pareto.ts'
import { pinDiff } from './pin-diff.ts'
import { pinPlaces } from './pin-places.ts'
import type { PlannedSet } from './plans.ts'
import { picoOf, recommend } from './recommend.ts'
import { type Compared, rowOf, rowWithoutRuns } from './row.ts'
import { splitsOf } from './splits.ts'

export type SetsInput = {
  readonly sets: readonly PlannedSet[]
  readonly compared: readonly Compared[]
  readonly denied: ReadonlyMap<string, Finding>
  readonly plannedOnly: boolean
  readonly prices: Prices
  readonly elsewhere: Elsewhere
}

export function candidateSets(input: SetsInput): Promise<readonly CandidateSet[]> {
  return Promise.all(input.sets.map((set) => candidateSet(set, input)))
}

async function candidateSet(planned: PlannedSet, input: SetsInput): Promise<CandidateSet> {
  const { set } = planned
  const measured = planned.models.map((model) => withOwn(rowFor(model, planned, input), set))
  const [inUse, ...rows] = withPareto(inUseOf(planned, measured, input), measured)
  const recommendation = input.plannedOnly
    ? null
    : recommend(inUse, rows, new Date(input.prices.atMs).toISOString().slice(0, 10))
  return {
    evalSet: set.name,
    path: set.path,
    judge: judgesOf(planned).join(', ') || null,
    limit: dropLimitPoints(set.gates),
    inUse,
    rows,
    recommendation,
    splits: splitsOf(rows),
    pins: await pinsOf(planned, { inUse, recommendation, elsewhere: input.elsewhere }),
  }
}

function withOwn(row: CandidateRow, set: EvalSet): CandidateRow {
  const parameters = parametersOf(set, row.model)
  return parameters === undefined ? row : { ...row, parameters }
}

export const judgesOf = ({ set }: Pick<PlannedSet, 'set'>): readonly string[] => [
  ...new Set([...set.scorers, ...set.cases.flatMap((kase) => kase.scorers)].filter(isJudge).map(judgeModel)),
]

function rowFor(model: string, planned: PlannedSet, input: SetsInput): CandidateRow {
  const { book } = input.prices
  const found = input.compared.find((one) => one.model === model && one.evalSet === planned.set.name)
  if (found !== undefined)
    return rowOf(found, { ...input, calls: callsWith(model, input), comparisons: input.compared.length })
  return rowWithoutRuns(model, whyNotRun(model, planned, input), book)
}

function whyNotRun(model: string, { inUse }: PlannedSet, { denied, plannedOnly }: SetsInput): Holding {
  const finding = denied.get(model)
  if (model === inUse) return { state: 'holds', how: 'identical' }
  if (finding !== undefined) return { state: 'error', why: finding.message, remedy: finding.remedy }
  if (plannedOnly) return { state: 'planned' }
  throw new Error(`no run of ${model}`)
}

const callsWith = (model: string, { compared }: SetsInput): readonly EvalSetCalls[] =>
  compared.filter((one) => one.model === model).map((one) => one.calls)

/** Every comparison has the same runs of it; one that ended early has fewer. */
function inUseOf(planned: PlannedSet, rows: readonly CandidateRow[], { prices }: SetsInput): ModelInUse {
  const fullest = [...rows].sort((a, b) => b.cases - a.cases)[0]
  return {
    model: planned.inUse,
    score: fullest?.score.base ?? null,
    perRequestUsd: fullest?.cost.perRequestUsd.base ?? null,
    p95Ms: fullest?.latency.p95.base ?? null,
    pareto: null,
    judgesItself: judgesOf(planned).includes(planned.inUse),
    ends: endOf(planned.inUse, prices.book),
  }
}

function withPareto(inUse: ModelInUse, rows: readonly CandidateRow[]): readonly [ModelInUse, ...CandidateRow[]] {
  const marks = paretoSet([
    { bound: 0, pico: picoOf(inUse.perRequestUsd), ratio: 1 },
    ...rows.map(({ score, cost, latency, holding }) => {
      const isSame = holding.state === 'holds' && holding.how === 'identical'
      const isMeasured = holding.state !== 'error' && holding.state !== 'not-measured' && !isSame
      return {
        bound: isMeasured ? score.low : null,
        pico: picoOf(cost.perRequestUsd.head),
        ratio: latency.ratio,
      }
    }),
  ])
  return [
    { ...inUse, pareto: rows.some((row) => row.cases > 0) ? (marks[0] ?? null) : null },
    ...rows.map((row, at) => ({ ...row, pareto: marks[at + 1] ?? null })),
  ]
}

type Pinned = {
  readonly inUse: ModelInUse
  readonly recommendation: Recommendation | null
  readonly elsewhere: Elsewhere
}

/** For what is recommended, and for the successor that a shutdown notice names, whether or not it is the same. */
async function pinsOf(planned: PlannedSet, { inUse, recommendation, elsewhere }: Pinned): Promise<readonly PinDiff[]> {
  const recommended = recommendation?.action === 'switch' ? recommendation.model : null
  const successor = inUse.ends?.replacement ?? null
  if (recommended === null && successor === null) return []
  const { places, files } = await pinPlaces(planned.set, planned.inUse, elsewhere.tree)
  const notes = elsewhereNote(await otherPins(planned.inUse, files, elsewhere), planned.inUse)
  const diff = (model: string, because: PinDiff['because']) => {
    const made = pinDiff(places, planned.inUse, { model, because })
    const own = parametersOf(planned.set, model)
    const change = own === undefined ? [] : [`It was asked ${parameterWords(own)}: change that with the pin.`]
    return { ...made, notes: [...made.notes, ...change, ...notes] }
  }
  return [
    ...(recommended === null ? [] : [diff(recommended, 'recommended')]),
    ...(successor === null || successor === recommended ? [] : [diff(successor, 'successor')]),
  ]
}
