// The application of one side as a pool of long-lived processes, or one process per case.

import type { Outcome, Request, SideLabel, Target } from '../domain.ts'
import type { Clock, Environment, Processes, WorkTrees } from '../ports.ts'
import { type Attempt, type AttemptContext, attempt } from './call.ts'
import { childVariables, type KeysOfRun } from './command-environment.ts'
import { commandLine } from './command-protocol.ts'
import { startWorker, stderrNote, type Worker } from './command-worker.ts'
import { withCalls } from './proxy/outcome.ts'
import type { ProxySession, RecordingProxy } from './proxy/proxy.ts'
import { transient } from './shape.ts'

export type CommandTarget = Extract<Target, { kind: 'command' }>

export type CommandWorld = {
  readonly processes: Processes
  readonly workTrees: WorkTrees
  readonly environment: Environment
  readonly clock: Clock
  /** Between the application and its providers; without it an application is on its own, with what `environment` lists. */
  readonly proxy?: RecordingProxy
  readonly keys?: KeysOfRun
  readonly setupTimeoutMs?: number
}

export type CommandPool = {
  call(request: Request, context: AttemptContext): Promise<Attempt>
  /** Ends every process. */
  close(): void
}

const SETUP_TIMEOUT_MS = 15 * 60_000

/** Processes start when they are needed, at most `workers` at a time, in the side's work tree, after `setup` ran once. */
export function createCommandPool(target: CommandTarget, side: SideLabel, world: CommandWorld): CommandPool {
  const idle: Process[] = []
  const running = new Set<Process>()
  const turn = turns(Math.max(1, target.workers))
  let ready: Promise<Ready> | null = null
  let closed = false

  const start = async (cwd: string): Promise<Process> => {
    const session = (await world.proxy?.session()) ?? null
    const env = childVariables(target, world, session)
    const started = { worker: startWorker(world.processes.start(target.command, { cwd, env }), world.clock), session }
    running.add(started)
    return started
  }
  const done = (member: Process) => {
    if (target.perCase) member.worker.stop()
    if (member.worker.alive() && !closed) idle.push(member)
    else retire(member, running)
  }
  const call = async (request: Request, context: AttemptContext): Promise<Attempt> => {
    ready ??= prepare(target, { side, world })
    const prepared = await ready
    if ('failed' in prepared) return prepared.failed
    await turn.take()
    try {
      if (closed || context.signal.aborted) return attempt(transient('cancelled', 'the call was cancelled'))
      const member = nextAlive(idle, running) ?? (await start(prepared.cwd))
      const made = await ask(member, { request, side, context, clock: world.clock })
      done(member)
      return made
    } finally {
      turn.give()
    }
  }
  const close = () => {
    closed = true
    for (const member of running) retire(member, running)
  }
  return { call, close }
}

/** `session` is null where there is no proxy. */
type Process = { readonly worker: Worker; readonly session: ProxySession | null }

function retire(member: Process, running: Set<Process>): void {
  member.worker.stop()
  member.session?.close()
  running.delete(member)
}

type Asking = {
  readonly request: Request
  readonly side: SideLabel
  readonly context: AttemptContext
  readonly clock: Clock
}

/** How long calls that are open when the application answers may take to end. */
const OPEN_CALLS_MS = 5000

async function ask({ worker, session }: Process, { request, side, context, clock }: Asking): Promise<Attempt> {
  const { timeoutMs, signal, trial } = context
  const opened = session?.begin(trial) ?? null
  const lostMs = () => opened?.lostMs() ?? 0
  const asked = clock.now()
  const { outcome, raw } = await worker.ask({ ...commandLine(request, side), timeoutMs, signal, lostMs })
  const latencyMs = Math.max(0, clock.now() - asked - lostMs())
  const calls = (await opened?.end(outcome.state === 'answered' ? OPEN_CALLS_MS : 0)) ?? []
  const judged = withCalls(outcome, calls)
  const made = attempt(timed(judged.outcome, latencyMs), raw)
  return judged.final ? { ...made, final: true } : made
}

/** Without the time that limits and faults of providers took. */
function timed(outcome: Outcome, latencyMs: number): Outcome {
  return outcome.state === 'failed' ? outcome : { state: 'answered', answer: { ...outcome.answer, latencyMs } }
}

function nextAlive(idle: Process[], running: Set<Process>): Process | undefined {
  let member = idle.pop()
  while (member !== undefined && !member.worker.alive()) {
    retire(member, running)
    member = idle.pop()
  }
  return member
}

type Ready = { readonly cwd: string } | { readonly failed: Attempt }
type Preparing = {
  readonly side: SideLabel
  readonly world: CommandWorld
}

/** A setup that fails is nobody's regression: an install cannot be told from an outage of its registry. */
async function prepare(target: CommandTarget, { side, world }: Preparing): Promise<Ready> {
  const cwd = await world.workTrees.directory(side)
  if (target.setup === undefined) return { cwd }
  const env = childVariables(target, world, null)
  const timeoutMs = world.setupTimeoutMs ?? SETUP_TIMEOUT_MS
  const { code, stdout, stderr } = await world.processes.run(target.setup, { cwd, env, timeoutMs })
  if (code === 0) return { cwd }
  const how = code === null ? 'did not end by itself' : `ended with code ${code}`
  const message = `setup (${target.setup.join(' ')}) on ${side} ${how}${stderrNote(stderr || stdout)}`
  return { failed: attempt(transient('application-crash', message)) }
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
