// The demo, and a large repository.

import { repeat, runNode, spread, withUsage } from './measure.ts'
import { largeRepository } from './project.ts'
import { type Row, row } from './rows.ts'
import type { NodeVersion, Program } from './world.ts'

const DEMO_LIMIT_MS = 10_000
const SCAN_LIMIT_MS = 1000
const ALL_FILES_LIMIT_MS = 20_000
const ALL_FILES_LIMIT_BYTES = 500e6

export async function benchDemo(
  program: Program,
  nodes: readonly NodeVersion[],
  runs: number,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const { path: node, version } of nodes) {
    const all = await repeat(runs, () => runNode({ node, args: [program.cli, 'demo'] }))
    const values = spread(all.map((one) => one.wallMs))
    rows.push(row(`\`demo\`, Node ${version}`, 's', { values, limit: DEMO_LIMIT_MS }))
  }
  return rows
}

export async function benchScan(program: Program, node: NodeVersion, runs: number): Promise<readonly Row[]> {
  const { repository, workspace } = await largeRepository(50_000, 30)
  await using _ = repository
  const detect = (head: readonly string[]) =>
    runNode({ node: node.path, args: [program.cli, 'detect', '--base', 'origin/main', ...head] }, { cwd: workspace })
  const commit = await repeat(runs, () => detect(['--head', 'HEAD']))
  const tree = await repeat(runs, () => detect([]))
  return [
    row('`detect`, 50,000 files, 30 changed', 's', {
      values: spread(commit.map((one) => one.wallMs)),
      limit: SCAN_LIMIT_MS,
    }),
    row('the same, head = working tree', 's', { values: spread(tree.map((one) => one.wallMs)), limit: SCAN_LIMIT_MS }),
  ]
}

/** Every prompt and pin of a large repository, in which each file holds one. */
export async function benchAllFiles(program: Program, node: NodeVersion, runs: number): Promise<readonly Row[]> {
  const { repository, workspace } = await largeRepository(50_000, 30)
  await using _ = repository
  const scan = (head: readonly string[]) =>
    withUsage((probe) =>
      runNode({ node: node.path, args: [program.cli, 'detect', '--all-files', ...head] }, { ...probe, cwd: workspace }),
    )
  const commit = await repeat(runs, () => scan(['--head', 'HEAD']))
  const tree = await repeat(runs, () => scan([]))
  const wall = (all: readonly { readonly wallMs: number }[]) => ({
    values: spread(all.map((one) => one.wallMs)),
    limit: ALL_FILES_LIMIT_MS,
  })
  return [
    row('`detect --all-files`, 50,000 files, a pin in each', 's', wall(commit)),
    row('the same, head = working tree', 's', wall(tree)),
    row('`detect --all-files`: peak memory', 'MB', {
      values: spread([...commit, ...tree].map((one) => one.peakBytes)),
      limit: ALL_FILES_LIMIT_BYTES,
    }),
  ]
}
