// What a child of ours started and left behind in a process group of its own: a server, a daemon. On Linux it is found in two ways,
// by a random mark in its environment, which whatever it starts inherits, and by its parents, as they are before the child is
// ended (a process may have written over its environment). Nothing is ended but by a mark that nobody else can have, or as the very
// process that was seen below the child: same id, same start. Elsewhere there is no such way, and the group is all that ends.

import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'

const MARK = 'PROMPT_PARITY_PROCESS'
/** Whoever is being ended may start another one meanwhile. */
const ROUNDS = 5
/** For a process that is becoming another program: how long it is looked at, and how far apart. */
const LOOKS_MS = 500
const LOOK_MS = 1
/** Share of the time that looking through all processes may take while a run goes on. */
const SHARE = 1 / 20

/** A process, and no later one with the same id. */
type Process = { readonly pid: number; readonly parent: number; readonly started: string }

export type LeftBehind = {
  /** Additions to the environment of a new child. */
  mark(): { readonly env: { readonly [name: string]: string }; readonly number: number }
  /** Everything below a child now, to be handed to `gone`. */
  below(pid: number | undefined): readonly Process[]
  /** The child is gone: what it left ends at once, or soon where children come and go. */
  gone(number: number, below: readonly Process[]): void
  /** Ends whatever any child left. */
  endAll(): void
}

export function createLeftBehind(isLinux: boolean = process.platform === 'linux'): LeftBehind {
  if (!isLinux)
    return { mark: () => ({ env: {}, number: 0 }), below: () => [], gone: () => undefined, endAll: () => undefined }
  const run = randomUUID()
  const left = new Set<number>()
  let seen: Process[] = []
  let children = 0
  let restUntil = 0
  let timer: NodeJS.Timeout | null = null
  const sweep = (isOver: boolean) => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const startedMs = performance.now()
    for (const one of seen) if (sameStill(one)) end(one.pid)
    endMarked(run, (number) => isOver || left.has(number))
    seen = []
    left.clear()
    const nowMs = performance.now()
    restUntil = nowMs + (nowMs - startedMs) / SHARE
  }
  return {
    mark: () => {
      children += 1
      return { env: { [MARK]: `${run}.${children}` }, number: children }
    },
    below: (pid) => (pid === undefined ? [] : descendantsOf(pid)),
    gone: (number, below) => {
      left.add(number)
      seen.push(...below)
      const waitMs = restUntil - performance.now()
      if (waitMs <= 0) sweep(false)
      else timer ??= setTimeout(() => sweep(false), waitMs).unref()
    },
    endAll: () => {
      if (children > 0) sweep(true)
    },
  }
}

/** Until a look at all processes finds none that is to end. */
function endMarked(run: string, isLeft: (number: number) => boolean): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = ownProcesses().filter((pid) => {
      const number = markOf(pid, run)
      return number !== null && isLeft(number)
    })
    for (const pid of found) end(pid)
    if (found.length === 0) return
  }
}

/** The number of the child that it comes from; null for every process that is none of this run's. */
function markOf(pid: number, run: string): number | null {
  const start = `${MARK}=${run}.`
  const entry = environmentOf(pid)
    .split('\0')
    .find((one) => one.startsWith(start))
  const number = Number(entry?.slice(start.length) ?? Number.NaN)
  return Number.isInteger(number) ? number : null
}

/**
 * Empty where the process is gone or is none of ours to read, and where there is none. In the middle of `execve` Linux shows none
 * either, for microseconds, or for as long as a busy machine lets it wait: what is empty is believed of a program that is in place
 * (the start of its stack is set last, and is another one for each program) and was the same before and after.
 */
function environmentOf(pid: number): string {
  let text = textOf(pid, 'environ')
  const untilMs = performance.now() + LOOKS_MS
  while (text === '' && performance.now() < untilMs) {
    const before = fieldsOf(pid)
    text = textOf(pid, 'environ')
    const hasMemory = Number(before[VIRTUAL_SIZE] ?? 0) > 0
    const isInPlace = before[STACK_START] !== '0' && before[STACK_START] === fieldsOf(pid)[STACK_START]
    if (text !== '' || !hasMemory || isInPlace) break
    pause(LOOK_MS)
  }
  return text ?? ''
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function descendantsOf(pid: number): readonly Process[] {
  const children = new Map<number, Process[]>()
  for (const one of ownProcesses().flatMap((id) => statOf(id) ?? [])) {
    const there = children.get(one.parent)
    if (there === undefined) children.set(one.parent, [one])
    else there.push(one)
  }
  const found: Process[] = []
  for (let level = children.get(pid) ?? []; level.length > 0; ) {
    found.push(...level)
    level = level.flatMap((one) => children.get(one.pid) ?? [])
  }
  return found
}

/** Of our user, and not ourselves. */
function ownProcesses(): readonly number[] {
  const uid = process.getuid?.()
  return names().flatMap((name) => {
    const pid = Number(name)
    return Number.isInteger(pid) && pid > 1 && pid !== process.pid && uidOf(pid) === uid ? [pid] : []
  })
}

/** None where there is no such folder, or no file may be opened any more: what is left behind stays, and the run goes on. */
function names(): readonly string[] {
  try {
    return readdirSync('/proc')
  } catch {
    return []
  }
}

function uidOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? null
  } catch {
    return null
  }
}

function statOf(pid: number): Process | null {
  const fields = fieldsOf(pid)
  const [parent, started] = [Number(fields[PARENT]), fields[START_TIME]]
  return started === undefined ? null : { pid, parent, started }
}

/** Places in what follows the name in `stat`. */
const [PARENT, START_TIME, VIRTUAL_SIZE, STACK_START] = [1, 19, 20, 25]

/** Of `stat`, from the state on. The name before it stands in parentheses and may have any character in it. */
function fieldsOf(pid: number): readonly string[] {
  const text = textOf(pid, 'stat') ?? ''
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

const sameStill = (one: Process) => statOf(one.pid)?.started === one.started && uidOf(one.pid) === process.getuid?.()

/** Null where it is gone, or not to be read by us. */
function textOf(pid: number, file: 'environ' | 'stat'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return null
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
