// What every benchmark stands on: a copy of the shipped dist/, so that a build beside it changes nothing, the Node
// versions that are here, and the fake provider as a process of its own.

import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { createInterface } from 'node:readline'

export const ROOT = join(import.meta.dirname, '..', '..')

export type Program = {
  readonly dist: string
  readonly cli: string
  readonly action: string
  [Symbol.asyncDispose](): Promise<void>
}

export async function copyOfProgram(): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-bench-'))
  for (const name of ['dist', 'evals-example', 'action.yml'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true })
  const dist = join(folder, 'dist')
  const dispose = () => rm(folder, { recursive: true, force: true })
  return { dist, cli: join(dist, 'cli.cjs'), action: join(dist, 'action.cjs'), [Symbol.asyncDispose]: dispose }
}

/** Names the measured bytes, so that figures of two builds are not taken for figures of one. */
export async function digestOf(dist: string): Promise<string> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(relative(dist, file)).update(await readFile(file))
  return hash.digest('hex').slice(0, 12)
}

export type NodeVersion = { readonly path: string; readonly version: string; readonly major: number }

/** One per major version found on PATH, the running one first. */
export function nodesOnPath(): readonly NodeVersion[] {
  const found = new Map<number, NodeVersion>()
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  for (const path of [process.execPath, ...paths]) {
    const version = versionOf(path)
    const major = Number(version?.slice(1).split('.')[0])
    if (version !== null && !found.has(major)) found.set(major, { path, version, major })
  }
  return [...found.values()]
}

function versionOf(path: string): string | null {
  try {
    return execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}

export type Provider = {
  /** What a run needs to talk to it. */
  readonly env: { readonly [name: string]: string }
  /** Calls answered since the last time it was asked. */
  answered(): Promise<number>
  /** Requests that reached it since then. */
  requests(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/** Validates every form of request once, keeps none. Throws on the way out when a request broke the provider's types. */
export async function startProvider(latencyMs: number, faults: readonly string[] = []): Promise<Provider> {
  const script = join(ROOT, '__tests__', 'fakes', 'llm-server.ts')
  const args = [script, '--latency', String(latencyMs), '--validate', 'shapes', '--no-record', ...faults]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const [line] = await Promise.race([
    new Promise<[string]>((resolve) => createInterface(child.stdout).once('line', (text) => resolve([text]))),
    ended.then((): [string] => ['{}']),
  ])
  const { url } = JSON.parse(line) as { readonly url?: string }
  if (url === undefined) throw new Error('the fake provider did not start')
  await firstCall(url)
  const get = async (path: string) =>
    (await (await fetch(`${url}${path}`)).json()) as {
      readonly answered: number
      readonly requests: number
      readonly violations: number
    }
  return {
    env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'sk-bench-0123456789' },
    answered: async () => {
      const { answered, violations } = await get('/__stats')
      await get('/__reset')
      if (violations > 0) throw new Error(`${violations} requests break the provider's published types`)
      return answered
    },
    requests: async () => (await get('/__stats')).requests,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The fake compiles the provider's types at the first call, for most of a second; no run has to wait for that. */
async function firstCall(url: string): Promise<void> {
  const body = { model: 'none', messages: [{ role: 'user', content: 'Hello' }], temperature: 0, max_tokens: 20 }
  const headers = { authorization: 'Bearer sk-bench-0123456789', 'content-type': 'application/json' }
  const call = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    })
  for (let tries = 1; ; tries++) {
    const answer = await call().catch(() => null)
    if (answer?.ok) break
    // A fake that is told to fail may fail this one.
    if (tries === 10) throw new Error(`the fake provider answers ${answer?.status ?? 'nothing'}`)
  }
  await fetch(`${url}/__reset`)
}
