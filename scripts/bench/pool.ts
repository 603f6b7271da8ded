// Whole runs against the fake provider: how near to the bound, how much memory, how little a second time.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChildOptions, type Ran, repeat, runNode, spread, type Usage, withUsage } from './measure.ts'
import { type Bench, sums } from './project.ts'
import { type Row, row } from './rows.ts'
import { type NodeVersion, type Program, type Provider, startProvider } from './world.ts'

const CONCURRENCY = 20
const BOUND_LIMIT = 1.06
const WARM_LIMIT_MS = 200
const MEMORY_LIMIT_BYTES = 300e6

type Runner = { readonly program: Program; readonly node: NodeVersion; readonly runs: number }

/** Base and head of 500 cases at 300 ms, in the four looks of the gate and in one. */
export async function benchBound(runner: Runner): Promise<readonly Row[]> {
  const [cases, latencyMs] = [500, 300]
  await using provider = await startProvider(latencyMs)
  const rows: Row[] = []
  for (const passes of [1, 2] as const) {
    const bench = await sums(cases, passes)
    await using _ = bench.repository
    // Four looks at a quarter of the pairs each; with two passes the first of them is one look, and enough.
    const looks = passes === 1 ? Array.from({ length: 4 }, () => cases / 2) : [2 * cases]
    const boundMs = looks.reduce((sum, calls) => sum + Math.ceil(calls / CONCURRENCY) * latencyMs, 0)
    const all = await repeat(runner.runs, () => coldRun(runner, { bench, provider, calls: 2 * cases }))
    const values = spread(all.map((one) => one.wallMs))
    const name = passes === 1 ? '500 cases, both sides, four looks' : '500 cases, both sides, one look'
    rows.push(row(`${name} (bound ${boundMs / 1000} s)`, 's', { values }))
    const ratio = spread(all.map((one) => one.wallMs / boundMs))
    rows.push(row(`${name}: wall / bound`, 'x', { values: ratio, limit: BOUND_LIMIT }))
    rows.push(row(`${name}: processor time`, 's', { values: spread(all.map((one) => one.cpuMs)) }))
    rows.push(row(`${name}: peak memory`, 'MB', { values: spread(all.map((one) => one.peakBytes)) }))
  }
  return rows
}

/** The same run again: everything is in the record. */
export async function benchWarm(runner: Runner): Promise<readonly Row[]> {
  const bench = await sums(500, 1)
  await using _ = bench.repository
  await using provider = await startProvider(0)
  await coldRun(runner, { bench, provider, calls: 1000 })
  const all = await repeat(runner.runs, () => run(runner, { bench, provider, calls: 0 }))
  const alone = await repeat(runner.runs, () => unprobed(runner, { bench, provider, calls: 0 }))
  return [
    row('500 cases again, no call', 'ms', { values: spread(alone.map((one) => one.wallMs)), limit: WARM_LIMIT_MS }),
    row('500 cases again, no call: processor time', 'ms', { values: spread(all.map((one) => one.cpuMs)) }),
  ]
}

/** Memory and processor time of many cases, every pair of which is run, at no latency. */
export async function benchMany(runner: Runner, cases = 20_000): Promise<readonly Row[]> {
  const bench = await sums(cases, 1)
  await using _ = bench.repository
  await using provider = await startProvider(0)
  const cold = await repeat(runner.runs, () => coldRun(runner, { bench, provider, calls: 2 * cases }))
  const warm = await repeat(runner.runs, () => run(runner, { bench, provider, calls: 0 }))
  const name = `${cases.toLocaleString('en')} cases`
  const rows = (name: string, all: readonly (Ran & Usage)[]) => [
    row(`${name}: wall`, 's', { values: spread(all.map((one) => one.wallMs)) }),
    row(`${name}: processor time`, 's', { values: spread(all.map((one) => one.cpuMs)) }),
    row(`${name}: peak memory`, 'MB', {
      values: spread(all.map((one) => one.peakBytes)),
      limit: MEMORY_LIMIT_BYTES,
    }),
  ]
  return [...rows(`${name}, both sides, 0 ms`, cold), ...rows(`${name} again, no call`, warm)]
}

type Scene = { readonly bench: Bench; readonly provider: Provider; readonly calls: number }

async function coldRun(runner: Runner, scene: Scene): Promise<Ran & Usage> {
  await rm(join(scene.bench.workspace, '.parity'), { recursive: true, force: true })
  return run(runner, scene)
}

type Probe = Required<Pick<ChildOptions, 'nodeArguments' | 'env'>>

const run = (runner: Runner, scene: Scene): Promise<Ran & Usage> =>
  checked(scene, () => withUsage((probe: Probe) => start(runner, scene, probe)))

/** As a user starts it: what looks into the process takes time of its own. */
const unprobed = (runner: Runner, scene: Scene): Promise<Ran> =>
  checked(scene, () => start(runner, scene, { nodeArguments: [], env: {} }))

function start({ program, node }: Runner, { bench, provider }: Scene, probe: Probe): Promise<Ran> {
  const args = [program.cli, 'run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']
  return runNode({ node: node.path, args }, { ...probe, cwd: bench.workspace, env: { ...probe.env, ...provider.env } })
}

/** Throws unless it passed with exactly the calls that the bound counts. */
async function checked<T extends Ran>({ provider, calls }: Scene, go: () => Promise<T>): Promise<T> {
  const ran = await go()
  const answered = await provider.answered()
  const report = JSON.parse(ran.stdout) as { readonly verdict: { readonly outcome: string; readonly headline: string } }
  if (report.verdict.outcome !== 'pass') throw new Error(report.verdict.headline)
  if (answered !== calls) throw new Error(`${answered} calls were made, ${calls} counted on`)
  return ran
}
