// The level that a set is held against over many merges: it moves with a release or an accept, and never by a merge alone.

import { BASELINE_RUNS } from './baseline.ts'
import { scoresOf } from './levels.ts'
import type { BaselineRecord, HistoryRecord, KeyRecord, RunRecord } from './records.ts'

export type Anchor = {
  /** As people say it: `v2.4`, `the baseline of 2026-11-03`. */
  readonly name: string
  /** ISO 8601, UTC, of the runs. */
  readonly at: string
  readonly commit: string
  readonly compare: 'pass' | 'score'
  /** How answers were scored; null = not recorded. */
  readonly measure: string | null
  /** 0-1 by the key of the case; cases without a run are left out. */
  readonly levels: ReadonlyMap<string, number>
  /** Runs of each case. */
  readonly runs: number
  /** Of the set at that time. */
  readonly cases: number
}

export type FoundAnchor =
  | { readonly state: 'found'; readonly anchor: Anchor }
  | { readonly state: 'none'; readonly why: string; readonly remedy: string }

/** The first baseline, or the first one after the last accept, whatever content keys came since. */
export function baselineAnchor(records: readonly HistoryRecord[], evalSet: string): FoundAnchor {
  const accepted = records.findLast((one) => one.kind === 'accept' && one.evalSets.includes(evalSet))
  const baselines = records.filter((one): one is BaselineRecord => one.kind === 'baseline' && one.evalSet === evalSet)
  const open = baselines.filter((one) => accepted === undefined || Date.parse(one.at) > Date.parse(accepted.at))
  const baseline = wholeOf(open.filter((one) => one.key === open[0]?.key))
  if (baseline === undefined)
    return accepted === undefined
      ? none('there is no baseline of it yet', 'A run of `prompt-parity drift` makes one.')
      : none(
          `its baseline was accepted away on ${dayOf(accepted.at)}, and no new one was made yet`,
          'The next run of `prompt-parity drift` makes the new one.',
        )
  return ofBaseline(records, baseline, `the baseline of ${dayOf(baseline.at)}`)
}

/** Of one that grows run by run the first that has all its runs, else what there is. */
function wholeOf(baselines: readonly BaselineRecord[]): BaselineRecord | undefined {
  return baselines.find((one) => one.runs >= BASELINE_RUNS) ?? [...baselines].sort((a, b) => b.runs - a.runs)[0]
}

/**
 * @param commits the anchor's commit and its ancestors, nearest first: the set ran where it last changed, at one of them
 */
export function commitAnchor(
  records: readonly HistoryRecord[],
  evalSet: string,
  { name, commits }: { readonly name: string; readonly commits: readonly string[] },
): FoundAnchor {
  const runs = records.filter(
    (one): one is RunRecord => one.kind === 'run' && one.role === 'merge' && one.evalSet === evalSet,
  )
  const byCommit = new Map(runs.map((run) => [run.commit, run]))
  const commit = commits.find((sha) => byCommit.has(sha))
  const run = commit === undefined ? undefined : byCommit.get(commit)
  if (run === undefined)
    return none(
      `no merge up to ${name} has a record of it`,
      'The workflow for pushes to the default branch writes one for each merge that affects the set (docs/guides/erosion.md).',
    )
  const baseline = sameContent(records, run)
  return baseline === undefined ? ofRun(records, run, name) : ofBaseline(records, baseline, name)
}

const NEAR_MS = 7 * 24 * 60 * 60 * 1000

/** A baseline that was made of the merged content soon after says the same, from ten runs instead of one. */
function sameContent(records: readonly HistoryRecord[], run: RunRecord): BaselineRecord | undefined {
  const near = records.filter((one): one is BaselineRecord => {
    if (one.kind !== 'baseline' || one.evalSet !== run.evalSet || one.key !== run.key) return false
    const later = Date.parse(one.at) - Date.parse(run.at)
    return later >= 0 && later <= NEAR_MS
  })
  return near.find((one) => one.runs >= BASELINE_RUNS)
}

function ofBaseline(records: readonly HistoryRecord[], baseline: BaselineRecord, name: string): FoundAnchor {
  const levels = baseline.cases.map((one) => one.level)
  return found(records, { ...baseline, name, levels })
}

function ofRun(records: readonly HistoryRecord[], run: RunRecord, name: string): FoundAnchor {
  return found(records, { ...run, name, runs: 1, levels: scoresOf(run.levels ?? '') })
}

type Recorded = Pick<Anchor, 'name' | 'at' | 'commit' | 'runs'> & {
  readonly evalSet: string
  readonly key: string
  readonly levels: readonly (number | null)[]
}

function found(records: readonly HistoryRecord[], recorded: Recorded): FoundAnchor {
  const { name, at, commit, runs, levels } = recorded
  const key = keyRecord(records, recorded, levels.length)
  if (key === undefined)
    return none(
      `the history has levels of ${name}, and not of which cases they are`,
      'Make a new anchor: accept the present level, or release again.',
    )
  const known = key.cases.flatMap((one, at) => {
    const level = levels[at] ?? null
    return level === null || level < 0 || level > 1 ? [] : [[one, level] as const]
  })
  const { compare, measure = null } = key
  const anchor = { name, at, commit, runs, compare, measure, levels: new Map(known), cases: key.cases.length }
  return { state: 'found', anchor }
}

/** Which cases so many levels are of. */
export function keyRecord(
  records: readonly HistoryRecord[],
  { evalSet, key }: { readonly evalSet: string; readonly key: string },
  levels: number,
): KeyRecord | undefined {
  return records.find(
    (one): one is KeyRecord =>
      one.kind === 'key' && one.evalSet === evalSet && one.key === key && one.cases.length === levels,
  )
}

const none = (why: string, remedy: string): FoundAnchor => ({ state: 'none', why, remedy })
export const dayOf = (at: string): string => at.slice(0, 10)
