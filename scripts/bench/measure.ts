// Runs a program and says what it took: wall time from outside, processor time, memory and loaded files from inside.

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Usage = {
  /** User and system time of the process alone, without its children. */
  readonly cpuMs: number
  /** The most that was resident at any time, in bytes. */
  readonly peakBytes: number
  /** Bytes of the program's own files that were loaded; null where Node has no hook for it (before 22.15). */
  readonly loadedBytes: number | null
}
export type Ran = { readonly wallMs: number; readonly code: number | null; readonly stdout: string }
export type ChildOptions = {
  readonly cwd?: string
  readonly env?: { readonly [name: string]: string }
  readonly nodeArguments?: readonly string[]
}

/** Starts `node script …args` and waits for its end. Throws when the exit code is none of `expected`. */
export async function runNode(
  command: { readonly node: string; readonly args: readonly string[]; readonly expected?: readonly number[] },
  options: ChildOptions = {},
): Promise<Ran> {
  const started = performance.now()
  const child = spawn(command.node, [...(options.nodeArguments ?? []), ...command.args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const wallMs = performance.now() - started
  const stdout = Buffer.concat(out).toString('utf8')
  if (!(command.expected ?? [0]).includes(code ?? -1))
    throw new Error(`${command.args.join(' ')} ended with ${code}\n${stdout}\n${Buffer.concat(err).toString('utf8')}`)
  return { wallMs, code, stdout }
}

/** Runs inside the measured process, before the program: written in plain JavaScript, since Node 20 has to read it. */
const PROBE = `
import fs, { statSync, writeFileSync } from 'node:fs'
import * as module from 'node:module'
import { fileURLToPath } from 'node:url'
const seen = new Set()
module.registerHooks?.({
  load(url, context, next) {
    if (url.startsWith('file:')) seen.add(fileURLToPath(url))
    return next(url, context)
  },
})
// The command line loads its chunks by itself (src/io/chunks.ts).
const read = fs.readFileSync
fs.readFileSync = (path, ...rest) => {
  if (typeof path === 'string' && /\\.cjs$/.test(path) && !path.startsWith('file:')) seen.add(path)
  return read(path, ...rest)
}
const file = process.env.PARITY_BENCH_PROBE
delete process.env.PARITY_BENCH_PROBE
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const bytes = [...seen].reduce((sum, path) => sum + statSync(path).size, 0)
  const loadedBytes = module.registerHooks ? bytes : null
  writeFileSync(file, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: maxRSS * 1024, loadedBytes }))
})
`

/** Gives `run` what makes a Node process report its usage, and adds that report to the result. */
export async function withUsage<T>(
  run: (options: Required<Pick<ChildOptions, 'nodeArguments' | 'env'>>) => Promise<T>,
): Promise<T & Usage> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-probe-'))
  try {
    const file = join(folder, 'usage.json')
    const nodeArguments = [`--import=data:text/javascript,${encodeURIComponent(PROBE)}`]
    const ran = await run({ nodeArguments, env: { PARITY_BENCH_PROBE: file } })
    return { ...ran, ...(JSON.parse(await readFile(file, 'utf8')) as Usage) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One after the other; the first of them is not left out, since a user's first run counts, too. */
export async function repeat<T>(times: number, run: (index: number) => Promise<T>): Promise<readonly T[]> {
  const all: T[] = []
  for (let index = 0; index < times; index++) all.push(await run(index))
  return all
}

/** Median with the extremes, for the table. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number }

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (low === undefined || high === undefined || min === undefined || max === undefined) throw new Error('no values')
  return { median: (low + high) / 2, min, max }
}
