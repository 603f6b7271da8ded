// The shipped programs started by hand: the action on any event in any checkout, and the command line in a folder.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { Report } from '../../src/report/report.ts'
import { startApart } from '../fakes/apart.ts'
import type { EventWithTrust } from '../fakes/events.ts'
import { GIT_ENV } from '../fakes/git.ts'
import type { FakeGitHub } from '../fakes/github.ts'
import type { FakeLlm } from '../fakes/llm.ts'
import { type ActionResult, type ActionRun, NODE24, runAction } from '../fakes/runner.ts'
import { ACTION, CLI, ROOT } from './stage.ts'
import { at, MOVED } from './today.ts'

export const KEYS = {
  OPENAI_API_KEY: 'sk-test-0123456789abcdef',
  ANTHROPIC_API_KEY: 'sk-ant-test-0123456789',
  GEMINI_API_KEY: 'gemini-test-0123456789',
}

/** What V8 compiles of dist/ is kept from one run to the next, as on anybody's machine. */
const COMPILED = { XDG_CACHE_HOME: join(ROOT, 'node_modules', '.cache') }

export type Launch = {
  readonly workspace: string
  readonly event: Omit<EventWithTrust, 'permissions' | 'secrets'>
  readonly inputs?: { readonly [name: string]: string }
  readonly env?: { readonly [name: string]: string }
  readonly llm?: FakeLlm
  readonly github?: FakeGitHub
  readonly entry?: string
}
export type Launched = { readonly action: ActionResult; readonly report: Report | null }

/** The action on any event. Without `llm` no provider can be reached, without `github` no GitHub. */
export async function launch(run: Launch): Promise<Launched> {
  const { event, payload, sha, ref, repository, actor, headRef, baseRef } = run.event
  const action = await runAction({
    ...{ event, payload, sha, ref, repository, actor, workspace: run.workspace },
    ...(headRef === undefined ? {} : { headRef }),
    ...(baseRef === undefined ? {} : { baseRef }),
    entry: run.entry ?? ACTION,
    nodeArguments: MOVED,
    metadata: join(ROOT, 'action.yml'),
    ...(run.github === undefined
      ? {}
      : { token: run.github.token, apiUrl: run.github.apiUrl, graphqlUrl: run.github.graphqlUrl }),
    inputs: run.inputs ?? {},
    env: { ...providers(run.llm), ...at(), ...run.env },
  } satisfies ActionRun)
  return { action, report: await reportIn(run.workspace) }
}

export function providers(llm: FakeLlm | undefined): { readonly [name: string]: string } {
  const url = llm?.url ?? 'http://127.0.0.1:9'
  return { ...KEYS, OPENAI_BASE_URL: `${url}/v1`, ANTHROPIC_BASE_URL: url, GEMINI_BASE_URL: url }
}

export async function reportIn(workspace: string): Promise<Report | null> {
  const json = await readFile(join(workspace, '.parity', 'report', 'report.json'), 'utf8').catch(() => '')
  return json === '' ? null : JSON.parse(json)
}

/** Every file under a folder with its text. */
export async function textsUnder(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(files.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
}

export type CliRun = {
  readonly cwd: string
  readonly env?: { readonly [name: string]: string }
  /** Starts the program within another: a shell with limits, a terminal. */
  readonly within?: (command: readonly string[]) => readonly string[]
  /** Called with what standard error says, as it says it. */
  readonly onError?: (text: string) => void
  /** Sent once, as soon as `when` says so. */
  readonly kill?: { readonly when: () => boolean; readonly signal: NodeJS.Signals }
  /** Several, each so long after the moment: what a runner sends to a job that is cancelled. */
  readonly kills?: {
    readonly when: () => boolean
    readonly signals: readonly { readonly signal: NodeJS.Signals; readonly afterMs: number }[]
  }
}
export type CliResult = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** From the signal to the end; undefined without one. */
  readonly killedMs: number | undefined
  readonly durationMs: number
}

/**
 * A run that is told to end has five seconds. On a machine that is slow, or busy with others, they are as much longer as it took
 * there to come to this moment.
 */
export const mostMs = (durationMs: number, stoppedMs = 0) => Math.max(5000, 3 * (durationMs - stoppedMs))

/** dist/cli.cjs in a folder, with nobody's git configuration and no key but those given. */
export async function cli(args: readonly string[], run: CliRun): Promise<CliResult> {
  const env = { PATH: process.env.PATH ?? '', HOME: run.cwd, ...COMPILED, ...GIT_ENV, ...at(), ...run.env }
  const startedMs = performance.now()
  const command = [NODE24, ...MOVED, CLI, ...args]
  const [program = NODE24, ...rest] = run.within?.(command) ?? command
  const texts = { stdout: '', stderr: '' }
  const decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() }
  const child = startApart({ program, args: rest, cwd: run.cwd, env }, (name, bytes) => {
    const part = decoders[name].write(bytes)
    texts[name] += part
    if (name === 'stderr') run.onError?.(part)
  })
  let killedAt: number | undefined
  const timers: NodeJS.Timeout[] = []
  const { kill } = run
  const kills = kill === undefined ? run.kills : { ...kill, signals: [{ signal: kill.signal, afterMs: 0 }] }
  const watch = setInterval(() => {
    if (!kills?.when()) return
    clearInterval(watch)
    killedAt = performance.now()
    for (const { signal, afterMs } of kills.signals) timers.push(setTimeout(() => child.kill(signal), afterMs))
  }, 5)
  try {
    const { code } = await child.ended
    const endedMs = performance.now()
    const killedMs = killedAt === undefined ? undefined : endedMs - killedAt
    return { code, ...texts, killedMs, durationMs: endedMs - startedMs }
  } finally {
    clearInterval(watch)
    for (const timer of timers) clearTimeout(timer)
  }
}
