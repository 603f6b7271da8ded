// `detect --all-files`: every prompt and pin of the head, and what stands for it. Calls nothing and compares nothing.
// `init` begins with the same scan.

import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import type { LoadedSets } from '../config/pairs.ts'
import { EXIT, UserError } from '../errors.ts'
import { type Inventory, inventory, type PinEntry, type PromptEntry } from '../inventory.ts'
import { fromEnvironment } from '../io/environment.ts'
import { createLog } from '../io/terminal.ts'
import type { Job } from '../job.ts'
import { loadLifecycle } from '../lifecycle/load.ts'
import { loadConfigs, loadSets } from '../load.ts'
import type { Git, Tree } from '../ports.ts'
import { pricesOf } from '../prices/of-config.ts'
import { logLines } from '../report/escape.ts'
import { plural } from '../report/numbers.ts'
import { overlay } from '../tree.ts'

export async function allFiles(job: Job, git: Git, format: 'text' | 'json'): Promise<number> {
  const { found } = await scanHead(job, git)
  process.stdout.write(format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : `${logLines(inWords(found))}\n`)
  return EXIT.pass
}

export type HeadScan = {
  readonly tree: Tree
  readonly config: Config
  readonly sets: LoadedSets
  readonly found: Inventory
}

export async function scanHead(job: Job, git: Git): Promise<HeadScan> {
  const log = createLog(process.stderr)
  const tree = await headTree(job, git)
  const trees = { base: null, head: tree }
  const configPath = posix.join(job.workingDirectory, job.configPath)
  const configs = await loadConfigs(configPath, trees, true, job.workingDirectory)
  const directory = job.workingDirectory
  const sets = await loadSets({ trees, configs, files: [], directory })
  const { prompts, ignore } = configs.config
  const lifecycle = await loadLifecycle(configs.config, tree)
  const found = await inventory({
    tree,
    sets,
    directory,
    config: { path: configPath, prompts, ignore },
    prices: () => pricesOf(configs.config, fromEnvironment, lifecycle),
    nowMs: Date.now(),
    progress: (line) => log.progress([line]),
  })
  log.end()
  return { tree, config: configs.config, sets, found }
}

/** The head as asked for. Of a working tree only what differs from its commit is read from disk. */
async function headTree(job: Job, git: Git): Promise<Tree> {
  const ref =
    job.request.kind === 'laptop' ? job.request.head : job.request.kind === 'untrusted' ? job.request.sha : null
  const sha = await git.commit(ref ?? 'HEAD')
  if (ref === null && sha === null) return git.workingTree()
  if (sha === null)
    throw new UserError({
      what: `there is no commit ${(ref ?? '').slice(0, 100)} here.`,
      remedy: 'Fetch it, or correct `--head`.',
    })
  if (ref !== null) return git.tree(sha)
  const changes = await git.changes(sha, null)
  return overlay(git.workingTree(), git.tree(sha), new Set(changes.map((change) => change.path)))
}

function inWords({ prompts, pins, uncovered, skipped, files }: Inventory): string {
  const lines = [...prompts, ...pins].map(line)
  const notes = skipped.map(({ path, why }) => `${path}\n    skipped: ${why}`)
  const sum = `${plural(prompts.length, 'prompt')} and ${plural(pins.length, 'pin')} in ${plural(files.listed, 'file')}; ${uncovered} without an eval set; ${plural(skipped.length, 'file')} skipped`
  return [...lines, ...notes, sum].join('\n')
}

function line(entry: PromptEntry | PinEntry): string {
  const symbol = entry.symbol === undefined ? '' : `#${entry.symbol}`
  const what = entry.kind === 'model' ? `  ${entry.id}` : ''
  const known = entry.kind === 'model' && entry.pin !== undefined ? `; ${pinned(entry.pin)}` : ''
  return `${entry.path}:${entry.line}${symbol}${what}\n    ${entry.kind === 'prompt' ? 'prompt' : 'pin'}; ${entry.why}${known}`
}

function pinned({ pinned: how, shutdown, deprecated, known }: NonNullable<PinEntry['pin']>): string {
  return [
    ...(known ? [how] : ['an id that we do not know']),
    ...(deprecated ? [`deprecated, until ${shutdown}`] : []),
  ].join(', ')
}
