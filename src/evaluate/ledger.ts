// The runs of one eval set so far: every result, and the record that the gate decides on.

import type { CaseRuns } from '../compare.ts'
import type { RecordRow, Result, SideLabel, Trial } from '../domain.ts'
import type { SetPlan } from '../plan.ts'

export type Scored = Extract<Result, { state: 'scored' }>

export type Ledger = {
  readonly record: RecordRow[]
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
  /** Changes whenever a run was added or given up. */
  progress(): number
  runs(): readonly CaseRuns[]
}

export function createLedger(plan: SetPlan): Ledger {
  const results = new Map<string, { base: readonly Result[]; head: readonly Result[] }>()
  const probes = new Map<string, number>()
  const record: RecordRow[] = [...plan.cases.values()]
    .filter((one) => one.role === 'paired' && one.identical)
    .map((one) => ({ evalSet: plan.name, case: one.kase.id, step: 'identical' }))
  const missing = new Set<string>()
  const of = (caseId: string) => {
    const known = results.get(caseId) ?? { base: [], head: [] }
    results.set(caseId, known)
    return known
  }
  const metric = (result: Scored) => (plan.head.compare === 'pass' ? (result.pass ? 1 : 0) : result.score)
  const lent = new Map<string, Scored>()
  const add = (result: Result) => {
    const runs = of(result.trial.caseId)
    // concat makes a list of exactly this size; one that grows keeps room for seventeen, in each of many cases.
    runs[result.trial.side] = runs[result.trial.side].concat(result)
  }
  return {
    record,
    missing,
    moved: false,
    get lent() {
      return lent.size
    },
    runsOf: of,
    add,
    lend: (result) => {
      const { caseId, index } = result.trial
      lent.set(`${index} ${caseId}`, result)
      add(result)
      record.push({
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
        if (role === 'edited' || role === 'quarantined' || (step !== 'pass' && step !== 'fresh')) continue
        record.push({ evalSet: plan.name, case: caseId, side, step, index, score: metric(result) })
      }
    },
    nextProbe: (caseId, side) => {
      const key = `${side} ${caseId}`
      const index = probes.get(key) ?? 0
      probes.set(key, index + 1)
      return index
    },
    progress: () => record.length + missing.size,
    runs: () =>
      [...plan.cases.values()].map((one) => ({
        kase: one.kase,
        role: one.role,
        identical: one.identical,
        passes: plan.head.passes,
        ...of(one.kase.id),
      })),
  }
}
