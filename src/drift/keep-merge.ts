// The records of a merge onto the history branch. Where it cannot be written, that is said, and no check is red for it.

import type { Route } from '../config/config.ts'
import { UserError } from '../errors.ts'
import type { Evaluation } from '../evaluate.ts'
import type { Measured } from '../gate/measured.ts'
import { pullRequestOf } from '../log/pull-requests.ts'
import type { Git, HistoryStore } from '../ports.ts'
import type { RouteReport, Usd } from '../report/report.ts'
import { forecastRecordsOf } from './forecasts.ts'
import { historyFiles } from './history-files.ts'
import { mergeRecords } from './merge-records.ts'
import { registeredPrompts } from './registered.ts'

export type KeptMerge = {
  /** Names the configuration. */
  readonly config: string
  readonly history: HistoryStore
  readonly git: Git
  readonly evaluations: readonly Evaluation[]
  readonly measured: readonly Measured[]
  /** All sets of the commit: the registry keeps those that did not run, too. */
  readonly sets: Parameters<typeof registeredPrompts>[0]
  readonly sides: { readonly head: { readonly sha: string | null } }
  readonly startedMs: number
  readonly runUrl: string | null
  /** What the whole run cost, in USD; null when a call of it was not priced. */
  readonly jobUsd: Usd
  /** Of the configuration, and what the run projects for them. */
  readonly routes: readonly Route[]
  readonly projected: readonly RouteReport[]
}

/** Returns sentences about what could not be kept. */
export async function keepMerge(merged: KeptMerge): Promise<readonly string[]> {
  const { evaluations, measured, startedMs, runUrl, history, config } = merged
  const commit = merged.sides.head.sha
  if (commit === null) return []
  const subject = await merged.git.subject(commit)
  const at = new Date(startedMs).toISOString()
  const isApplication = evaluations.some(({ plan }) => plan.head.target.kind === 'command')
  const files = isApplication ? await merged.git.tree(commit).list() : []
  const merge = { config, commit, at, runUrl, files, pr: subject === null ? null : pullRequestOf(subject) }
  const records = evaluations.flatMap((one, i) => {
    const own = measured[i]
    return own === undefined ? [] : mergeRecords(one, own.cost.report.perRequestUsd.head, merge)
  })
  const [first] = records.filter((one) => one.kind === 'run')
  const paid = records.map((one) => (one === first ? { ...first, jobUsd: merged.jobUsd } : one))
  const ran = evaluations.map(({ plan }) => plan.name)
  const all = [...paid, ...forecastRecordsOf({ ...merge, routes: merged.routes, reports: merged.projected, ran })]
  if (all.length === 0) return []
  const prompts = registeredPrompts(merged.sets)
  try {
    const written = await history.append(all, historyFiles({ prompts, config, now: startedMs }))
    if (written.state === 'written') return written.notes
    const where = written.files === null ? '' : ` What would have been written is in ${written.files}.`
    return [
      ...written.notes,
      `The history of this merge could not be kept: ${written.why.replace(/\.$/, '')}.${where} The job needs \`contents: write\`.`,
    ]
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return [`The history of this merge could not be kept: ${error.problems[0]?.what ?? error.message}`]
  }
}
