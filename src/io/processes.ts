// Children of ours: no shell, a process group of their own that is ended whole, pipes that cannot fill our memory.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Child, Processes } from '../ports.ts'
import { lineSplitter } from './line-splitter.ts'

const MAX_LINE_CHARS = 8 * 1024 * 1024
const STDERR_TAIL_CHARS = 8 * 1024
const MAX_RUN_OUTPUT_CHARS = 1024 * 1024
const PREFIX = 'PARITY '
/** Between asking a group to end and ending it. */
const GRACE_MS = 2000
/** Lines may still be in the pipes when a process has ended; a grandchild may hold the pipes open forever. */
const DRAIN_MS = 500

export type ProcessExit = { readonly code: number | null; readonly signal: string | null; readonly stderr: string }

/** `close` ends everything that still runs. */
export function createProcesses(): Processes & { close(): void } {
  const alive = new Set<ChildProcess>()
  const close = () => {
    for (const child of alive) signalGroup(child, 'SIGKILL')
  }
  process.on('exit', close)
  const track = (child: ChildProcess) => {
    alive.add(child)
    child.once('exit', () => {
      alive.delete(child)
      // What it started and left behind ends with it.
      signalGroup(child, 'SIGKILL')
    })
    child.once('error', () => alive.delete(child))
    return child
  }
  return {
    moduleCommand: (path, name) => ['node', moduleHost(), path, name],
    start: (command, options) => asChild(track(spawnGroup(command, options))),
    run: (command, options) => runToEnd(track(spawnGroup(command, options)), options.timeoutMs),
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

function asChild(child: ChildProcess): Child {
  const lineListeners: ((line: string) => void)[] = []
  const exitListeners: ((exit: ProcessExit) => void)[] = []
  let exited: ProcessExit | null = null
  const emit = (line: string) => {
    for (const listener of lineListeners) listener(line)
  }
  hearLines(readable(child, 3), (line) => line.trim() !== '' && emit(line))
  hearLines(readable(child, 1), (line) => line.startsWith(PREFIX) && emit(line.slice(PREFIX.length)))
  const stderr = tailOf(readable(child, 2), STDERR_TAIL_CHARS)
  child.stdin?.on('error', () => undefined)
  whenOver(child, (code, signal, fault) => {
    exited = { code, signal, stderr: [stderr(), fault].filter((part) => part !== '').join('\n') }
    for (const listener of exitListeners) listener(exited)
  })
  return {
    send: (line) => void child.stdin?.write(`${line}\n`),
    onLine: (listener) => void lineListeners.push(listener),
    onExit: (listener) => {
      exitListeners.push(listener)
      if (exited !== null) listener(exited)
    },
    stderrTail: stderr,
    kill: () => endGroup(child),
  }
}

/** A last line without its break counts if it is whole: `printf` and `write` of a program that then ends leave it out. */
function hearLines(stream: Readable | null, onLine: (line: string) => void): void {
  let isOver = false
  const lines = lineSplitter(MAX_LINE_CHARS, (line) => {
    if (!isOver || line.trimEnd().endsWith('}')) onLine(line)
  })
  stream?.on('data', lines)
  stream?.on('end', () => {
    isOver = true
    lines.end()
  })
}

async function runToEnd(
  child: ChildProcess,
  timeoutMs: number,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const stdout = tailOf(readable(child, 1), MAX_RUN_OUTPUT_CHARS)
  const stderr = tailOf(readable(child, 2), MAX_RUN_OUTPUT_CHARS)
  readable(child, 3)?.resume()
  child.stdin?.on('error', () => undefined)
  child.stdin?.end()
  return new Promise((resolve) => {
    let late = ''
    const timer = setTimeout(() => {
      late = `ended by us after ${timeoutMs / 1000} s`
      endGroup(child)
    }, timeoutMs)
    whenOver(child, (code, _signal, fault) => {
      clearTimeout(timer)
      const notes = [stderr(), fault, late].filter((part) => part !== '')
      resolve({ code: late === '' ? code : null, stdout: stdout(), stderr: notes.join('\n') })
    })
  })
}

/** Once: when the process is gone and its pipes are empty, or shortly after it is gone. */
function whenOver(
  child: ChildProcess,
  then: (code: number | null, signal: string | null, fault: string) => void,
): void {
  let over = false
  const once = (code: number | null, signal: string | null, fault: string) => {
    if (over) return
    over = true
    then(code, signal, fault)
  }
  child.once('error', (error) => once(null, null, error.message))
  child.once('exit', (code, signal) => setTimeout(() => once(code, signal, ''), DRAIN_MS).unref())
  child.once('close', (code, signal) => once(code, signal, ''))
}

function readable(child: ChildProcess, fd: 1 | 2 | 3): Readable | null {
  const stream = child.stdio[fd]
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
