// Measures the shipped dist/ against the fakes and prints one table. Names of benchmarks choose among them:
// npm run bench -- start bound --runs 5

import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchGrid, benchRefusals } from './bench/grid.ts'
import { benchAllFiles, benchDemo, benchScan } from './bench/other.ts'
import { benchBound, benchMany, benchWarm } from './bench/pool.ts'
import { benchPrices } from './bench/prices.ts'
import { type Row, table } from './bench/rows.ts'
import { benchStart } from './bench/start.ts'
import { copyOfProgram, digestOf, nodesOnPath, ROOT } from './bench/world.ts'

/** Median of this many runs; fewer where a run takes long. */
const RUNS = 5
const LONG_RUNS = 3

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, 'no-build': { type: 'boolean' } },
})
const nodes = nodesOnPath()
const [node] = nodes
if (node === undefined) throw new Error('no Node on PATH')
if (!values['no-build']) execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts')], { stdio: 'ignore' })
await using program = await copyOfProgram()

const times = (usual: number) => Number(values.runs ?? usual)
const long = { program, node, runs: times(LONG_RUNS) }
const benchmarks: { readonly [name: string]: () => Promise<readonly Row[]> } = {
  start: () => benchStart(program, nodes, times(RUNS)),
  bound: () => benchBound(long),
  many: () => benchMany(long),
  'many-100k': () => benchMany({ ...long, runs: times(1) }, 100_000),
  grid: () => benchGrid(long),
  refusals: () => benchRefusals(long),
  warm: () => benchWarm({ ...long, runs: times(RUNS) }),
  demo: () => benchDemo(program, nodes, times(RUNS)),
  scan: () => benchScan(program, node, times(RUNS)),
  prices: () => benchPrices(program, times(RUNS)),
  'all-files': () => benchAllFiles(program, node, times(LONG_RUNS)),
}
/** Longer than all the others together. */
const ON_REQUEST: ReadonlySet<string> = new Set(['many-100k', 'grid', 'refusals'])
const unknown = positionals.filter((name) => !(name in benchmarks))
if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks)}`)

const busy = () => loadavg()[0]?.toFixed(1)
const before = busy()
const rows: Row[] = []
for (const [name, run] of Object.entries(benchmarks)) {
  if (positionals.length > 0 ? !positionals.includes(name) : ON_REQUEST.has(name)) continue
  process.stderr.write(`${name} …\n`)
  rows.push(...(await run()))
}
const versions = nodes.map((one) => one.version).join(' and ')
console.log(
  `dist ${await digestOf(program.dist)}, ${availableParallelism()} cores, Node ${versions}, load average ${before} before and ${busy()} after\n`,
)
console.log(table(rows))
if (rows.some((one) => one.met === false)) console.log('\nA target is missed.')
