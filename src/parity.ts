// The whole program on one screen. Pull request, merge queue, push and laptop differ only in the job's sides.

import { conclude, incompleteBecause } from './conclude.ts'
import { changedAliases } from './config/aliases.ts'
import type { Config } from './config/config.ts'
import { oneShelf, shelveCases } from './config/shelved-cases.ts'
import { contextOf } from './context.ts'
import type { LeverRun } from './cost/levers/from-run.ts'
import { profilesOf } from './cost/profile/of-run.ts'
import { projectCost } from './cost/project.ts'
import { keepScales, readScales } from './cost/scale-record.ts'
import { cutOf, restUnasked } from './cut-short.ts'
import { describePins } from './detect/pins-described.ts'
import { type Detection, detect } from './detect.ts'
import type { RecordRow, Side } from './domain.ts'
import type { EngineInput, EngineWorld } from './engine.ts'
import { UserError } from './errors.ts'
import type { Evaluation } from './evaluate.ts'
import { configName, type Job } from './job.ts'
import { BUILT_IN } from './lifecycle/book.ts'
import { loadLifecycle } from './lifecycle/load.ts'
import { loadConfigs, loadSets, type SideConfigs } from './load.ts'
import { callsOf, measure } from './measure.ts'
import { estimateRun } from './plan/estimate.ts'
import { select } from './plan/select.ts'
import { reasonFindings } from './policy/reason.ts'
import type { Git, HistoryStore, Tree } from './ports.ts'
import { pricesOf } from './prices/of-config.ts'
import { refuseRedirectedKeys } from './redirected-keys.ts'
import { keepRun, openPast } from './remember.ts'
import { buildReport, planOf } from './report/build.ts'
import type { Report } from './report/report.ts'
import { planSentence } from './report/sentences.ts'
import { concludeShard } from './shard/conclude.ts'
import { identityOf, NO_COUNTS, type RunIdentity, type ShardPart } from './shard/header.ts'
import { differsBy, incompleteOf, type Joined, type JoinedRuns } from './shard/join.ts'
import { shareOf } from './shard/share.ts'
import { resolveSides } from './sides.ts'
import { staticFindings } from './static-checks.ts'
import { unreadNotes, watchedBy } from './unread.ts'

export type World = EngineWorld & {
  readonly git: Git
  /** What runs and merges before this one came to; without it nothing is read and nothing kept. */
  readonly history?: HistoryStore
  readonly tool: { readonly version: string; readonly node: string }
}
export type ParityResult = {
  readonly report: Report
  readonly config: Config
  /** Union of both sides' patterns: a head cannot switch redaction off. */
  readonly redact: readonly string[]
  readonly record: Iterable<RecordRow>
  /** Of a shard: what the merge needs beside the report. */
  readonly part: ShardPart | null
}

/** @param shards parts of this very run, made by other jobs; only what they lack is run */
export async function parity(job: Job, world: World, shards: JoinedRuns | null = null): Promise<ParityResult> {
  const { clock, environment, git, signal, tool } = world
  // A merge belongs to the day of its shards: what expires at midnight must not make another run of it.
  const startedMs = shards === null ? clock.now() : Date.parse(shards.joined.startedAt)
  const surveyed = await survey(job, git, startedMs, world)
  const { sides, trees, trusted, context, configs, unread, sets, detection, lifecycle } = surveyed
  refuseRedirectedKeys(
    configs.base,
    configs.config,
    sets.pairs.flatMap(({ base: one }) => one ?? []),
  )
  await restUnasked(world, sets)
  const today = new Date(startedMs).toISOString().slice(0, 10)
  const selection = select({ job, detection, sets, configs, trusted, context, environment, today })
  await restUnasked(world, sets)
  const identity = identityOf(sides, configs.config.hash, selection.plans)
  if (shards !== null) refuseOtherRun(shards.joined, identity)
  const { shard } = job
  const plannedOnly = job.dryRun ? 'a dry run' : job.planOnly
  const calls = plannedOnly === null && selection.plans.length > 0
  const { plans: chosen } = selection
  const past = calls
    ? await openPast(job, world, {
        plans: chosen,
        context,
        sides,
        trees,
        startedMs,
        listed: configs.config.environment,
      })
    : null
  const whole = past?.plans ?? selection.plans
  const plans = shard === null ? whole : whole.map((plan) => shareOf(plan, shard))
  const checks = await staticFindings({
    ...{ configs, sets, detection, trusted, today, lifecycle, environment },
    nowMs: startedMs,
    files: context.files,
    chosen: selection.plans.map((plan) => plan.name),
    openStore: () => world.openStore(),
  })
  await restUnasked(world, sets)
  // The stricter side applies: a change cannot free itself of the rule.
  const required = [configs.config, configs.base].some((config) => config?.policy.reason === 'required')
  const reasons = await reasonFindings({ required, changes: detection.changes, sides, trees, git })
  await restUnasked(world, sets)
  const { providers } = configs.config
  const book = await pricesOf(configs.config, environment, lifecycle)
  const profiles = await profilesOf({ plans: selection.plans, configs, trees, trusted, nowMs: startedMs, book })
  const concurrencyOf = (provider: string) => providers[provider]?.maxConcurrency
  const isAnswered = plannedOnly !== null && job.useStored ? await answeredOf(world) : undefined
  const estimate = estimateRun(plans, book, startedMs, { concurrencyOf, ...(isAnswered && { isAnswered }) })
  await world.rest?.()
  const redact = [...new Set([...(configs.base?.redact ?? []), ...configs.head.redact])]
  if (calls && estimate.target.calls.worst > 0) world.log.info(`Plan: ${planSentence(planOf(estimate))}`)
  const engine = calls
    ? await engineOf({
        job,
        world,
        sides,
        trees,
        plans,
        config: configs.config,
        book,
        estimate,
        redact,
        shards,
      })
    : null
  // A shard is kept whole: its merge goes on from what it has.
  const cut = cutOf(shard === null ? plans : [], signal)
  const deps = engine && { ...engine.deps, isCutShort: cut.isNow, ...(past && { lookBack: past.lookBack }) }
  const made = engine === null || deps === null ? [] : await (await loopOf(shard))(plans, deps).finally(engine.close)
  const evaluations = made.filter(cut.keeps)
  // Answers of earlier runs say nothing new.
  if (engine !== null && engine.stats().calls > 0)
    await keepScales(evaluations, () => world.openStore(), new Date(startedMs).toISOString())
  await world.rest?.()
  const evalSets = evaluations.map(callsOf)
  const costs = projectCost({
    evalSets,
    routes: configs.config.routes,
    book,
    atMs: startedMs,
    limit: configs.config.cost,
    recorded: (await past?.recorded()) ?? {},
    profiles,
  })
  await world.rest?.()
  const all = evaluations.map((one) => measure(one, costs))
  const { routes } = configs.config
  const projected = { calls: evalSets, routes, projected: costs.routes, profiles, book, atMs: startedMs }
  const levers = engine === null || shard !== null ? [] : await leversOf({ evaluations, ...projected })
  const estimated =
    plannedOnly === null || selection.plans.length === 0
      ? null
      : (await import('./cost/without-calls.ts')).estimateWithoutCalls({
          plans: selection.plans,
          routes: configs.config.routes,
          book,
          atMs: startedMs,
          limit: configs.config.cost,
          scales: await readScales(() => world.openStore()),
          profiles,
        })
  const joined = shards?.joined ?? null
  const stats = engine?.stats() ?? null
  const pastNotes = [
    ...((await past?.notes()) ?? []),
    ...(await keepRun(job, world, {
      ...{ evaluations, measured: all, sides, sets, startedMs, engine: stats },
      ...{ routes: configs.config.routes, projected: costs.routes },
    })),
  ]
  await world.rest?.()
  const measured = all.filter(cut.keeps)
  const incomplete =
    (joined === null ? null : incompleteOf(joined)) ??
    stats?.refused ??
    incompleteBecause(measured, { interrupted: signal.aborted, outOfTime: stats?.outOfTime ?? false })
  const facts = {
    ...{ job, configs, trusted, detection, costs, estimate, plannedOnly, startedMs, joined, incomplete, pastNotes },
    selection: cut.isNow() ? (await import('./interrupted.ts')).withCut(selection, measured) : selection,
    found: [...checks, ...reasons],
    measured,
    estimated,
    engine: stats,
    baseSha: sides.base?.sha ?? null,
  }
  const conclusion = shard === null ? conclude(facts) : concludeShard(facts, shard)
  const report = buildReport({ ...facts, conclusion, sides, tool, unread, levers, endedMs: clock.now() })
  const about = {
    identity,
    startedAt: report.startedAt,
    planned: plannedOnly,
    incomplete,
    counts: stats ?? NO_COUNTS,
    applications: stats?.applications ?? [],
  }
  const part = shard === null ? null : { ...about, evaluations }
  return { report, config: configs.config, redact, record: published(evaluations.filter(cut.keeps)), part }
}

/** As the engine: needed where something is called. */
async function loopOf(shard: Job['shard']) {
  return shard === null
    ? (await import('./evaluate.ts')).evaluate
    : (await import('./evaluate/share.ts')).evaluateShares
}

/** Needed where something is called: most changes of a repository call nothing. */
async function engineOf(input: EngineInput) {
  const { startEngine } = await import('./engine.ts')
  return startEngine(input)
}

/** Needed by a run that calls nothing. */
async function answeredOf({ openStore }: Pick<World, 'openStore'>) {
  const { answeredBefore } = await import('./run/answered-before.ts')
  return answeredBefore(openStore)
}

/** Needed once there are answers, and by nothing that starts the program. */
async function leversOf(run: LeverRun) {
  const { leversOfRun } = await import('./cost/levers/from-run.ts')
  return leversOfRun(run)
}

function* published(evaluations: readonly Evaluation[]): Generator<RecordRow> {
  for (const one of evaluations) yield* one.published
}

function refuseOtherRun({ shards, identity }: Joined, here: RunIdentity): void {
  const why = differsBy(identity, here)
  if (why === null) return
  throw new UserError({
    what: `the shards are of another run than this merge: ${why} (shards first).`,
    place: { path: shards[0]?.folder ?? '' },
    remedy:
      'Merge in a checkout of the same commit, with the same configuration, inputs and environment as the shards had.',
  })
}

/**
 * What can be said without a call: the sides, their files, what changed, and what covers it.
 *
 * @param world where the cases of large sets go, and calls; without it cases stay in memory, and only the configuration says where
 */
export async function survey(
  job: Job,
  git: Git,
  nowMs: number,
  world: Pick<World, 'openShelf' | 'rest' | 'signal' | 'environment'> | null = null,
) {
  const sides = await resolveSides(job.request, git)
  const trees = { base: sides.base === null ? null : treeOf(git, sides.base), head: treeOf(git, sides.head) }
  const trusted = sides.head.trust === 'trusted'
  const [context, configs] = await Promise.all([
    contextOf(job, { sides, git }),
    loadConfigs(configName(job), trees, trusted, job.workingDirectory),
  ])
  const directory = job.workingDirectory
  const openShelf = world === null ? null : oneShelf(world)
  const loaded = await loadSets({ trees, configs, files: context.files, directory, ...(openShelf && { openShelf }) })
  if (world !== null) await restUnasked(world, loaded)
  const sets = openShelf === null ? loaded : shelveCases(loaded, openShelf)
  if (world !== null) await restUnasked(world, sets)
  const aliases = changedAliases(configs.base?.models ?? {}, configs.config.models)
  const config = { ...configs.config, path: context.configPath, changed: configs.changed, aliases }
  const changed = await detect({ files: context.files, sets, trees, config, directory })
  const lifecycle = await feedsOf(configs, trees, trusted)
  const prices = () => pricesOf(configs.config, world?.environment ?? (() => undefined), lifecycle)
  const detection: Detection = await describePins(changed, { sets, prices, nowMs })
  const unread = await unreadNotes(trees.head, watchedBy(configs.config, sets, directory))
  // A file that cannot be read is a matter of its own; that none can is not.
  const failure = git.failure?.() ?? null
  if (failure !== null) throw failure
  return { sides, trees, trusted, context, configs, unread, sets, detection, lifecycle }
}

/** From the side whose configuration governs; a head that is not trusted may not say when models stop. */
async function feedsOf({ config, base }: SideConfigs, trees: Trees, trusted: boolean) {
  if (config === base && trees.base !== null) return loadLifecycle(config, trees.base)
  return trusted ? loadLifecycle(config, trees.head) : BUILT_IN
}

type Trees = { readonly base: Tree | null; readonly head: Tree }

function treeOf(git: Git, side: Side): Tree {
  return side.sha === null ? git.workingTree() : git.tree(side.sha)
}
