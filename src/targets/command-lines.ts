// What a process of the application says, line by line: answers, where they are read and where they are not.

import type { Json } from '../domain.ts'
import { afterMarkers } from './answer-marker.ts'
import { oneLine } from './classify.ts'
import { isReadyLine, readCommandAnswer } from './command-protocol.ts'
import { garbage, type State, settle } from './command-state.ts'
import { at, isObject, parseJson } from './outside.ts'
import { bodyWithoutKeys } from './without-keys.ts'

/** Answers to questions that nobody asked: more than this during one question is a flood. */
const MAX_STRAY_LINES = 1000

/** After an answer that is written where none is read: one that is may follow, where an application logs what it says. */
const MISPLACED_MS = 10_000

export function hear(state: State, line: string): void {
  if (!state.alive) return
  if (state.pending === null) {
    state.unasked += 1
    if (state.unasked <= MAX_STRAY_LINES) noteRepeated(state, parseJson(line))
    return
  }
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
    noteRepeated(state, parsed)
    state.strayId = oneLine(state.withoutKeys(JSON.stringify(at(parsed, 'id'))).slice(0, 60))
    if (state.stray > MAX_STRAY_LINES)
      garbage(state, `the application wrote more than ${MAX_STRAY_LINES} answers that nobody asked for`)
  } else {
    const outcome = readCommandAnswer(parseJson(bodyWithoutKeys(line, state.withoutKeys)) ?? parsed)
    if (outcome === null) garbage(state, 'the application answered with neither output nor error')
    else {
      state.answered.set(state.pending.id, state.clock.now())
      settle(state, outcome, line)
    }
  }
}

export function notePrinted(state: State, line: string): void {
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

function noteRepeated(state: State, line: Json | undefined): void {
  const id = at(line, 'id')
  const isKnown = (typeof id === 'string' || typeof id === 'number') && state.answered.has(String(id))
  if (isKnown && line !== undefined && readCommandAnswer(line) !== null) state.events?.repeated()
}

const UNMARKED = '; it printed one without `PARITY ` before it, which makes a line of standard output an answer'
const BROKEN =
  '; it printed `PARITY ` within a line, and what follows to the end of that line is no whole answer to the question'

/** JSON libraries like to make numbers of ids that look like one. */
const isIdOf = (said: Json | undefined, id: string) => said === id || (typeof said === 'number' && String(said) === id)
