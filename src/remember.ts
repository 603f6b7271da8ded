// What a run takes from the history before its first call, and what it leaves there. The rest of it is loaded only where it is
// needed: most runs affect nothing.

import type { Config } from './config/config.ts'
import type { LoadedSets } from './config/pairs.ts'
import type { SideContext } from './context.ts'
import type { Sides } from './domain.ts'
import type { LookBack } from './drift/look-back.ts'
import type { EngineStats } from './engine.ts'
import type { Context } from './evaluate/pairs.ts'
import type { Evaluation } from './evaluate.ts'
import type { Measured } from './gate/measured.ts'
import { configName, isMerge, type Job } from './job.ts'
import { formatUsd } from './money.ts'
import type { World } from './parity.ts'
import type { SetPlan } from './plan.ts'
import type { Tree } from './ports.ts'
import type { RouteReport } from './report/report.ts'

type Opening = {
  readonly plans: readonly SetPlan[]
  readonly context: SideContext
  readonly sides: Sides
  readonly trees: { readonly base: Tree | null }
  readonly startedMs: number
  /** `environment:` of the configuration. */
  readonly listed: readonly string[]
}

export type OpenedPast = {
  /** With the levels of ties where an anchor needs them. */
  readonly plans: readonly SetPlan[]
  readonly lookBack: (context: Context) => Promise<LookBack | undefined>
  /** Once everything ran. */
  notes(): Promise<readonly string[]>
  /** Likewise: the last known cost of a month of each route, in USD. */
  recorded(): Promise<{ readonly [route: string]: string }>
}

/**
 * Null where no history is to be read: a laptop asks its remote for a gate alone, a shard leaves it to the merge. Without such a
 * gate no call waits for it: it is read while they are made.
 */
export async function openPast(job: Job, world: World, opening: Opening): Promise<OpenedPast | null> {
  const { plans, context, sides, trees, startedMs, listed } = opening
  const asked = plans.some((plan) => plan.gates.since !== undefined)
  const history = job.request.kind === 'laptop' && !asked ? undefined : world.history
  if (job.shard !== null || (history === undefined && !asked)) return null
  const { readPast, createLookBack } = await import('./drift/index.ts')
  const reading = readPast({
    ...{
      history: history ?? null,
      config: configName(job),
      git: world.git,
      clock: world.clock,
      plans,
      nowMs: startedMs,
    },
    context: { contentIds: context.contentIds, environment: world.environment, listed },
    baseTree: trees.base,
    baseSha: sides.base?.sha ?? null,
    headSha: sides.head.sha,
    isMerge: isMerge(job) && history !== undefined,
    signal: world.signal,
  })
  const opened = reading.then((past) => ({ ...past, lookBack: createLookBack(past) }))
  // A defect of ours is met where the past is used.
  opened.catch(() => undefined)
  return {
    plans: asked ? (await opened).plans : plans,
    lookBack: async (of) => (await opened).lookBack(of),
    notes: async () => (await opened).notes,
    recorded: async () => (await opened).recorded,
  }
}

type Ran = {
  readonly evaluations: readonly Evaluation[]
  readonly measured: readonly Measured[]
  readonly sides: Sides
  readonly sets: LoadedSets
  readonly startedMs: number
  readonly engine: EngineStats | null
  readonly routes: Config['routes']
  readonly projected: readonly RouteReport[]
}

/** A merge into the default branch leaves a record of each set that ran. Returns what could not be kept, in words. */
export async function keepRun(job: Job, world: World, ran: Ran): Promise<readonly string[]> {
  const { history, git, signal } = world
  const { engine, ...merged } = ran
  // What was interrupted is a gap, and nobody waits for a push.
  if (history === undefined || signal.aborted || !isMerge(job) || job.shard !== null) return []
  if (ran.evaluations.length === 0) return []
  const { keepMerge } = await import('./drift/index.ts')
  const sets = ran.sets.pairs.flatMap(({ name, head }) => (head === null ? [] : [{ name, head }]))
  const jobUsd = engine === null || engine.unpriced > 0 ? null : formatUsd(engine.pico)
  return keepMerge({ ...merged, config: configName(job), sets, history, git, jobUsd, runUrl: job.provenance.runUrl })
}
