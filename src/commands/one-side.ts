// One side alone, for commands that compare nothing: its configuration, its eval sets, and the world with an engine.

import { join, posix } from 'node:path'
import type { Sides } from '../domain.ts'
import { UserError } from '../errors.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { createLog } from '../io/terminal.ts'
import { absolute, createWorld } from '../io/world.ts'
import type { Job } from '../job.ts'
import { loadConfigs, loadSets, type SideConfigs } from '../load.ts'
import type { World } from '../parity.ts'
import { type Selection, select } from '../plan/select.ts'
import type { Tree } from '../ports.ts'
import { repositoryRoot, VERSION } from '../run-job.ts'

export type OneSide = {
  readonly world: World
  readonly sides: Sides
  readonly tree: Tree
  readonly configs: SideConfigs
  /** Every eval set that the job names, planned without a base. */
  select(evals: Job['evals']): Promise<Selection>
}

/** Runs `use` with the head of the job; `folder` is where the audit record of its calls goes. */
export async function withHead<T>(job: Job, folder: string, use: (side: OneSide) => Promise<T>): Promise<T> {
  const root = await repositoryRoot(process.cwd())
  const here = join(root, job.workingDirectory)
  const log = createLog(process.stderr)
  const interrupt = interruptSignal()
  const world = createWorld({
    root,
    stateDir: absolute(here, job.stateDir),
    reportDir: absolute(here, folder),
    log,
    signal: interrupt.signal,
    environment: (name) => process.env[name] || undefined,
    version: VERSION,
  })
  try {
    return await use(await headOf(job, world))
  } finally {
    log.end()
    await world.close()
    interrupt.dispose()
  }
}

async function headOf(job: Job, world: World): Promise<OneSide> {
  const ref = job.request.kind === 'laptop' ? job.request.head : null
  const sha = ref === null ? null : await world.git.commit(ref)
  if (ref !== null && sha === null)
    throw new UserError({
      what: `there is no commit ${ref.slice(0, 100)} here.`,
      remedy: 'Fetch it, or correct `--head`.',
    })
  const sides: Sides = {
    pair: { kind: 'working-tree', how: 'the head alone' },
    base: null,
    head: { label: 'head', ref: ref ?? 'working tree', sha, trust: 'trusted' },
  }
  const tree = sha === null ? world.git.workingTree() : world.git.tree(sha)
  const trees = { base: null, head: tree }
  const configPath = posix.join(job.workingDirectory, job.configPath)
  const configs = await loadConfigs(configPath, trees, true)
  const selectSets = async (evals: Job['evals']) => {
    const sets = await loadSets({ trees, configs, files: [], directory: job.workingDirectory })
    const contentIds = { base: '', head: await world.git.contentId(sha) }
    return select({
      job: { ...job, evals },
      detection: { changes: [], uncovered: [], selections: [], texts: [], pins: [] },
      sets,
      configs,
      trusted: true,
      context: { files: [], configPath, contentIds },
      environment: world.environment,
      today: new Date(world.clock.now()).toISOString().slice(0, 10),
    })
  }
  return { world, sides, tree, configs, select: selectSets }
}
