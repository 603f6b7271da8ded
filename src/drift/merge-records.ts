// What a merge into the default branch leaves behind: for each eval set that ran, the level of every case of the head.

import { metricOf } from '../compare.ts'
import type { Answer, Result } from '../domain.ts'
import type { Evaluation } from '../evaluate.ts'
import type { Measured } from '../gate/measured.ts'
import { contentKey } from './content-key.ts'
import { levelsOf } from './levels.ts'
import { recordId } from './lines.ts'
import type { Figures, HistoryRecord, KeyRecord, RunRecord } from './records.ts'

export type Merge = {
  readonly commit: string
  /** Of the pull request that it brought, where its subject names one. */
  readonly pr: number | null
  readonly at: string
  readonly runUrl: string | null
}

/** Above this share of missing cases a run says nothing, and is a gap. */
const MISSING_SHARE = 0.02

export function mergeRecords(evaluation: Evaluation, measured: Measured, merge: Merge): readonly HistoryRecord[] {
  const { plan, past } = evaluation
  const cases = evaluation.runs.map((one) => ({
    kase: one.kase,
    runs: one.head.filter(({ trial }) => trial.step === 'identical' || isPass(trial, one.passes)),
  }))
  const missing = cases.filter(({ runs }) => runs.some((run) => run.state === 'missing')).length
  if (missing > MISSING_SHARE * cases.length) return []
  const metric = metricOf(plan.head.compare)
  const levels = cases.map(({ kase, runs }) => {
    const values = runs.flatMap((run) => (run.state === 'scored' ? (metric(run) ?? []) : []))
    return mean(values) ?? past?.levels.get(kase.id) ?? null
  })
  if (levels.every((level) => level === null)) return []
  const {
    key,
    cases: names,
    measure,
  } = contentKey(plan.head, (kase) => {
    const head = plan.cases.get(kase.id)?.head
    return head?.state === 'ready' ? head.request.hash : null
  })
  const { target, compare } = plan.head
  const about = { v: 1, at: merge.at, evalSet: plan.name, key } as const
  const keyRecord: KeyRecord = {
    ...{ ...about, kind: 'key', id: recordId('key', plan.name, key), compare },
    ...{ cases: names, measure },
  }
  const run: RunRecord = {
    ...{ ...about, kind: 'run', id: recordId('run', 'merge', plan.name, key, merge.commit), role: 'merge' },
    ...{ model: target.model ?? null, commit: merge.commit, pr: merge.pr, runUrl: merge.runUrl },
    prompt: target.kind === 'prompt' ? target.prompt.hash : null,
    figures: {
      ...figuresOf(
        cases.flatMap(({ runs }) => runs),
        levels,
      ),
      missing,
      costUsd: measured.cost.report.perRequestUsd.head,
    },
    levels: levelsOf(levels),
  }
  return [keyRecord, run]
}

const isPass = ({ step, index }: Result['trial'], passes: number) => step === 'pass' && index < passes

/** A score over some of the cases is none of the set. */
function figuresOf(
  results: readonly Result[],
  levels: readonly (number | null)[],
): Omit<Figures, 'missing' | 'costUsd'> {
  const answers = results.flatMap(({ outcome }) => (outcome.state === 'answered' ? [outcome.answer] : []))
  const known = levels.filter((level) => level !== null)
  const score = mean(known)
  const logs = answers.flatMap(({ latencyMs }) => (latencyMs === null || latencyMs <= 0 ? [] : [Math.log(latencyMs)]))
  const latency = mean(logs)
  return {
    n: known.length,
    score: score === null || known.length < levels.length ? null : round(100 * score, 4),
    inputTokens: rounded(mean(answers.flatMap(({ usage }) => usage?.input ?? []))),
    outputTokens: rounded(mean(answers.flatMap(({ usage }) => usage?.output ?? []))),
    latencyMs: latency === null ? null : Math.round(Math.exp(latency)),
    refusals: rounded(mean(answers.map((answer) => Number(refuses(answer))))),
    answered: distinct(answers.map(({ model }) => model)),
    fingerprints: distinct(answers.map(({ fingerprint }) => fingerprint)),
    tiers: distinct(answers.map(({ serviceTier }) => serviceTier)),
  }
}

const refuses = ({ refusal, finishReason }: Answer) => refusal === true || finishReason === 'refusal'

/** More than these are no news but noise. */
const NAMES = 20

const distinct = (names: readonly (string | undefined)[]) =>
  [...new Set(names.filter((name) => name !== undefined))].sort().slice(0, NAMES)

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

const round = (value: number, digits: number) => Number(value.toFixed(digits))
const rounded = (value: number | null) => (value === null ? null : round(value, 4))
