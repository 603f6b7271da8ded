// The same work at many latencies, sizes and numbers of calls at once, with faults, beside another runner where one is installed:
// PROMPTFOO=/path/to/promptfoo/dist/src/main.js npm run bench -- grid refusals

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNode, type Usage, withUsage } from './measure.ts'
import { type Bench, caseOf, PROMPT, sums } from './project.ts'
import type { Row } from './rows.ts'
import { type NodeVersion, type Program, type Provider, startProvider } from './world.ts'

type Runner = { readonly program: Program; readonly node: NodeVersion }
type Work = {
  readonly cases: number
  readonly latencyMs: number
  readonly concurrency: number
  readonly faults?: readonly string[]
  readonly name?: string
  /** Seconds that the whole may take. */
  readonly limitS?: number
  /** Share of the other runner's time that it may take. */
  readonly limitOfPeer?: number
}

const REFUSALS = [0.05, 0.1, 0.2].map((rate) => ({
  ...{ cases: 200, latencyMs: 300, concurrency: 20, name: `429 on ${100 * rate} %`, limitOfPeer: 0.6 },
  faults: ['--rate429', String(rate), '--retry-after', '1'],
}))
const HANGS = {
  ...{ cases: 200, latencyMs: 300, concurrency: 20, name: 'hangs on 2 %', limitS: 15 },
  faults: ['--rate-hang', '0.02'],
}
const PLAIN = [50, 200, 500].flatMap((cases) =>
  [0, 50, 300].flatMap((latencyMs) => [4, 20, 50].map((concurrency) => ({ cases, latencyMs, concurrency }))),
)

/** Base and head of every case, each once. One run each: it shows the shape, and the other benchmarks measure. */
export async function benchGrid(runner: Runner): Promise<readonly Row[]> {
  const peer = process.env.PROMPTFOO
  const rows: Row[] = []
  for (const work of [...PLAIN, ...REFUSALS, HANGS]) rows.push(await compare(runner, work, peer))
  return rows
}

/** Refusals fall where they fall: each share several times, one row a run. */
export async function benchRefusals(runner: Runner & { readonly runs: number }): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const work of REFUSALS)
    for (let run = 0; run < runner.runs; run += 1) rows.push(await compare(runner, work, process.env.PROMPTFOO))
  return rows
}

async function compare(runner: Runner, work: Work, peer: string | undefined): Promise<Row> {
  const { cases, latencyMs, concurrency, limitS, limitOfPeer } = work
  const own = await measured(work, (provider) => ours(runner, work, provider))
  const other = peer === undefined ? null : await measured(work, (provider) => theirs(peer, runner, { work, provider }))
  const boundMs = Math.ceil((2 * cases) / concurrency) * latencyMs
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  const bound =
    work.faults || boundMs === 0 ? [] : [`bound ${seconds(boundMs)}`, `${(own.wallMs / boundMs).toFixed(2)} x`]
  const beside =
    other === null ? [] : [`promptfoo ${seconds(other.wallMs)} (${other.requests} requests, ${mb(other.peakBytes)})`]
  const ofPeer = limitOfPeer === undefined || other === null ? undefined : limitOfPeer * other.wallMs
  const limitMs = limitS === undefined ? ofPeer : 1000 * limitS
  return {
    what: `${cases} cases, ${latencyMs} ms, ${concurrency} at once${work.name === undefined ? '' : `, ${work.name}`}`,
    figure: `${seconds(own.wallMs)} (${own.requests} requests, ${seconds(own.cpuMs)} of processor, ${mb(own.peakBytes)})`,
    range: [...bound, ...beside].join(', '),
    target: limitMs === undefined ? '' : `≤ ${seconds(limitMs)}`,
    met: limitMs === undefined ? null : own.wallMs <= limitMs,
  }
}

const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

type Ran = Usage & { readonly wallMs: number }

async function measured(work: Work, run: (provider: Provider) => Promise<Ran>): Promise<Ran & { requests: number }> {
  await using provider = await startProvider(work.latencyMs, work.faults)
  const ran = await run(provider)
  return { ...ran, requests: await provider.requests() }
}

async function ours({ program, node }: Runner, { cases, concurrency }: Work, provider: Provider): Promise<Ran> {
  const config = `providers: { openai: { kind: openai, max_concurrency: ${concurrency} } }\n`
  // What a set needs to be sure after one complete pass.
  const bench: Bench = await sums(cases, cases < 200 ? 1 : 2, { 'parity.yaml': config })
  await using _ = bench.repository
  const args = [program.cli, 'run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']
  const ran = await withUsage((probe) =>
    runNode({ node: node.path, args }, { ...probe, cwd: bench.workspace, env: { ...probe.env, ...provider.env } }),
  )
  const { verdict } = JSON.parse(ran.stdout) as {
    readonly verdict: { readonly outcome: string; readonly headline: string }
  }
  if (verdict.outcome !== 'pass') throw new Error(verdict.headline)
  return ran
}

/** The same prompts and cases in the other runner's own files; its report must have all of them answered. */
async function theirs(
  script: string,
  { node }: Runner,
  { work, provider }: { readonly work: Work; readonly provider: Provider },
): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-peer-'))
  try {
    const tests = Array.from({ length: work.cases }, (_, index) => caseOf(index)).map(({ vars, expected }) => ({
      ...{ vars, assert: [{ type: 'equals', value: expected }] },
    }))
    const prompts = [PROMPT, `${PROMPT}Write digits, not words.\n`].map((text) =>
      JSON.stringify([
        { role: 'system', content: text },
        { role: 'user', content: '{{question}}' },
      ]),
    )
    const config = { temperature: 0, max_tokens: 20 }
    const providers = [{ id: 'openai:chat:gpt-4.1-mini-2025-04-14', config }]
    await writeFile(join(folder, 'config.json'), JSON.stringify({ prompts, providers, tests }))
    await mkdir(join(folder, 'home'))
    const args = [
      script,
      'eval',
      '-c',
      'config.json',
      '-o',
      'out.json',
      '--no-cache',
      '--no-table',
      '--no-progress-bar',
    ]
    const env = {
      ...provider.env,
      ...{ HOME: join(folder, 'home'), PROMPTFOO_CONFIG_DIR: join(folder, 'home') },
      ...{ PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_DISABLE_REMOTE_GENERATION: '1' },
    }
    const command = { node: node.path, args: [...args, '-j', String(work.concurrency)], expected: [0, 100] }
    return await withUsage((probe) => runNode(command, { ...probe, cwd: folder, env: { ...env, ...probe.env } }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
