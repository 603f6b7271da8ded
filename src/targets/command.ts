// The application of one side as a pool of long-lived processes, or one process per case.

import type { Request, SideLabel, Target } from '../domain.ts'
import type { Clock, Environment, Processes, WorkTrees } from '../ports.ts'
import { type Attempt, type AttemptContext, attempt } from './call.ts'
import { commandLine } from './command-protocol.ts'
import { startWorker, stderrNote, type Worker } from './command-worker.ts'
import { transient } from './shape.ts'

export type CommandTarget = Extract<Target, { kind: 'command' }>

export type CommandWorld = {
  readonly processes: Processes
  readonly workTrees: WorkTrees
  readonly environment: Environment
  readonly clock: Clock
  /** Set by us in the child, over everything else: the recording proxy's addresses and token. */
  readonly childEnvironment?: (side: SideLabel) => { readonly [name: string]: string }
  readonly setupTimeoutMs?: number
}

export type CommandPool = {
  call(request: Request, context: AttemptContext): Promise<Attempt>
  /** Ends every process. */
  close(): void
}

/** What a child may see without asking. No secret has its name here: NODE_AUTH_TOKEN, for one, stays out. */
const ALLOWED = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot', 'PATHEXT', 'USERPROFILE'],
  ...['NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_NO_WARNINGS'],
]
const SETUP_TIMEOUT_MS = 15 * 60_000

/** Processes start when they are needed, at most `workers` at a time, in the side's work tree, after `setup` ran once. */
export function createCommandPool(target: CommandTarget, side: SideLabel, world: CommandWorld): CommandPool {
  const env = childEnvironment(target, side, world)
  const idle: Worker[] = []
  const running = new Set<Worker>()
  const turn = turns(Math.max(1, target.workers))
  let ready: Promise<Ready> | null = null
  let closed = false

  const start = (cwd: string) => {
    const worker = startWorker(world.processes.start(target.command, { cwd, env }), world.clock)
    running.add(worker)
    return worker
  }
  const done = (worker: Worker) => {
    if (target.perCase) worker.stop()
    if (worker.alive() && !closed) idle.push(worker)
    else running.delete(worker)
  }
  const call = async (request: Request, context: AttemptContext): Promise<Attempt> => {
    ready ??= prepare(target, { side, env, world })
    const prepared = await ready
    if ('failed' in prepared) return prepared.failed
    await turn.take()
    try {
      if (closed || context.signal.aborted) return attempt(transient('cancelled', 'the call was cancelled'))
      return await ask(nextAlive(idle, running) ?? start(prepared.cwd), request, context)
    } finally {
      turn.give()
    }
  }
  const ask = async (worker: Worker, request: Request, context: AttemptContext): Promise<Attempt> => {
    const { timeoutMs, signal } = context
    const asked = world.clock.now()
    const { outcome, raw } = await worker.ask({ ...commandLine(request, side), timeoutMs, signal })
    const latencyMs = Math.max(0, world.clock.now() - asked)
    done(worker)
    if (outcome.state === 'failed') return attempt(outcome, raw)
    return attempt({ state: 'answered', answer: { ...outcome.answer, latencyMs } }, raw)
  }
  const close = () => {
    closed = true
    for (const worker of running) worker.stop()
  }
  return { call, close }
}

function nextAlive(idle: Worker[], running: Set<Worker>): Worker | undefined {
  let worker = idle.pop()
  while (worker !== undefined && !worker.alive()) {
    running.delete(worker)
    worker = idle.pop()
  }
  return worker
}

type Ready = { readonly cwd: string } | { readonly failed: Attempt }
type Preparing = {
  readonly side: SideLabel
  readonly env: { readonly [name: string]: string }
  readonly world: CommandWorld
}

/** A setup that fails is nobody's regression: an install cannot be told from an outage of its registry. */
async function prepare(target: CommandTarget, { side, env, world }: Preparing): Promise<Ready> {
  const cwd = await world.workTrees.directory(side)
  if (target.setup === undefined) return { cwd }
  const timeoutMs = world.setupTimeoutMs ?? SETUP_TIMEOUT_MS
  const { code, stdout, stderr } = await world.processes.run(target.setup, { cwd, env, timeoutMs })
  if (code === 0) return { cwd }
  const how = code === null ? 'did not end by itself' : `ended with code ${code}`
  const message = `setup (${target.setup.join(' ')}) on ${side} ${how}${stderrNote(stderr || stdout)}`
  return { failed: attempt(transient('application-crash', message)) }
}

function childEnvironment(target: CommandTarget, side: SideLabel, world: CommandWorld): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of [...ALLOWED, ...target.environment]) {
    const value = world.environment(name)
    if (value !== undefined) env[name] = value
  }
  return { ...env, ...world.childEnvironment?.(side) }
}

/** At most `places` at a time, first come first served. */
function turns(places: number): { take(): Promise<void>; give(): void } {
  let free = places
  const waiting: (() => void)[] = []
  const take = async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const give = () => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return { take, give }
}
