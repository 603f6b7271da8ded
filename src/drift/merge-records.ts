// What a merge into the default branch leaves behind: for each eval set that ran, the level of every case of the head.

import type { Evaluation } from '../evaluate.ts'
import { MISSING_SHARE } from '../gate/score/levels.ts'
import type { TreeEntry } from '../ports.ts'
import type { Usd } from '../report/report.ts'
import { contentKey, inOrder } from './key.ts'
import { levelsOf } from './levels.ts'
import { recordId } from './lines.ts'
import { figuresOfPasses, passesOf, rounded } from './passes.ts'
import type { HistoryRecord, RunRecord } from './records.ts'
import { keyRecord } from './set-records.ts'

export type Merge = {
  /** Names the configuration. */
  readonly config: string
  readonly commit: string
  /** Of the pull request that it brought, where its subject names one. */
  readonly pr: number | null
  readonly at: string
  readonly runUrl: string | null
  /** Files of the commit; only an application is known by them. */
  readonly files: readonly TreeEntry[]
}

/** None of a run in which too much is missing: it says nothing, and is a gap. */
export function mergeRecords(evaluation: Evaluation, costUsd: Usd, merge: Merge): readonly HistoryRecord[] {
  const { plan, past } = evaluation
  const passes = passesOf(evaluation, 'head', () => null)
  const levels = inOrder(plan).map(({ kase }, i) => {
    const known = passes.flatMap(({ cases }) => cases[i]?.level ?? [])
    return mean(known) ?? past?.levels.get(kase.id) ?? null
  })
  const missing = evaluation.runs.filter(({ head }) => head.some((run) => run.state === 'missing')).length
  const known = levels.filter((level) => level !== null)
  if (known.length === 0 || missing > MISSING_SHARE * levels.length) return []
  const { target } = plan.head
  const key = contentKey(plan, merge.files)
  const { at, config } = merge
  const about = { v: 1, at, config, evalSet: plan.name, key } as const
  const score = mean(known)
  const run: RunRecord = {
    ...{ ...about, kind: 'run', id: recordId('run', 'merge', plan.name, key, merge.commit, config), role: 'merge' },
    ...{ model: target.model ?? null, commit: merge.commit, pr: merge.pr, runUrl: merge.runUrl },
    prompt: target.kind === 'prompt' ? target.prompt.hash : null,
    figures: {
      ...figuresOfPasses(passes),
      ...{ n: known.length, missing, costUsd },
      // Over a part of the cases there is no score of the set.
      score: score === null || known.length + missing < levels.length ? null : rounded(100 * score),
    },
    levels: levelsOf(levels),
  }
  return [keyRecord({ plan, key }, merge), run]
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
