// Runs a scorer's JavaScript in QuickJS (WebAssembly): data goes in and comes out as JSON, and nothing else is there:
// no environment, network, files, modules, timers, clock or chance. What may be used up is counted, not timed, so that
// a script ends the same way on every machine. One native call (a huge indexOf) cannot be interrupted by QuickJS: where
// that matters, this runs on a thread that is ended when the time is up.

import type { QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { Json, JsonObject } from '../domain.ts'
import type { ScriptResult } from '../ports.ts'

const MEMORY_BYTES = 16 * 1024 * 1024
/** Of the engine and all that it holds, whatever its own count says: what it starts with, and what it may grow to. */
const PAGES = { initial: 256, maximum: 1024 }
/** Of the script and its data together. As UTF-8 it must fit into the engine before it counts anything. */
const MAX_PROGRAM_CHARACTERS = 4_000_000
const STACK_BYTES = 192 * 1024
/** QuickJS asks about every 10,000 loop rounds or calls: this is about a tenth of a second of a busy loop. */
const MAX_INTERRUPTS = 500
const MAX_RESULT_CHARACTERS = 1_000_000
/** Whoever reads the result may do so by recursion. */
const MAX_RESULT_DEPTH = 200
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

/** Node's types have no values of WebAssembly. */
declare const WebAssembly: {
  readonly Memory: new (pages: typeof PAGES) => { readonly buffer: ArrayBuffer; grow(pages: number): number }
}

/** Loaders wrap the default export of a CommonJS module once or twice. */
type Wrapped = { readonly default: QuickJSSyncVariant | { readonly default: QuickJSSyncVariant } }
const variantIn = ({ default: found }: Wrapped) => ('default' in found ? found.default : found)

type QuickJs = Awaited<ReturnType<typeof loadQuickJs>>
let loaded: Promise<QuickJs> | null = null

async function loadQuickJs() {
  const { newQuickJSWASMModuleFromVariant, newVariant } = await import('quickjs-emscripten-core')
  const variant = variantIn(await import('@jitl/quickjs-singlefile-cjs-release-sync'))
  return newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory: new WebAssembly.Memory(PAGES) }))
}

/**
 * The value of a function body of `names`, called with `values`; a promise is awaited inside.
 * Never throws: an exception, a limit or a result that is no data is `failed`.
 */
export async function runScript(body: string, data: JsonObject): Promise<ScriptResult> {
  loaded ??= loadQuickJs()
  const quickJs = await loaded
  try {
    const program = programOf(body, data)
    if (program.length > MAX_PROGRAM_CHARACTERS) return { state: 'failed', why: 'its data is too large' }
    return runIn(quickJs, program)
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
  const value = parsed(text)
  if (value === undefined) return { state: 'failed', why: 'it returned a value that is no data' }
  if (isDeeper(value, MAX_RESULT_DEPTH)) return { state: 'failed', why: 'it returned data that is nested too deeply' }
  return { state: 'returned', value }
}

/** A script may have put its own function in the place of JSON.stringify. */
function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((part: Json) => isDeeper(part, levels - 1))
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
