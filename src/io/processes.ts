// Children of ours: no shell, a process group of their own that is ended whole, with what they put into other groups; pipes that
// cannot fill our memory.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Child, Processes } from '../ports.ts'
import { afterMarkers, MARKER } from '../targets/answer-marker.ts'
import { codeOf } from './disk-failure.ts'
import { createLeftBehind, type LeftBehind } from './left-behind.ts'
import { lineSplitter } from './line-splitter.ts'
import { isShortage } from './shortage.ts'

const MAX_LINE_CHARS = 8 * 1024 * 1024
const STDERR_TAIL_CHARS = 8 * 1024
const MAX_RUN_OUTPUT_CHARS = 1024 * 1024
/** Between asking a group to end and ending it. */
const GRACE_MS = 2000
/** Lines may still be in the pipes when a process has ended; a grandchild may hold the pipes open forever. */
const DRAIN_MS = 500

export type ProcessExit = {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
  readonly shortage?: true
}

/** A child, and how it is ended with what it started. */
type Tracked = { readonly child: ChildProcess; end(): void }

/** `close` ends everything that still runs. */
export function createProcesses(): Processes & { close(): void } {
  const alive = new Set<ChildProcess>()
  const leftBehind = createLeftBehind()
  const close = () => {
    for (const child of alive) signalGroup(child, 'SIGKILL')
    leftBehind.endAll()
  }
  process.on('exit', close)
  // A setup may start what the application needs: only what is in its own group ends with it, and the rest with the run.
  const start = (command: readonly string[], { cwd, env }: Where, outlives: boolean): Tracked => {
    const mark = leftBehind.mark()
    const child = spawnGroup(command, { cwd, env: { ...env, ...mark.env } })
    let below: ReturnType<LeftBehind['below']> = []
    let isEnded = false
    alive.add(child)
    child.once('exit', () => {
      alive.delete(child)
      signalGroup(child, 'SIGKILL')
      if (isEnded || !outlives) leftBehind.gone(mark.number, below)
    })
    child.once('error', () => alive.delete(child))
    const end = () => {
      isEnded = true
      below = leftBehind.below(child.pid)
      endGroup(child)
    }
    return { child, end }
  }
  return {
    moduleCommand: (path, name) => ['node', moduleHost(), path, name],
    start: (command, options) => asChild(start(command, options, false)),
    run: (command, options) => runToEnd(start(command, options, true), options),
    close: () => {
      close()
      process.off('exit', close)
    },
  }
}

/** Source beside a source file, the bundle's own file beside a bundled one. */
function moduleHost(): string {
  const name = import.meta.url.endsWith('.ts') ? './module-host.ts' : './module-host.cjs'
  return fileURLToPath(new URL(name, import.meta.url))
}

type Where = { readonly cwd: string; readonly env: { readonly [name: string]: string } }

function spawnGroup([file = '', ...rest]: readonly string[], { cwd, env }: Where): ChildProcess {
  return spawn(file, rest, {
    cwd,
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
    shell: false,
  })
}

/** The negative id names the group. Gone already is fine. */
function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    child.kill(signal)
  }
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM')
  const force = () => child.exitCode === null && child.signalCode === null && signalGroup(child, 'SIGKILL')
  setTimeout(force, GRACE_MS).unref()
}

function asChild({ child, end }: Tracked): Child {
  const lineListeners: ((line: string) => void)[] = []
  const longListeners: ((begins: string, maxChars: number) => void)[] = []
  const printedListeners: ((line: string) => void)[] = []
  const exitListeners: ((exit: ProcessExit) => void)[] = []
  let exited: ProcessExit | null = null
  const emit = (line: string, listeners = lineListeners) => {
    for (const listener of listeners) listener(line)
  }
  const emitLong = (begins: string) => {
    for (const listener of longListeners) listener(begins, MAX_LINE_CHARS)
  }
  hearLines(readable(child, 3), (line, isWhole) => {
    if (!isWhole) emitLong(line)
    else if (line.trim() !== '') emit(line)
  })
  hearLines(readable(child, 1), (line, isWhole) => {
    const marked = line.startsWith(MARKER) ? line.slice(MARKER.length) : undefined
    const begins = isWhole ? undefined : (marked ?? afterMarkers(line)[0])
    if (begins !== undefined) emitLong(begins)
    else if (marked !== undefined) emit(marked)
    else emit(line, printedListeners)
  })
  const stderr = tailOf(readable(child, 2), STDERR_TAIL_CHARS)
  child.stdin?.on('error', () => undefined)
  whenOver(child, (code, signal, fault) => {
    const text = [stderr(), fault?.message ?? ''].filter((part) => part !== '').join('\n')
    exited = { code, signal, stderr: text, ...(isShortage(codeOf(fault) ?? '') ? { shortage: true } : {}) }
    for (const listener of exitListeners) listener(exited)
  })
  return {
    send: (line) => void child.stdin?.write(`${line}\n`),
    endInput: () => void child.stdin?.end(),
    onLine: (listener) => void lineListeners.push(listener),
    onLongLine: (listener) => void longListeners.push(listener),
    onPrinted: (listener) => void printedListeners.push(listener),
    onExit: (listener) => {
      exitListeners.push(listener)
      if (exited !== null) listener(exited)
    },
    stderrTail: stderr,
    kill: end,
  }
}

/** A last line without its break counts if it is whole: `printf` and `write` of a program that then ends leave it out. */
function hearLines(stream: Readable | null, onLine: (line: string, isWhole: boolean) => void): void {
  let isOver = false
  const lines = lineSplitter(MAX_LINE_CHARS, (line, isWhole) => {
    if (!isOver || !isWhole || line.trimEnd().endsWith('}')) onLine(line, isWhole)
  })
  stream?.on('data', lines)
  stream?.on('end', () => {
    isOver = true
    lines.end()
  })
}

async function runToEnd(
  { child, end }: Tracked,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): ReturnType<Processes['run']> {
  const stdout = tailOf(readable(child, 1), MAX_RUN_OUTPUT_CHARS)
  const stderr = tailOf(readable(child, 2), MAX_RUN_OUTPUT_CHARS)
  readable(child, 3)?.resume()
  child.stdin?.on('error', () => undefined)
  child.stdin?.end()
  return new Promise((resolve) => {
    let late = ''
    const timer = setTimeout(() => {
      late = `ended by us after ${timeoutMs / 1000} s`
      end()
    }, timeoutMs)
    // Its folder goes with the run: there is no time to be polite.
    const cancel = () => {
      late = 'ended with the run'
      end()
      signalGroup(child, 'SIGKILL')
    }
    signal?.addEventListener('abort', cancel, { once: true })
    whenOver(child, (code, _signal, fault) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      const notes = [stderr(), fault?.message ?? '', late].filter((part) => part !== '')
      const started = child.pid === undefined ? ({ neverStarted: true } as const) : {}
      resolve({ code: late === '' ? code : null, stdout: stdout(), stderr: notes.join('\n'), ...started })
    })
  })
}

/** Once: when the process is gone and its pipes are empty, or shortly after it is gone. */
function whenOver(
  child: ChildProcess,
  then: (code: number | null, signal: string | null, fault: Error | null) => void,
): void {
  let over = false
  const once = (code: number | null, signal: string | null, fault: Error | null) => {
    if (over) return
    over = true
    // Whoever still holds the other ends would keep this program from ending.
    for (const stream of child.stdio ?? []) stream?.destroy()
    then(code, signal, fault)
  }
  child.once('error', (error) => once(null, null, error))
  child.once('exit', (code, signal) => setTimeout(() => once(code, signal, null), DRAIN_MS).unref())
  child.once('close', (code, signal) => once(code, signal, null))
}

function readable(child: ChildProcess, fd: 1 | 2 | 3): Readable | null {
  // Where no more files may be open there are none at all, and an error follows.
  const stream = (child.stdio as ChildProcess['stdio'] | undefined)?.[fd]
  if (stream === null || stream === undefined || !('read' in stream)) return null
  stream.on('error', () => undefined)
  return stream
}

/** The last `maxChars` that a stream said, so far. */
function tailOf(stream: Readable | null, maxChars: number): () => string {
  let tail = ''
  stream?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-maxChars)
  })
  return () => tail
}
