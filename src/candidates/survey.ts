// What can be said of a comparison of models without a call: the commit, its eval sets, the models, and what policy says.

import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import { profilesOf } from '../cost/profile/of-run.ts'
import type { Finding, Side, Sides } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Job } from '../job.ts'
import { loadLifecycle } from '../lifecycle/load.ts'
import { loadConfigs, loadSets, type SideConfigs } from '../load.ts'
import { type Selection, select } from '../plan/select.ts'
import type { PlanContext } from '../plan.ts'
import { modelFindings } from '../policy/models.ts'
import { regionFindings } from '../policy/regions.ts'
import type { Environment, Git, Tree } from '../ports.ts'
import type { PriceBook } from '../prices/book.ts'
import { pricesOf } from '../prices/of-config.ts'
import { resolveHead } from '../sides.ts'
import { unreadNotes, watchedBy } from '../unread.ts'
import type { Prices } from './money.ts'
import { type Named, type NamedSet, namedModels } from './named.ts'
import { type PlannedSet, planComparisons, withFamily } from './plans.ts'

export type Survey = {
  readonly sides: Sides
  readonly tree: Tree
  readonly configs: SideConfigs
  /** About configurations that nothing reads. */
  readonly unread: readonly string[]
  readonly book: PriceBook
  readonly named: Named
  readonly sets: readonly PlannedSet[]
  /** Candidates that the policy does not allow, by model: nothing is sent to them. */
  readonly denied: ReadonlyMap<string, Finding>
  /** Of the routes that stand for the sets. */
  readonly profiles: Prices['profiles']
}

export async function surveyModels(
  job: Job,
  { git, environment }: { readonly git: Git; readonly environment: Environment },
  nowMs: number,
): Promise<Survey> {
  refuseJob(job)
  const head = await resolveHead(job.request, git)
  const tree = head.sha === null ? git.workingTree() : git.tree(head.sha)
  const configPath = posix.join(job.workingDirectory, job.configPath)
  const trees = { base: null, head: tree }
  const configs = await loadConfigs(configPath, trees, true, job.workingDirectory)
  const lifecycle = await loadLifecycle(configs.config, tree)
  const book = await pricesOf(configs.config, environment, lifecycle)
  const contentIds = { base: '', head: await git.contentId(head.sha) }
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const loaded = await loadSets({ trees, configs, files: [], directory: job.workingDirectory })
  const found = select({
    job: { ...job, evals: job.evals === 'affected' ? 'all' : job.evals },
    detection: { changes: [], uncovered: [], selections: [], texts: [], pins: [] },
    sets: loaded,
    ...{ configs, environment, today, trusted: true },
    context: { files: [], configPath, contentIds },
  })
  const named = namedOf(job, found, { book, config: configs.config })
  const denied = deniedModels(named.sets, configs.config)
  const listed = configs.config.environment
  const context = { contentIds: { ...contentIds, base: contentIds.head }, environment, listed, today }
  const sets = withFamily(named.sets.map((one) => planned(one, found, { denied, context })))
  const unread = await unreadNotes(tree, watchedBy(configs.config, loaded, job.workingDirectory))
  const plans = sets.flatMap(({ base }) => base ?? [])
  const profiles = await profilesOf({ plans, configs, trees, trusted: true, nowMs, book })
  return { sides: sidesOf(head), tree, configs, unread, book, named, sets, denied, profiles }
}

function refuseJob({ request, shard }: Job): void {
  if (shard !== null)
    throw new UserError({
      what: '`candidates` is not split into shards.',
      remedy: 'Leave `shard` out: the calls of all models share one pool.',
    })
  if (request.kind !== 'untrusted') return
  throw new UserError({
    what: '`candidates` compares models that the commit names, and this commit is not trusted.',
    remedy: 'Run it on a branch of this repository.',
  })
}

function sidesOf(head: Side): Sides {
  const pair = { kind: 'candidate', how: 'the model in use and each candidate, on one commit' } as const
  return { pair, base: { ...head, label: 'base' }, head }
}

function namedOf(job: Job, found: Selection, { book, config }: { book: PriceBook; config: Config }): Named {
  const named = namedModels({
    sets: found.plans.map((plan) => plan.head),
    flags: job.models ?? [],
    chosen: Array.isArray(job.evals),
    book,
    providers: Object.keys(config.providers),
  })
  return { ...named, notRun: [...found.notRun, ...named.notRun] }
}

type Planning = { readonly denied: ReadonlyMap<string, Finding>; readonly context: PlanContext }

function planned(named: NamedSet, found: Selection, { denied, context }: Planning): PlannedSet {
  const alone = found.plans.find((plan) => plan.head === named.set)
  if (alone === undefined) throw new Error(`no plan of ${named.set.name}`)
  return planComparisons({ named, baseKey: alone.contentKey, denied: new Set(denied.keys()), context })
}

/** A denied provider gets no text of ours, also not to find out how well it would do. */
function deniedModels(sets: readonly NamedSet[], config: Config): ReadonlyMap<string, Finding> {
  const { policy, models, providers } = config
  const found = new Map<string, Finding>()
  for (const { set, models: named } of sets)
    for (const id of named) {
      const used = [{ id, evalSet: set.name, use: 'candidate' as const, place: { path: set.path } }]
      const input = { policy, models, providers, used, uncovered: [], sets: [], prompts: [], forbidden: [] }
      const broken = [...modelFindings(input), ...regionFindings(input)].find(({ level }) => level === 'fail')
      if (broken !== undefined) found.set(id, { ...broken, level: 'warn' })
    }
  return found
}
