// One side alone, for jobs that compare no two commits: its configuration and its eval sets, planned without a base.

import type { LoadedSets } from './config/pairs.ts'
import type { Sides } from './domain.ts'
import { UserError } from './errors.ts'
import { configName, type Job } from './job.ts'
import { loadConfigs, loadSets, type SideConfigs } from './load.ts'
import type { World } from './parity.ts'
import { type Selection, select } from './plan/select.ts'
import type { Tree } from './ports.ts'

export type HeadSide = {
  readonly sides: Sides
  readonly tree: Tree
  readonly configs: SideConfigs
  /** Identity of its files. */
  contentId(): Promise<string>
  /** Every eval set that the configuration finds. */
  sets(): Promise<LoadedSets>
  /** Those that are named, planned. */
  select(evals: Job['evals']): Promise<Selection>
}

/** The commit of the event, the one that `--head` names, or the working tree. */
export async function headSideOf(job: Job, world: World, how: string): Promise<HeadSide> {
  const { ref, sha } = await commitOf(job, world)
  const sides: Sides = {
    pair: { kind: 'working-tree', how },
    base: null,
    head: { label: 'head', ref, sha, trust: 'trusted' },
  }
  const tree = sha === null ? world.git.workingTree() : world.git.tree(sha)
  const trees = { base: null, head: tree }
  const configPath = configName(job)
  const configs = await loadConfigs(configPath, trees, true, job.workingDirectory)
  const contentId = () => world.git.contentId(sha)
  const sets = () => loadSets({ trees, configs, files: [], directory: job.workingDirectory })
  const selectSets = async (evals: Job['evals']) =>
    select({
      job: { ...job, evals },
      detection: { changes: [], uncovered: [], selections: [], texts: [], pins: [] },
      sets: await sets(),
      configs,
      trusted: true,
      context: { files: [], configPath, contentIds: { base: '', head: await contentId() } },
      environment: world.environment,
      today: new Date(world.clock.now()).toISOString().slice(0, 10),
    })
  return { sides, tree, configs, contentId, sets, select: selectSets }
}

async function commitOf({ request }: Job, world: World): Promise<{ ref: string; sha: string | null }> {
  if (request.kind === 'dispatch') return { ref: request.ref, sha: request.sha }
  if (request.kind === 'push') return { ref: request.ref, sha: request.after }
  if (request.kind !== 'laptop')
    throw new UserError({
      what: 'a scheduled run looks at one trusted commit, and this event is about a change.',
      expected: 'the event `schedule`, `workflow_dispatch` or `push`',
      remedy: 'Use `command: run` for pull requests and merge queues.',
    })
  const ref = request.head
  if (ref === null) return { ref: 'working tree', sha: null }
  const sha = await world.git.commit(ref)
  if (sha !== null) return { ref, sha }
  throw new UserError({
    what: `there is no commit ${ref.slice(0, 100)} here.`,
    remedy: 'Fetch it, or correct `--head`.',
  })
}
