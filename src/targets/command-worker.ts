// One process of the application, asked one thing at a time. Whatever it does ends in an outcome.

import type { Json, Outcome } from '../domain.ts'
import type { Child, Clock } from '../ports.ts'
import { formatCount } from '../report/numbers.ts'
import { afterMarkers } from './answer-marker.ts'
import type { Moment } from './answer-time.ts'
import { oneLine } from './classify.ts'
import { isReadyLine, readCommandAnswer } from './command-protocol.ts'
import { at, isObject, parseJson } from './outside.ts'
import { behavioural, transient } from './shape.ts'
import { stderrNote } from './stderr-note.ts'
import { bodyWithoutKeys, type WithoutKeys } from './without-keys.ts'

/** Answers to questions that nobody asked: more than this during one question is a flood. */
const MAX_STRAY_LINES = 1000

/** After an answer that is written where none is read: one that is may follow, where an application logs what it says. */
const MISPLACED_MS = 10_000

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
export type Told = {
  readonly outcome: Outcome
  /** The line that answered, or empty. */
  readonly raw: string
  /** When the work on the question began; null where nobody knows: the process was starting, or waited for the end of its input. */
  readonly begun: Moment | null
  /** It said something after its input was ended because of its silence. */
  readonly afterEnd: boolean
}

export type Worker = {
  ask(question: Asked): Promise<Told>
  /** False once it exited, was killed or broke the protocol. */
  alive(): boolean
  /** How many questions it was asked. */
  asked(): number
  stop(): void
}

type State = {
  readonly child: Child
  readonly clock: Clock
  readonly withoutKeys: WithoutKeys
  alive: boolean
  pending: {
    readonly id: string
    /** Aborted once it is settled. */
    readonly over: AbortSignal
    readonly lostMs: () => number
    begun: Moment | null
    hasEnded: boolean
    readonly settle: (told: Told) => void
  } | null
  stray: number
  /** Id of the last answer that nobody asked for, as it was written. */
  strayId: string
  asked: number
  /** It could not be started, which is no doing of its own. */
  neverStarted: Outcome | null
  /** Where it wrote what may be an answer to what is pending, or to what was asked last, and none is read; empty if nowhere. */
  misplaced: string
}

type WorkerWorld = { readonly clock: Clock; readonly withoutKeys: WithoutKeys }

export function startWorker(child: Child, { clock, withoutKeys }: WorkerWorld): Worker {
  const state: State = {
    child,
    clock,
    withoutKeys,
    alive: true,
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
    stop: () => stop(state),
  }
}

function hear(state: State, line: string): void {
  if (state.pending === null || !state.alive) return
  const parsed = parseJson(line)
  if (isReadyLine(parsed)) {
    state.pending.begun ??= { ms: state.clock.now(), lostMs: state.pending.lostMs() }
  } else if (!isObject(parsed)) {
    garbage(
      state,
      `the application wrote a line that is no JSON object: ${oneLine(state.withoutKeys(line).slice(0, 120))}`,
    )
  } else if (at(parsed, 'id') === undefined) {
    garbage(state, 'the application answered without the `id` of the question')
  } else if (!isIdOf(at(parsed, 'id'), state.pending.id)) {
    state.stray += 1
    state.strayId = oneLine(state.withoutKeys(JSON.stringify(at(parsed, 'id'))).slice(0, 60))
    if (state.stray > MAX_STRAY_LINES)
      garbage(state, `the application wrote more than ${MAX_STRAY_LINES} answers that nobody asked for`)
  } else {
    const outcome = readCommandAnswer(parseJson(bodyWithoutKeys(line, state.withoutKeys)) ?? parsed)
    if (outcome === null) garbage(state, 'the application answered with neither output nor error')
    else settle(state, outcome, line)
  }
}

function notePrinted(state: State, line: string): void {
  const { pending } = state
  if (pending === null) return
  const isAnswer = (text: string) => {
    const parsed = parseJson(text)
    return isObject(parsed) && isIdOf(at(parsed, 'id'), pending.id) && readCommandAnswer(parsed) !== null
  }
  // Something was printed before it and did not end its line.
  const marked = afterMarkers(line)
  const within = marked.find((text) => isAnswer(text) || isReadyLine(parseJson(text)))
  if (within !== undefined) hear(state, within)
  else if (state.misplaced === UNMARKED) return
  else if (line.trimStart().startsWith('{') && isAnswer(line)) waitForMarked(state, pending)
  else if (marked.length > 0) state.misplaced = BROKEN
}

function waitForMarked(state: State, pending: NonNullable<State['pending']>): void {
  state.misplaced = UNMARKED
  const isStillPending = () => state.pending === pending && state.misplaced === UNMARKED
  const giveIn = () => {
    if (isStillPending()) garbage(state, `the application did not answer where answers are read${state.misplaced}`)
  }
  state.clock.sleep(MISPLACED_MS, pending.over).then(giveIn, () => undefined)
}

/** Of a program that ran to its end as if nothing was wrong. */
const HOW = '; an answer is JSON in a line of file descriptor 3, or of standard output after `PARITY `'

const UNMARKED = '; it printed one without `PARITY ` before it, which makes a line of standard output an answer'
const BROKEN =
  '; it printed `PARITY ` within a line, and what follows to the end of that line is no whole answer to the question'

/** JSON libraries like to make numbers of ids that look like one. */
const isIdOf = (said: Json | undefined, id: string) => said === id || (typeof said === 'number' && String(said) === id)

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

function garbage(state: State, what: string): void {
  giveUp(state, behavioural('application-garbage', `${what}${writtenBy(state)}`))
}

/** Without keys before it is cut. */
const writtenBy = ({ child, withoutKeys }: State) => stderrNote(withoutKeys(child.stderrTail()))

/** A process that was given up is not asked again: what it still says would answer the wrong question. */
function giveUp(state: State, outcome: Outcome): void {
  stop(state)
  settle(state, outcome)
}

function settle(state: State, outcome: Outcome, raw = ''): void {
  const { pending } = state
  state.pending = null
  pending?.settle({ outcome, raw, begun: pending.begun, afterEnd: pending.hasEnded && raw !== '' })
}

function stop(state: State): void {
  if (state.alive) state.child.kill()
  state.alive = false
}
