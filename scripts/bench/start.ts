// What a start costs, and a run that finds nothing to do.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pullRequestEvent } from '../../__tests__/fakes/events.ts'
import { startFakeGitHub } from '../../__tests__/fakes/github.ts'
import { createRepository } from '../../__tests__/fakes/repository.ts'
import { type ActionRun, runAction } from '../../__tests__/fakes/runner.ts'
import { type ChildOptions, repeat, runNode, spread, withUsage } from './measure.ts'
import { untouched } from './project.ts'
import { type Row, row } from './rows.ts'
import type { NodeVersion, Program } from './world.ts'

const START_LIMIT_MS = 100
const NOTHING_LIMIT_MS = 500
const LOADED_LIMIT_BYTES = 1.5e6
const DIST_LIMIT_BYTES = 6e6
const PULL = 7

export async function benchStart(
  program: Program,
  nodes: readonly NodeVersion[],
  runs: number,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const { path: node, version } of nodes) {
    const time = async (what: string, args: readonly string[], limit?: number) => {
      const all = await repeat(runs, () => runNode({ node, args }))
      const values = spread(all.map((one) => one.wallMs))
      rows.push(row(`${what}, Node ${version}`, 'ms', { values, ...(limit === undefined ? {} : { limit }) }))
    }
    await time('`node -e 0`, for comparison', ['-e', '0'])
    await time('`--version`', [program.cli, '--version'], START_LIMIT_MS)
    await time('`--help`', [program.cli, '--help'], START_LIMIT_MS)
    rows.push(...(await nothingAffected(program, { path: node, version }, runs)))
  }
  const bytes = await sizeOf(program.dist)
  rows.push(row('all of `dist/`', 'MB', { values: spread([bytes]), limit: DIST_LIMIT_BYTES }))
  return rows
}

async function nothingAffected(
  program: Program,
  { path: node, version }: Pick<NodeVersion, 'path' | 'version'>,
  runs: number,
): Promise<readonly Row[]> {
  await using scene = await untouchedPull()
  const detect = (options: ChildOptions) =>
    runNode(
      { node, args: [program.cli, 'detect', '--base', 'origin/main', '--head', 'origin/change'] },
      { ...options, cwd: scene.workspace },
    )
  const action = async (options: ChildOptions) => {
    const ran = await runAction({ ...scene.run, ...options, node, entry: program.action })
    if (ran.outputs.verdict !== 'nothing-affected') throw new Error(`${ran.stdout}\n${ran.stderr}`)
    return { ...ran, wallMs: ran.durationMs }
  }
  const rows: Row[] = []
  for (const [what, run] of [
    ['`detect`, nothing affected', detect],
    ['action, nothing affected', action],
  ] as const) {
    const all = await repeat(runs, () => run({}))
    const values = spread(all.map((one) => one.wallMs))
    rows.push(row(`${what}, Node ${version}`, 'ms', { values, limit: NOTHING_LIMIT_MS }))
    const { loadedBytes, peakBytes } = await withUsage(run)
    if (loadedBytes === null) continue
    rows.push(row(`${what}: loaded`, 'MB', { values: spread([loadedBytes]), limit: LOADED_LIMIT_BYTES }))
    rows.push(row(`${what}: peak memory`, 'MB', { values: spread([peakBytes]) }))
  }
  return rows
}

/** A pull request that changes a README, as the runner gives it to the action, with GitHub's API around it. */
async function untouchedPull() {
  const repository = await createRepository()
  const { base, head } = untouched()
  await repository.commit(base, 'Base', { branch: 'main' })
  await repository.commit(head, 'Change', { branch: 'change', from: 'main' })
  const pull = await repository.pull(PULL, 'main', 'change')
  const workspace = await repository.cloneFull(`refs/pull/${PULL}/merge`)
  const { permissions, secrets: _, ...event } = pullRequestEvent(pull)
  const pulls = [{ number: PULL, baseSha: pull.baseSha }]
  const github = await startFakeGitHub({ bare: repository.bare, pulls, permissions })
  const { token, apiUrl, graphqlUrl } = github
  const run: Omit<ActionRun, 'entry'> = { ...event, workspace, token, apiUrl, graphqlUrl }
  const dispose = async () => {
    await github.close()
    await repository[Symbol.asyncDispose]()
  }
  return { workspace, run, [Symbol.asyncDispose]: dispose }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
