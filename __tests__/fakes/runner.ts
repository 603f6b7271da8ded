// Starts a JavaScript action as actions/runner does, and reads what it left as the runner would.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { startApart } from './apart.ts'
import { type Annotation, annotationsOf, type Command, parseCommands } from './runner-commands.ts'
import { parseEnvironmentFile } from './runner-files.ts'

export type { Annotation, Command } from './runner-commands.ts'

export type ActionRun = {
  /** The JavaScript file that `runs.main` names. */
  readonly entry: string
  /** Default: the node24 of node_modules/.bin. */
  readonly node?: string
  readonly nodeArguments?: readonly string[]
  readonly event?: string
  readonly payload?: unknown
  /** As under `with:`. */
  readonly inputs?: { readonly [name: string]: string }
  /** action.yml: its defaults are filled in (`${{ github.token }}` from `token`), unknown inputs warned about. */
  readonly metadata?: string
  readonly token?: string
  /** What a workflow gives in `env:` (keys, base URLs); wins over everything. */
  readonly env?: { readonly [name: string]: string }
  /** Checked-out repository; default: an empty directory. */
  readonly workspace?: string
  readonly repository?: string
  readonly sha?: string
  readonly ref?: string
  readonly headRef?: string
  readonly baseRef?: string
  readonly actor?: string
  readonly apiUrl?: string
  readonly graphqlUrl?: string
  /**
   * Cancels as the runner does: SIGINT, 7.5 s, SIGTERM; what is left after 2.5 s more is for the test to judge by `cancelledMs`,
   * since a machine may be slow. SIGKILL after a minute.
   */
  readonly cancel?: { readonly when: () => boolean } | { readonly whenOutput: RegExp }
  readonly timeoutMs?: number
}

export type ActionResult = {
  readonly code: number | null
  readonly signal: string | null
  /** `failure` also for a refused command or a broken file, as in the runner. */
  readonly conclusion: 'success' | 'failure'
  readonly stdout: string
  readonly stderr: string
  readonly outputs: { readonly [name: string]: string }
  readonly state: { readonly [name: string]: string }
  readonly exported: { readonly [name: string]: string }
  readonly paths: readonly string[]
  /** What would be shown: masked; empty when over 1 MiB. */
  readonly summary: string
  /** What would be shown: ten of each level, messages cut. */
  readonly annotations: readonly Annotation[]
  readonly droppedAnnotations: number
  readonly commands: readonly Command[]
  readonly masks: readonly string[]
  /** Both streams with the masks applied. */
  readonly log: string
  /** What failed the step or was dropped beside the exit code. */
  readonly problems: readonly string[]
  readonly durationMs: number
  readonly timedOut: boolean
  /** From the cancelling signal to the end; undefined without one. */
  readonly cancelledMs: number | undefined
}

const MAX_SUMMARY_BYTES = 1024 * 1024
const FILES = ['output', 'state', 'env', 'path', 'step_summary'] as const

/** `INPUT_` and the name in upper case, spaces as underscores, dashes kept. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

export async function runAction(run: ActionRun): Promise<ActionResult> {
  const root = await mkdtemp(join(tmpdir(), 'parity-runner-'))
  try {
    const files = await prepare(root, run)
    const { inputs, warnings } = await inputsOf(run)
    const ended = await start(run, environmentOf(run, { files, inputs }), files.workspace)
    return await gather(ended, files, warnings)
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

type Prepared = {
  readonly workspace: string
  readonly home: string
  readonly temp: string
  readonly event: string
  readonly commands: { readonly [name in (typeof FILES)[number]]: string }
}

async function prepare(root: string, run: ActionRun): Promise<Prepared> {
  const home = join(root, 'home')
  const temp = join(root, '_temp')
  const work = join(root, 'work')
  for (const directory of [home, temp, work, join(temp, '_runner_file_commands')]) await mkdir(directory)
  const event = join(temp, 'event.json')
  await writeFile(event, JSON.stringify(run.payload ?? {}))
  const named = FILES.map((name) => [name, join(temp, '_runner_file_commands', name)] as const)
  for (const [, path] of named) await writeFile(path, '')
  const commands = Object.fromEntries(named) as Prepared['commands']
  return { workspace: resolve(run.workspace ?? work), home, temp, event, commands }
}

type Metadata = { readonly inputs?: { readonly [name: string]: { readonly default?: unknown } | null } }

async function inputsOf(run: ActionRun): Promise<{ inputs: { [name: string]: string }; warnings: readonly string[] }> {
  const given = run.inputs ?? {}
  if (!run.metadata) return { inputs: { ...given }, warnings: [] }
  const { inputs = {} } = parse(await readFile(run.metadata, 'utf8')) as Metadata
  const unknown = Object.keys(given).filter((name) => !(name in inputs))
  const defaults = Object.entries(inputs).map(([name, input]) => [name, evaluate(String(input?.default ?? ''), run)])
  const valid = Object.keys(inputs).join("', '")
  const warnings = unknown.map((name) => `Unexpected input(s) '${name}', valid inputs are ['${valid}']`)
  return { inputs: { ...Object.fromEntries(defaults), ...given }, warnings }
}

/** The only expression that defaults of ours use. */
function evaluate(text: string, run: ActionRun): string {
  const value = text.replace(/\$\{\{\s*github\.token\s*\}\}/g, run.token ?? '')
  if (value.includes('${{')) throw new Error(`the fake runner does not know the expression in ${text}`)
  return value
}

function environmentOf(
  run: ActionRun,
  { files, inputs }: { readonly files: Prepared; readonly inputs: { readonly [name: string]: string } },
): { [name: string]: string } {
  const repository = run.repository ?? 'acme/app'
  const ref = run.ref ?? 'refs/heads/main'
  const github = {
    ACTION: '__acme_prompt-parity',
    ACTION_REPOSITORY: 'acme/prompt-parity',
    ACTION_REF: 'v1',
    ACTION_PATH: resolve(run.entry, '../..'),
    ACTIONS: 'true',
    ACTOR: run.actor ?? 'ada',
    ACTOR_ID: '1001',
    TRIGGERING_ACTOR: run.actor ?? 'ada',
    API_URL: run.apiUrl ?? 'http://127.0.0.1:9',
    GRAPHQL_URL: run.graphqlUrl ?? `${run.apiUrl ?? 'http://127.0.0.1:9'}/graphql`,
    SERVER_URL: 'https://github.com',
    BASE_REF: run.baseRef ?? '',
    HEAD_REF: run.headRef ?? '',
    EVENT_NAME: run.event ?? 'push',
    EVENT_PATH: files.event,
    JOB: 'parity',
    REF: ref,
    REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    REF_PROTECTED: 'false',
    REF_TYPE: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    REPOSITORY: repository,
    REPOSITORY_ID: '5001',
    REPOSITORY_OWNER: repository.split('/')[0] ?? '',
    REPOSITORY_OWNER_ID: '2001',
    RETENTION_DAYS: '90',
    RUN_ATTEMPT: '1',
    RUN_ID: '7000000001',
    RUN_NUMBER: '1',
    SHA: run.sha ?? '0'.repeat(40),
    WORKFLOW: 'parity',
    WORKFLOW_REF: `${repository}/.github/workflows/parity.yml@${ref}`,
    WORKFLOW_SHA: run.sha ?? '0'.repeat(40),
    WORKSPACE: files.workspace,
    ...Object.fromEntries(FILES.map((name) => [name.toUpperCase(), files.commands[name]])),
  }
  return {
    PATH: process.env.PATH ?? '',
    CI: 'true',
    HOME: files.home,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    RUNNER_NAME: 'fake',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_TEMP: files.temp,
    RUNNER_TOOL_CACHE: join(files.home, 'tools'),
    RUNNER_WORKSPACE: resolve(files.workspace, '..'),
    ...Object.fromEntries(Object.entries(github).map(([name, value]) => [`GITHUB_${name}`, value])),
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [inputVariable(name), value])),
    ...run.env,
  }
}

/** The node24 that the tests run actions with. */
export const NODE24 = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))

type Ended = Pick<ActionResult, 'code' | 'signal' | 'stdout' | 'stderr' | 'durationMs' | 'timedOut' | 'cancelledMs'>

async function start(run: ActionRun, env: { readonly [name: string]: string }, workspace: string): Promise<Ended> {
  const startedAt = performance.now()
  const args = [...(run.nodeArguments ?? []), resolve(run.entry)]
  const texts = { stdout: '', stderr: '' }
  const decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() }
  const child = startApart({ program: run.node ?? NODE24, args, cwd: workspace, env }, (name, bytes) => {
    texts[name] += decoders[name].write(bytes)
    if (run.cancel && 'whenOutput' in run.cancel && run.cancel.whenOutput.test(texts[name])) cancel()
  })
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, work: () => void) => timers.add(setTimeout(work, ms))
  let cancelledAt: number | undefined
  let timedOut = false
  const cancel = () => {
    if (cancelledAt !== undefined) return
    cancelledAt = performance.now()
    child.kill('SIGINT')
    later(7500, () => child.kill('SIGTERM'))
    later(60_000, () => child.kill('SIGKILL'))
  }
  later(run.timeoutMs ?? 250_000, () => {
    timedOut = true
    child.kill('SIGKILL')
  })
  const { cancel: asked } = run
  const watch = asked && 'when' in asked ? setInterval(() => asked.when() && cancel(), 5) : undefined
  try {
    const ended = await child.ended
    const now = performance.now()
    const cancelledMs = cancelledAt === undefined ? undefined : now - cancelledAt
    return { ...texts, ...ended, durationMs: now - startedAt, timedOut, cancelledMs }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    clearInterval(watch)
  }
}

async function gather(ended: Ended, files: Prepared, warnings: readonly string[]): Promise<ActionResult> {
  const parsed = parseCommands([ended.stdout, ended.stderr])
  const problems = [...parsed.problems]
  const values = async (name: 'output' | 'state' | 'env') => {
    const { entries, problem } = parseEnvironmentFile(await readFile(files.commands[name], 'utf8'))
    if (problem) problems.push(`GITHUB_${name.toUpperCase()}: ${problem}`)
    return entries
  }
  const [outputs, state, exported] = [await values('output'), await values('state'), await values('env')]
  const blocked = Object.keys(exported).find((name) => name.toUpperCase() === 'NODE_OPTIONS')
  if (blocked) problems.push(`GITHUB_ENV: ${blocked} may not be set`)
  const failing = problems.length
  const paths = (await readFile(files.commands.path, 'utf8')).split(/\r?\n/).filter((line) => line !== '')
  const raw = await readFile(files.commands.step_summary, 'utf8')
  const isTooLong = Buffer.byteLength(raw) > MAX_SUMMARY_BYTES
  const shown = annotationsOf(parsed.commands, warnings, isTooLong)
  const mask = masker(parsed.masks)
  return {
    ...ended,
    conclusion: ended.code === 0 && failing === 0 ? 'success' : 'failure',
    outputs: { ...outputs, ...parsed.outputs },
    state: { ...state, ...parsed.state },
    exported,
    paths,
    summary: isTooLong ? '' : mask(raw),
    annotations: shown.annotations,
    droppedAnnotations: shown.dropped,
    commands: parsed.commands,
    masks: parsed.masks,
    log: mask(`${ended.stdout}${ended.stderr}`),
    problems: isTooLong ? [...problems, 'GITHUB_STEP_SUMMARY: over 1 MiB, dropped'] : problems,
  }
}

function masker(masks: readonly string[]): (text: string) => string {
  const parts = [...new Set(masks.flatMap((mask) => [mask, ...mask.split(/\r?\n/)]))].filter((part) => part !== '')
  parts.sort((one, other) => other.length - one.length)
  return (text) => parts.reduce((rest, part) => rest.replaceAll(part, '***'), text)
}
