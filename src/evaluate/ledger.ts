// The runs of one eval set so far: every result, and the record that the gate decides on.

import type { CaseRuns } from '../compare.ts'
import { HELD_CASES } from '../config/shelved-cases.ts'
import type { RecordRow, Result, SideLabel, Trial } from '../domain.ts'
import type { EvaluateDeps } from '../evaluate.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import type { Lost } from './outage.ts'
import { createRecordRows, type RecordRows } from './record-rows.ts'
import { createResults, type Results } from './results.ts'

export type Scored = Extract<Result, { state: 'scored' }>

export type Ledger = {
  readonly record: RecordRows
  readonly missing: Set<string>
  add(result: Result): void
  addRows(pair: readonly Scored[]): void
  /** A stored base run takes the place of one to be made. */
  lend(result: Scored): void
  lentFor(trial: Trial): Scored | undefined
  /** How many base runs are stored ones. */
  readonly lent: number
  /** There were stored base runs, but the base answers otherwise today. */
  moved: boolean
  runsOf(caseId: string): { readonly base: readonly Result[]; readonly head: readonly Result[] }
  nextProbe(caseId: string, side: SideLabel): number
  readonly lostAlone: Lost
  /** Changes whenever a run was added or given up. */
  progress(): number
  runs(): readonly CaseRuns[]
}

/** @param deps `shelf`: where a large set keeps its texts; `rows`: is told of the rows of the test as they come */
export function createLedger(plan: SetPlan, { shelf, rows }: Pick<EvaluateDeps, 'shelf' | 'rows'> = {}): Ledger {
  const results = createResults(plan.cases, shelf ?? null)
  const probes = new Map<string, number>()
  const record = createRecordRows(plan.name)
  const enter = (row: RecordRow) => {
    record.push(row)
    if (plan.cases.get(row.case)?.role === 'paired') rows?.add(row)
  }
  for (const { kase, role, identical } of plan.cases.values())
    if (role === 'paired' && identical) enter({ evalSet: plan.name, case: kase.id, step: 'identical' })
  const missing = new Set<string>()
  const musts = new Set(plan.mustPass)
  const metric = (result: Scored) => (plan.head.compare === 'pass' ? (result.pass ? 1 : 0) : result.score)
  const lent = new Map<string, Scored>()
  return {
    record,
    missing,
    moved: false,
    lostAlone: { pairs: 0, base: 0, head: 0 },
    get lent() {
      return lent.size
    },
    runsOf: (caseId) => ({ base: results.of(caseId, 'base'), head: results.of(caseId, 'head') }),
    add: results.add,
    lend: (result) => {
      const { caseId, index } = result.trial
      lent.set(`${index} ${caseId}`, result)
      results.add(result)
      enter({
        evalSet: plan.name,
        case: caseId,
        side: 'base',
        step: 'pass',
        index,
        score: metric(result),
        stored: true,
      })
    },
    lentFor: ({ caseId, step, index }) => (step === 'pass' ? lent.get(`${index} ${caseId}`) : undefined),
    addRows: (pair) => {
      for (const result of pair) {
        const { caseId, side, step, index } = result.trial
        const role = plan.cases.get(caseId)?.role
        // Edited ones are outside the test, and held to `must_pass` as added ones are: both sides are asked the same.
        if ((role === 'edited' && !musts.has(caseId)) || role === 'quarantined') continue
        if (step !== 'pass' && step !== 'fresh') continue
        enter({ evalSet: plan.name, case: caseId, side, step, index, score: metric(result) })
      }
    },
    nextProbe: (caseId, side) => {
      const key = `${side} ${caseId}`
      const index = probes.get(key) ?? 0
      probes.set(key, index + 1)
      return index
    },
    progress: () => record.length + missing.size,
    runs: () => runsOf(plan, results),
  }
}

/** The runs of each case of a set, in the order of its plan. */
export function runsOf(plan: SetPlan, results: Results): readonly CaseRuns[] {
  const { passes } = plan.head
  if (plan.cases.size > HELD_CASES)
    return Array.from(plan.cases.values(), (one) => new RunsOfCase(one, passes, results))
  return Array.from(plan.cases.values(), ({ kase, role, identical }) => {
    return { kase, role, identical, passes, base: results.of(kase.id, 'base'), head: results.of(kase.id, 'head') }
  })
}

/** Looks up when it is asked: a list of these is small, however many runs there are. */
class RunsOfCase implements CaseRuns {
  readonly passes: number
  readonly #planned: PlannedCase
  readonly #results: Results

  constructor(planned: PlannedCase, passes: number, results: Results) {
    this.#planned = planned
    this.passes = passes
    this.#results = results
  }
  get kase() {
    return this.#planned.kase
  }
  get role() {
    return this.#planned.role
  }
  get identical() {
    return this.#planned.identical
  }
  get base() {
    return this.#results.of(this.kase.id, 'base')
  }
  get head() {
    return this.#results.of(this.kase.id, 'head')
  }
}
