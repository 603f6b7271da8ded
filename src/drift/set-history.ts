// What the history says about the eval sets of a run, read once before the first call. Without a history nothing changes.

import { UserError } from '../errors.ts'
import { type PlanContext, planSet, type SetPlan } from '../plan.ts'
import type { Clock, Git, HistoryStore, Tree } from '../ports.ts'
import { baselineAnchor, commitAnchor, type FoundAnchor } from './anchor.ts'
import { type Commits, findAnchor } from './find-anchor.ts'
import { lastForecasts } from './forecasts.ts'
import { contentKey } from './key.ts'
import { isFuture, ownRecords } from './own.ts'
import type { HistoryRecord } from './records.ts'
import { type StoredRun, storedRuns } from './stored-runs.ts'
import { type Trend, trendOf } from './trend.ts'

export type SetPast = {
  readonly trend: Trend | null
  /** Null where the set has no `gates.since`. */
  readonly anchor: FoundAnchor | null
  /** Of the very content that the base asks, oldest first. */
  readonly stored: readonly StoredRun[]
  /** Number of the open issue about drift of the set. */
  readonly issue: number | null
  /** The run is of a merge whose record has to have the level of every case. */
  readonly recorded: boolean
}

export type Past = {
  readonly sets: ReadonlyMap<string, SetPast>
  /** The plans, with the levels of ties where an anchor needs them. */
  readonly plans: readonly SetPlan[]
  readonly notes: readonly string[]
  /** Last known cost of a month of each route, in USD. */
  readonly recorded: { readonly [route: string]: string }
}

export type PastInput = {
  readonly history: HistoryStore | null
  /** Names the configuration. */
  readonly config: string
  readonly git: Git
  readonly clock: Clock
  readonly plans: readonly SetPlan[]
  readonly context: PlanContext
  readonly baseTree: Tree | null
  /** Where releases are looked for. */
  readonly baseSha: string | null
  readonly headSha: string | null
  /** Writes merge records. */
  readonly isMerge: boolean
  /** Ends the waiting. */
  readonly signal: AbortSignal
  readonly nowMs: number
}

/** A run does not wait longer than this for its past. */
const PATIENCE_MS = 20_000
/** Runs that are compared with those of today; graded scores take more room. */
const STORED_RUNS = { pass: 8, score: 3 } as const
/** Rendering the requests of a larger set once more would cost more than it tells. */
const MOST_CASES = 2_000

export async function readPast(input: PastInput): Promise<Past> {
  const { records, notes, why } = await recordsOf(input)
  const commits = commitsOf(input, records)
  const sets = new Map<string, SetPast>()
  for (const plan of input.plans) {
    const since = plan.gates.since
    const anchor = since === undefined ? null : (why ?? (await anchorOf(records, plan.name, () => commits(since.ref))))
    sets.set(plan.name, {
      trend: trendOf(records, plan.name),
      anchor,
      stored: await storedOf(records, plan, input),
      issue: openIssue(records, plan.name),
      recorded: input.isMerge && since !== undefined,
    })
  }
  const plans = input.plans.map((plan) => withLevels(plan, sets.get(plan.name)))
  return { sets, plans, notes, recorded: lastForecasts(records) }
}

type Records = {
  readonly records: readonly HistoryRecord[]
  readonly notes: readonly string[]
  /** Why there are none. */
  readonly why: FoundAnchor | null
}

async function recordsOf({ history, config, clock, signal, nowMs }: PastInput): Promise<Records> {
  const none = (why: string, remedy: string, notes: readonly string[] = []): Records => ({
    ...{ records: [], notes },
    why: { state: 'none', why, remedy },
  })
  if (history === null) return none('this run reads no history', 'See docs/guides/erosion.md.')
  try {
    const read = await inTime(history.read(), clock, signal)
    if (read === null) return none('the history could not be read in time', 'Run it again.')
    const records = ownRecords(read.records, config).filter((one) => !isFuture(one, nowMs))
    if (records.length > 0) return { records, notes: read.notes, why: null }
    if (read.state === 'lost')
      return none('the history was lost', 'The next merges and drift runs make a new one.', read.notes)
    // Where nothing was ever kept, nothing is said.
    return read.state === 'unreachable'
      ? none('the history could not be reached', 'Run it again; the token needs `contents: read`.')
      : none('there is no history yet', 'Set up the workflows for pushes and drift (docs/guides/erosion.md).')
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const what = error.problems[0]?.what ?? error.message
    return none(`the history cannot be read: ${what.replace(/\.$/, '')}`, error.problems[0]?.remedy ?? '', [
      `The history was not used: ${what}`,
    ])
  }
}

async function inTime<T>(work: Promise<T>, clock: Clock, signal: AbortSignal): Promise<T | null> {
  const over = new AbortController()
  const late = clock.sleep(PATIENCE_MS, AbortSignal.any([over.signal, signal])).then(
    () => null,
    () => null,
  )
  return Promise.race([work, late]).finally(() => over.abort())
}

/** The anchor's commit and its ancestors by the word of the gate; each word is looked up once. */
function commitsOf(
  { git, baseSha, headSha }: PastInput,
  records: readonly HistoryRecord[],
): (ref: string) => Promise<Commits | FoundAnchor | null> {
  const known = new Map<string, Promise<Commits | FoundAnchor | null>>()
  const merges = records.flatMap((one) => (one.kind === 'run' && one.role === 'merge' ? [one.commit] : []))
  const search = { git, from: baseSha ?? headSha, recorded: new Set(merges) }
  return (ref) => {
    const found = known.get(ref) ?? (ref === 'baseline' ? Promise.resolve(null) : findAnchor({ ...search, ref }))
    known.set(ref, found)
    return found
  }
}

async function anchorOf(
  records: readonly HistoryRecord[],
  evalSet: string,
  commits: () => Promise<Commits | FoundAnchor | null>,
): Promise<FoundAnchor> {
  const found = await commits()
  if (found === null) return baselineAnchor(records, evalSet)
  return 'state' in found ? found : commitAnchor(records, evalSet, found)
}

async function storedOf(records: readonly HistoryRecord[], plan: SetPlan, { context, baseTree, nowMs }: PastInput) {
  const { base, rescored, cases, name } = plan
  if (records.length === 0 || base === null || baseTree === null || rescored || cases.size > MOST_CASES) return []
  const contentIds = { base: '', head: context.contentIds.base }
  // The base as it was recorded when it was merged: a head of its own.
  const alone = planSet({ head: base, base: null, because: [], kinds: new Set() }, { ...context, contentIds })
  const key = contentKey(alone, base.target.kind === 'command' ? await baseTree.list() : [])
  return storedRuns(records, { evalSet: name, key, nowMs, most: STORED_RUNS[base.compare] })
}

function openIssue(records: readonly HistoryRecord[], evalSet: string): number | null {
  const incidents = new Map(
    records.flatMap((one) =>
      one.kind === 'incident' && one.evalSets.includes(evalSet) ? [[one.incident, one] as const] : [],
    ),
  )
  return [...incidents.values()].findLast((one) => one.state === 'opened')?.issue ?? null
}

/** Gates on a difference need no answer of a tie; an anchor does, and so does a record that others are held against. */
function withLevels(plan: SetPlan, past: SetPast | undefined): SetPlan {
  if (past?.recorded !== true && past?.anchor?.state !== 'found') return plan
  return { ...plan, levels: [...plan.cases.values()].filter((one) => one.identical).map((one) => one.kase.id) }
}
