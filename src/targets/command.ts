// The application of one side as a pool of long-lived processes, or one process per case.

import { posix } from 'node:path'
import type { Outcome, Request, SideLabel, Target } from '../domain.ts'
import type { Clock, Processes } from '../ports.ts'
import { type AnswerTime, answerTime, type Moment } from './answer-time.ts'
import { type ProcessFacts, takeFacts } from './application-facts.ts'
import { type Attempt, type AttemptContext, attempt } from './call.ts'
import { childVariables } from './command-environment.ts'
import { commandLine } from './command-protocol.ts'
import { createSetups, type Setups, type SetupWorld } from './command-setup.ts'
import { startWorker, type Worker } from './command-worker.ts'
import { withCalls } from './proxy/outcome.ts'
import type { ProxySession, RecordingProxy } from './proxy/proxy.ts'
import { transient } from './shape.ts'

export type CommandTarget = Extract<Target, { kind: 'command' }>

export type CommandWorld = SetupWorld & {
  readonly processes: Processes
  readonly clock: Clock
  /** Between the application and its providers; without it an application is on its own, with what `environment` lists. */
  readonly proxy?: RecordingProxy
  /** Of all pools of a run; default: this pool's own. */
  readonly setups?: Setups
}

export type CommandPool = {
  call(request: Request, context: AttemptContext): Promise<Attempt>
  /** What its processes have done so far beside answering. */
  facts(): ProcessFacts
  /** Ends every process. */
  close(): void
}

/** Processes start when they are needed, at most `workers` at a time, in the side's work tree, after `setup` ran once. */
export function createCommandPool(target: CommandTarget, side: SideLabel, world: CommandWorld): CommandPool {
  const setups = world.setups ?? createSetups(world)
  const words = wordsOf(target, world)
  const idle: Process[] = []
  const running = new Set<Process>()
  const turn = turns(Math.max(1, target.workers))
  const taken = takeFacts()
  let closed = false
  // Of processes for one case each: one answered after the end of its input, so that the end comes with the question from then on.
  let readsOn = false

  const start = async (cwd: string): Promise<Process> => {
    const session = (await world.proxy?.session()) ?? null
    const env = childVariables(target, world, session)
    const started = { worker: startWorker(world.processes.start(words, { cwd, env }), world, taken), session }
    running.add(started)
    return started
  }
  const done = (member: Process) => {
    if (target.perCase) member.worker.stop()
    if (member.worker.alive() && !closed) idle.push(member)
    else retire(member, running)
  }
  const repeats = () => taken.facts().repeated > 0
  // Null where only a new process will do.
  const free = async (id: string, signal: AbortSignal): Promise<Process | null> => {
    const member = nextAlive(idle, { running, id, repeats: repeats() })
    const answeredMs = member?.worker.answeredAt(id) ?? null
    if (member === undefined || answeredMs === null) return member ?? null
    await world.clock.sleep(answeredMs + LISTEN_MS - world.clock.now(), signal).catch(() => undefined)
    if (member.worker.alive() && !repeats()) return member
    retire(member, running)
    return null
  }
  const call = async (request: Request, context: AttemptContext): Promise<Attempt> => {
    const prepared = await orAborted(setups.ready(target, side), context.signal)
    if (prepared === null) return UNASKED
    if ('failed' in prepared) return prepared.failed
    await turn.take()
    try {
      if (closed || context.signal.aborted) return UNASKED
      const asking = { request, side, context, clock: world.clock, isLast: target.perCase }
      const waiting = await free(commandLine(request, side).id, context.signal)
      if (closed) return UNASKED
      const member = waiting ?? (await start(prepared.cwd))
      const made = await ask(member, { ...asking, endsAtOnce: readsOn })
      done(member)
      readsOn ||= made.afterEnd
      if (made.attempt.raw !== '') taken.answered()
      if (!made.endedBefore) return made.attempt
      const fresh = await start(prepared.cwd)
      const again = await ask(fresh, asking)
      done(fresh)
      // An answer that crossed the end of its input on the way looked like one that came after it.
      if (again.attempt.raw !== '') readsOn = again.afterEnd
      if (again.attempt.raw !== '') taken.answered()
      const ended = member.worker.ownEnd()
      if (ended !== null && !hasCrashed(again.attempt)) taken.ended(ended)
      return again.attempt
    } finally {
      turn.give()
    }
  }
  const close = () => {
    closed = true
    for (const member of running) retire(member, running)
  }
  return { call, facts: taken.facts, close }
}

/** Nobody waits for it any more, and it had not begun. */
const UNASKED: Attempt = { ...attempt(transient('cancelled', 'the call was cancelled')), unasked: true }

/** What was promised, or null as soon as the signal comes. */
async function orAborted<T>(promised: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let leave = () => {}
  const aborted = new Promise<null>((resolve) => {
    leave = () => resolve(null)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
  return Promise.race([promised, aborted]).finally(() => signal.removeEventListener('abort', leave))
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
  readonly isLast: boolean
  readonly endsAtOnce?: boolean
}

/** How long calls that are open when the application answers may take to end. */
const OPEN_CALLS_MS = 5000

/** `endedBefore`: it may have ended for another reason than the question. `afterEnd`: it answered once its input was ended. */
type Made = { readonly attempt: Attempt; readonly endedBefore: boolean; readonly afterEnd: boolean }

async function ask({ worker, session }: Process, asking: Asking): Promise<Made> {
  const { request, side, context, clock, isLast, endsAtOnce = false } = asking
  const { timeoutMs, signal, trial } = context
  const opened = session?.begin(trial) ?? null
  const lostMs = () => opened?.lostMs() ?? 0
  const now = (): Moment => ({ ms: clock.now(), lostMs: lostMs() })
  const asked = now()
  const hasBegun = () => opened?.hasCalled() ?? false
  const { outcome, raw, begun, afterEnd } = await worker.ask({
    ...commandLine(request, side),
    timeoutMs,
    signal,
    lostMs,
    isLast,
    endsAtOnce,
    hasBegun,
  })
  const time = answerTime(asked, begun, now())
  // Its answer may be here before the end of a call that it is about.
  const hasSaid = outcome.state === 'answered' || outcome.failure.cause === 'application-error'
  const calls = (await opened?.end(hasSaid ? OPEN_CALLS_MS : 0)) ?? []
  const judged = withCalls(outcome, calls)
  const made = attempt(timed(judged.outcome, time), raw)
  const endedBefore = hasCrashed(made) && calls.length === 0 && (worker.asked() > 1 || endsAtOnce)
  return { attempt: judged.final ? { ...made, final: true } : made, endedBefore, afterEnd }
}

/**
 * A process that served earlier questions and ends now may have been ending already, and one whose input ended may have ended with
 * it: whose doing that is, only a new process can say. One that called a model had begun with the question.
 */
const hasCrashed = ({ outcome }: Attempt) => outcome.state === 'failed' && outcome.failure.cause === 'application-crash'

function timed(outcome: Outcome, time: AnswerTime): Outcome {
  return outcome.state === 'failed' ? outcome : { state: 'answered', answer: { ...outcome.answer, ...time } }
}

/** Modules are named from the root, and processes start in the application's folder. */
function wordsOf({ command, module }: CommandTarget, { processes, sources }: CommandWorld): readonly string[] {
  if (module === undefined) return command
  return processes.moduleCommand(posix.relative(sources?.directory ?? '', module.path), module.name)
}

/** How long a process is listened to before it is asked once more what it has answered: a second answer may be on its way. */
const LISTEN_MS = 100

type Wanted = {
  readonly running: Set<Process>
  readonly id: string
  /** Processes of this application answer questions more than once. */
  readonly repeats: boolean
}

/**
 * The one that was in use last, of those that have not answered the question before where there is one: what comes late of an
 * earlier answer has the same id. Where such answers came, no other will do.
 */
function nextAlive(idle: Process[], { running, id, repeats }: Wanted): Process | undefined {
  for (const gone of idle.filter(({ worker }) => !worker.alive())) {
    idle.splice(idle.indexOf(gone), 1)
    retire(gone, running)
  }
  const index = idle.findLastIndex(({ worker }) => worker.answeredAt(id) === null)
  if (index !== -1) return idle.splice(index, 1)[0]
  if (!repeats) return idle.pop()
  // In its place there will be a new one, which may be asked everything.
  const oldest = idle.shift()
  if (oldest !== undefined) retire(oldest, running)
  return undefined
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
