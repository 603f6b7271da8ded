// Runs a scorer's JavaScript in QuickJS (WebAssembly): data goes in and comes out as JSON, and nothing else is there:
// no environment, network, files, modules, timers, clock or chance. What may be used up is counted, not timed, so that
// a script ends the same way on every machine. One native call (a huge indexOf) cannot be interrupted by QuickJS.

import type { Json, JsonObject } from '../domain.ts'

export type ScriptResult =
  | { readonly state: 'returned'; readonly value: Json | undefined }
  | { readonly state: 'failed'; readonly why: string }

const MEMORY_BYTES = 16 * 1024 * 1024
const STACK_BYTES = 192 * 1024
/** QuickJS asks about every 10,000 loop rounds or calls: this is about a tenth of a second of a busy loop. */
const MAX_INTERRUPTS = 500
const MAX_RESULT_CHARACTERS = 1_000_000
const MAX_MESSAGE_CHARACTERS = 300

/** Takes away what would make two runs differ, and the one text function that is slow when memory ends. */
const PRELUDE = `(() => {
  'use strict'
  const unavailable = (name) => () => { throw new Error(name + ' is not available: a score must be repeatable') }
  Math.random = unavailable('Math.random()')
  const Real = Date
  function Repeatable(...parts) {
    if (!new.target || parts.length === 0) unavailable('The current time')()
    return Reflect.construct(Real, parts, new.target)
  }
  Repeatable.prototype = Real.prototype
  Real.prototype.constructor = Repeatable
  Repeatable.parse = Real.parse
  Repeatable.UTC = Real.UTC
  Repeatable.now = unavailable('Date.now()')
  globalThis.Date = Repeatable
  const define = (name, value) => Object.defineProperty(String.prototype, name, { value, writable: true, configurable: true })
  const repeat = (text, count) => {
    let left = Math.floor(Number(count) || 0)
    if (left < 0 || text.length * left > 4000000) throw new RangeError('the text would be too long')
    let made = ''
    for (let part = text; left > 0; part += part, left = Math.floor(left / 2)) if (left % 2 === 1) made += part
    return made
  }
  const padding = (text, width, fill) => {
    const missing = Math.max(0, Math.floor(Number(width) || 0) - text.length)
    const unit = fill === undefined ? ' ' : String(fill)
    return unit === '' ? '' : repeat(unit, Math.ceil(missing / unit.length)).slice(0, missing)
  }
  define('repeat', function (count) { return repeat(String(this), count) })
  define('padStart', function (width, fill) { return padding(String(this), width, fill) + String(this) })
  define('padEnd', function (width, fill) { return String(this) + padding(String(this), width, fill) })
})()`

type QuickJs = Awaited<ReturnType<typeof loadQuickJs>>
let loaded: Promise<QuickJs> | null = null

async function loadQuickJs() {
  const { newQuickJSWASMModuleFromVariant } = await import('quickjs-emscripten-core')
  return newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-singlefile-cjs-release-sync'))
}

/**
 * The value of a function body of `names`, called with `values`; a promise is awaited inside.
 * Never throws: an exception, a limit or a result that is no data is `failed`.
 */
export async function runScript(body: string, data: JsonObject): Promise<ScriptResult> {
  loaded ??= loadQuickJs()
  const quickJs = await loaded
  try {
    return runIn(quickJs, programOf(body, data))
  } catch (error) {
    // The engine was stopped in the middle, so it may be in any state: the next script gets a new one.
    loaded = null
    if (error instanceof Stopped) return { state: 'failed', why: error.message }
    return { state: 'failed', why: error instanceof RangeError ? 'stack overflow' : `the sandbox failed: ${error}` }
  }
}

class Stopped extends Error {}

/** `output` and the like become parameters of a function, async if it awaits; the result is handed back as JSON text. */
function programOf(body: string, data: JsonObject): string {
  const names = Object.keys(data).join(', ')
  const values = JSON.stringify(JSON.stringify(Object.values(data)))
  const maker = /\bawait\b/.test(body) ? '(async () => {}).constructor' : 'Function'
  return `${PRELUDE}
Promise.resolve(new (${maker})(${JSON.stringify(names)}, ${JSON.stringify(body)})(...JSON.parse(${values}))).then((value) =>
  value === undefined ? 'undefined' : typeof value === 'number' && !Number.isFinite(value) ? 'NaN' : JSON.stringify(value))`
}

function runIn(quickJs: QuickJs, program: string): ScriptResult {
  const runtime = quickJs.newRuntime()
  let interrupts = 0
  runtime.setMemoryLimit(MEMORY_BYTES)
  runtime.setMaxStackSize(STACK_BYTES)
  runtime.setInterruptHandler(() => {
    interrupts += 1
    return interrupts > MAX_INTERRUPTS
  })
  const context = runtime.newContext()
  const result = context.evalCode(program, 'scorer.js')
  if (result.error) return failure(context.dump(result.error), () => dispose(context, runtime, result.error))
  const jobs = runtime.executePendingJobs()
  if (interrupts > MAX_INTERRUPTS) throw new Stopped(TOO_LONG)
  if (jobs.error) return failure(context.dump(jobs.error), () => dispose(context, runtime, result.value, jobs.error))
  const state = context.getPromiseState(result.value)
  const done = (): void => dispose(context, runtime, result.value)
  if (state.type === 'pending') return failure('it never finishes', done)
  if (state.type === 'rejected') {
    const error: unknown = context.dump(state.error)
    state.error.dispose()
    return failure(error, done)
  }
  const text = context.typeof(state.value) === 'string' ? context.getString(state.value) : null
  state.value.dispose()
  done()
  return returned(text)
}

const TOO_LONG = 'it ran for too long'
const TOO_MUCH_MEMORY = 'it used too much memory'

type Disposable = { readonly alive: boolean; dispose(): void } | undefined

function dispose(context: Disposable, runtime: Disposable, ...handles: readonly Disposable[]): void {
  for (const handle of [...handles, context, runtime]) if (handle?.alive) handle.dispose()
}

function returned(text: string | null): ScriptResult {
  if (text === null) return { state: 'failed', why: 'it returned a value that is no data' }
  if (text.length > MAX_RESULT_CHARACTERS) return { state: 'failed', why: 'it returned too much' }
  if (text === 'undefined') return { state: 'returned', value: undefined }
  if (text === 'NaN') return { state: 'failed', why: 'it returned a number that is not finite' }
  return { state: 'returned', value: JSON.parse(text) as Json }
}

/** Words for what the script threw. `cleanUp` frees the engine, which must not be tried after it was stopped by a limit. */
function failure(thrown: unknown, cleanUp: () => void): ScriptResult {
  // Without memory for an error object QuickJS throws null.
  if (thrown === null) throw new Stopped(TOO_MUCH_MEMORY)
  const error = typeof thrown === 'object' ? (thrown as { name?: unknown; message?: unknown }) : {}
  const message = String(error.message ?? thrown).slice(0, MAX_MESSAGE_CHARACTERS)
  if (error.name === 'InternalError') {
    const words = { interrupted: TOO_LONG, 'out of memory': TOO_MUCH_MEMORY }
    throw new Stopped(message === 'interrupted' || message === 'out of memory' ? words[message] : message)
  }
  cleanUp()
  return { state: 'failed', why: error.name === undefined ? message : `${error.name}: ${message}` }
}
