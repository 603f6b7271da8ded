// Records of one eval set in the order of time, thinned to what a page can show.

import { orderRecords } from './join.ts'
import { heirsOf } from './own.ts'
import type { AcceptRecord, BaselineRecord, HistoryRecord, IncidentRecord, MonitorMark, RunRecord } from './records.ts'

export type SetSeries = {
  readonly evalSet: string
  /** Path of the configuration; null where there is but one. */
  readonly config: string | null
  readonly pinned: readonly RunRecord[]
  readonly live: readonly RunRecord[]
  readonly fallbacks: readonly RunRecord[]
  readonly merges: readonly RunRecord[]
  readonly baselines: readonly BaselineRecord[]
  readonly accepts: readonly AcceptRecord[]
}

export type History = {
  /** Sorted by name. */
  readonly sets: readonly SetSeries[]
  readonly incidents: readonly IncidentRecord[]
}

type Lists = Exclude<keyof SetSeries, 'evalSet' | 'config'>
type Growing = { readonly evalSet: string; readonly config: string } & {
  -readonly [list in Lists]: SetSeries[list][number][]
}

/** Sets of one name in several configurations are several. */
export function seriesOf(records: readonly HistoryRecord[]): History {
  const ordered = orderRecords(records)
  const heirs = heirsOf(ordered)
  const sets = new Map<string, Growing>()
  const of = (evalSet: string, { config = heirs.get(evalSet) ?? '' }: Pick<HistoryRecord, 'config'>): Growing => {
    const name = JSON.stringify([evalSet, config])
    const known = sets.get(name) ?? { evalSet, config, ...emptyLists() }
    sets.set(name, known)
    return known
  }
  const incidents: IncidentRecord[] = []
  for (const record of ordered) {
    if (record.kind === 'run') of(record.evalSet, record)[LISTS[record.role]].push(record)
    else if (record.kind === 'baseline') of(record.evalSet, record).baselines.push(record)
    else if (record.kind === 'accept') for (const evalSet of record.evalSets) of(evalSet, record).accepts.push(record)
    else if (record.kind === 'incident') incidents.push(record)
  }
  const named = [...sets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set)
  const isAlone = new Set(named.flatMap(({ config }) => config || [])).size <= 1
  return { sets: named.map((set) => ({ ...set, config: isAlone ? null : set.config || null })), incidents }
}

const emptyLists = (): { [list in Lists]: SetSeries[list][number][] } => ({
  ...{ pinned: [], live: [], fallbacks: [], merges: [], baselines: [], accepts: [] },
})

/** As the page names it: with its configuration, where there are several. */
export const seriesName = ({ evalSet, config }: Pick<SetSeries, 'evalSet' | 'config'>): string =>
  config === null ? evalSet : `${evalSet} (${config})`

const LISTS = { pinned: 'pinned', live: 'live', fallback: 'fallbacks', merge: 'merges' } as const

/** One run, or the mean of the runs of some weeks. */
export type Point = {
  readonly ms: number
  /** Of the mean; 0 for a run. */
  readonly spanMs: number
  readonly runs: number
  readonly key: string
  readonly score: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly latencyMs: number | null
  readonly costUsd: number | null
  /** The worst that the monitor said. */
  readonly state: MonitorMark['state'] | null
}

export type Measure = 'score' | 'inputTokens' | 'outputTokens' | 'latencyMs' | 'costUsd'

const WEEK_MS = 7 * 86_400_000

/**
 * At most about `budget` points: the newer half of them single runs, before that means over weeks, or over as many weeks as
 * it takes. Runs of different content are never put together.
 */
export function pointsOf(runs: readonly RunRecord[], budget: number): readonly Point[] {
  const recent = Math.max(1, runs.length <= budget ? budget : Math.floor(budget / 2))
  const single = runs.slice(-recent).map((run) => meanOf([run], 0))
  return [...meansOf(runs.slice(0, -recent), Math.max(1, budget - recent)), ...single]
}

/** Longer than any history: the number of contents may be beyond the budget, and then the oldest are not shown. */
const MOST_WEEKS = 1024

function meansOf(runs: readonly RunRecord[], budget: number): readonly Point[] {
  const timed = runs.map((run) => ({ run, ms: Date.parse(run.at) }))
  for (let weeks = 1; ; weeks *= 2) {
    const buckets = bucketsOf(timed, weeks * WEEK_MS)
    if (buckets.length <= budget || weeks >= MOST_WEEKS)
      return buckets.slice(-budget).map((bucket) => meanOf(bucket, weeks * WEEK_MS))
  }
}

type Timed = { readonly run: RunRecord; readonly ms: number }

function bucketsOf(runs: readonly Timed[], spanMs: number): readonly (readonly RunRecord[])[] {
  const buckets: RunRecord[][] = []
  let open: { readonly at: number; readonly key: string } | null = null
  for (const { run, ms } of runs) {
    const at = Math.floor(ms / spanMs)
    if (open !== null && open.at === at && open.key === run.key) buckets.at(-1)?.push(run)
    else buckets.push([run])
    open = { at, key: run.key }
  }
  return buckets
}

function meanOf(runs: readonly RunRecord[], spanMs: number): Point {
  const of = (value: (run: RunRecord) => number | null) => mean(runs.flatMap((run) => value(run) ?? []))
  return {
    ms: mean(runs.map(({ at }) => Date.parse(at))) ?? 0,
    spanMs,
    runs: runs.length,
    key: runs[0]?.key ?? '',
    score: of(({ figures }) => figures.score),
    inputTokens: of(({ figures }) => figures.inputTokens),
    outputTokens: of(({ figures }) => figures.outputTokens),
    latencyMs: of(({ figures }) => figures.latencyMs),
    costUsd: of(({ figures }) => (figures.costUsd === null ? null : Number(figures.costUsd))),
    state: worst(runs.flatMap(({ monitor }) => monitor?.state ?? [])),
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function worst(states: readonly MonitorMark['state'][]): MonitorMark['state'] | null {
  return (['drift', 'suspect', 'in-band'] as const).find((state) => states.includes(state)) ?? null
}

/** Milliseconds between runs that are usual in a series; null = not known. */
export function usualInterval(runs: readonly { readonly at: string }[]): number | null {
  const times = runs.map(({ at }) => Date.parse(at))
  const gaps = times.slice(1).map((ms, at) => ms - (times[at] ?? ms))
  const sorted = gaps.filter((gap) => gap > 0).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}
