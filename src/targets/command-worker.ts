// One process of the application, asked one thing at a time. Whatever it does ends in an outcome.

import type { Child, Clock } from '../ports.ts'
import { formatCount } from '../report/numbers.ts'
import { oneLine } from './classify.ts'
import { hear, notePrinted } from './command-lines.ts'
import { garbage, giveUp, type State, settle, stop, type Told, type WorkerEvents, writtenBy } from './command-state.ts'
import { behavioural, transient } from './shape.ts'
import { stderrNote } from './stderr-note.ts'
import type { WithoutKeys } from './without-keys.ts'

/** Silence after which a program may be waiting for the end of its input; of a short timeout half. */
const READS_ON_MS = 5000

/** Waiting for others has an end, too. */
const MAX_LOST_MS = 600_000

export type Asked = {
  readonly id: string
  readonly line: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Time so far that does not count against the timeout: the application waits for others. */
  readonly lostMs?: () => number
  /** Nothing else will be asked: a program may read its input to the end before it answers. Some end with it, answered or not. */
  readonly isLast?: boolean
  /** Of a last question: the end of the input comes with it, since this application is known to answer after it. */
  readonly endsAtOnce?: boolean
  /** Whether it is seen to be at work: whoever waits for the end of its input does nothing yet. */
  readonly hasBegun?: () => boolean
}

export type Worker = {
  ask(question: Asked): Promise<Told>
  /** False once it exited, was killed or broke the protocol. */
  alive(): boolean
  /** How many questions it was asked. */
  asked(): number
  /** When it answered the question with this id; null where it was not asked it, or has not answered. */
  answeredAt(id: string): number | null
  /** How it ended by itself with an error, after it had answered a question; null while it has not. */
  ownEnd(): string | null
  stop(): void
}

type WorkerWorld = { readonly clock: Clock; readonly withoutKeys: WithoutKeys }

export function startWorker(child: Child, { clock, withoutKeys }: WorkerWorld, events?: WorkerEvents): Worker {
  const state: State = {
    child,
    clock,
    withoutKeys,
    alive: true,
    isStopped: false,
    events,
    answered: new Map(),
    ownEnd: null,
    unasked: 0,
    pending: null,
    stray: 0,
    strayId: '',
    asked: 0,
    neverStarted: null,
    misplaced: '',
  }
  child.onLine((line) => hear(state, line))
  child.onLongLine((begins, maxChars) => {
    const limit = `${formatCount(maxChars)} characters, and that is the limit of an answer`
    if (state.pending !== null && state.alive)
      garbage(
        state,
        `the application wrote a line of more than ${limit}: ${oneLine(state.withoutKeys(begins).slice(0, 120))}`,
      )
  })
  child.onPrinted((line) => notePrinted(state, line))
  child.onExit(({ code, signal, shortage, ...left }) => {
    const stderr = withoutKeys(left.stderr)
    state.alive = false
    if (shortage) {
      state.neverStarted = transient('server', `this machine could not start the application: ${oneLine(stderr)}`)
      settle(state, state.neverStarted)
      return
    }
    const how = signal === null ? `exited with code ${code ?? 'unknown'}` : `was ended by ${signal}`
    noteOwnEnd(state, code === 0 ? null : `the application ${how}${stderrNote(stderr)}`)
    settle(
      state,
      behavioural(
        'application-crash',
        `the application ${how} before it answered${state.misplaced || (code === 0 ? HOW : '')}${stderrNote(stderr)}`,
      ),
    )
  })
  return {
    ask: (question) => ask(state, question),
    alive: () => state.alive,
    asked: () => state.asked,
    answeredAt: (id) => state.answered.get(id) ?? null,
    ownEnd: () => state.ownEnd,
    stop: () => stop(state),
  }
}

/** Before it answered anything, and with a question that it leaves open, its end is what came of that question. */
function noteOwnEnd(state: State, how: string | null): void {
  if (state.isStopped || state.answered.size === 0 || how === null) return
  state.ownEnd = how
  if (state.pending === null) state.events?.ended(how)
}

/** Of a program that ran to its end as if nothing was wrong. */
const HOW = '; an answer is JSON in a line of file descriptor 3, or of standard output after `PARITY `'

function ask(state: State, question: Asked): Promise<Told> {
  const { id, line, timeoutMs, signal, lostMs = () => 0, isLast = false, endsAtOnce = false } = question
  return new Promise((resolve) => {
    const over = new AbortController()
    const cancel = () => giveUp(state, transient('cancelled', 'the call was cancelled'))
    const startedMs = state.clock.now()
    // A process that serves one question starts for it, and one that served others has started.
    const begun = isLast || state.asked > 0 ? { ms: startedMs, lostMs: lostMs() } : null
    const hung = () => {
      if (over.signal.aborted) return
      const leftMs = startedMs + timeoutMs + Math.min(lostMs(), MAX_LOST_MS) - state.clock.now()
      if (leftMs > 0) {
        state.clock.sleep(leftMs, over.signal).then(hung, () => undefined)
        return
      }
      const seconds = timeoutMs / 1000
      const quiet = state.misplaced === '' ? `was silent for ${seconds} s` : `gave no answer within ${seconds} s`
      const silence =
        state.stray === 0
          ? `the application ${quiet}`
          : `the application gave no answer with the id ${JSON.stringify(id)} within ${seconds} s, but one with ${state.strayId}`
      giveUp(state, transient('timeout', `${silence}${state.misplaced}${writtenBy(state)}`))
    }
    state.stray = 0
    state.misplaced = ''
    state.asked += 1
    state.pending = {
      id,
      over: over.signal,
      lostMs,
      begun,
      hasEnded: false,
      settle: (told) => {
        over.abort()
        signal.removeEventListener('abort', cancel)
        resolve(told)
      },
    }
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    else if (!state.alive)
      settle(state, state.neverStarted ?? behavioural('application-crash', 'the application is not running'))
    else {
      state.child.send(line)
      if (isLast && endsAtOnce) state.child.endInput()
      else if (isLast) endWhenSilent(state, question, over.signal)
      state.clock.sleep(timeoutMs, over.signal).then(hung, () => undefined)
    }
  })
}

function endWhenSilent(state: State, { timeoutMs, hasBegun }: Asked, over: AbortSignal): void {
  const end = () => {
    if (over.aborted || state.pending === null || hasBegun?.() === true) return
    // Whether it had waited for this or was at work all the time is not to be seen.
    state.pending.begun = null
    state.pending.hasEnded = true
    state.child.endInput()
  }
  state.clock.sleep(Math.min(READS_ON_MS, timeoutMs / 2), over).then(end, () => undefined)
}
