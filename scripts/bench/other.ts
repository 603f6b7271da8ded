// The demo, and a large repository.

import { repeat, runNode, spread } from './measure.ts'
import { largeRepository } from './project.ts'
import { type Row, row } from './rows.ts'
import type { NodeVersion, Program } from './world.ts'

const DEMO_LIMIT_MS = 10_000
const SCAN_LIMIT_MS = 1000

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
