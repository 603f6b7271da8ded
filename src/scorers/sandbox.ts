// Runs a scorer's JavaScript in QuickJS (WebAssembly): data goes in and comes out as JSON, and nothing else is there:
// no environment, network, files, modules, timers, clock or chance. What may be used up is counted, not timed, so that
// a script ends the same way on every machine. One native call (a huge indexOf) cannot be interrupted by QuickJS: where
// that matters, this runs on a thread that is ended when the time is up.

import type { QuickJSContext, QuickJSHandle, QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { Json, JsonObject } from '../domain.ts'
import type { ScriptResult } from '../ports.ts'

const MEMORY_BYTES = 16 * 1024 * 1024
/** Of the engine and all that it holds, whatever its own count says: what it starts with, and what it may grow to. */
const PAGES = { initial: 256, maximum: 1024 }
/** Of the script and its data together; as UTF-8 it must fit into the engine before anything is counted. */
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

/** A script with its data in it, ready to run; or why it cannot be. */
export type Program = { readonly state: 'ready'; readonly text: string } | (ScriptResult & { readonly state: 'failed' })

/**
 * `output` and the like become parameters of a function, async if it awaits; the result is handed back as JSON text.
 * Whatever the data is, a program is one text of limited size, so that it can be handed to a thread.
 */
export function programOf(body: string, data: JsonObject): Program {
  const values = jsonOf(Object.values(data))
  if (values === null) return failed('its data is nested too deeply')
  if (values.length > MAX_PROGRAM_CHARACTERS) return failed('its data is too large')
  const names = Object.keys(data).join(', ')
  const maker = /\bawait\b/.test(body) ? '(async () => {}).constructor' : 'Function'
  const text = `${PRELUDE}
Promise.resolve(new (${maker})(${JSON.stringify(names)}, ${JSON.stringify(body)})(...JSON.parse(${JSON.stringify(values)}))).then((value) =>
  value === undefined ? 'undefined' : typeof value === 'number' && !Number.isFinite(value) ? 'NaN' : JSON.stringify(value))`
  return text.length > MAX_PROGRAM_CHARACTERS ? failed('its data is too large') : { state: 'ready', text }
}

function jsonOf(value: Json): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}

/**
 * What the function body of a program returned; a promise is awaited inside.
 * Never rejects for what a script does: an exception, a limit or a result that is no data is `failed`.
 */
export async function runProgram(text: string): Promise<ScriptResult> {
  loaded ??= loadQuickJs()
  const quickJs = await loaded
  try {
    return runIn(quickJs, text)
  } catch (error) {
    // The engine was stopped in the middle, so it may be in any state: the next script gets a new one.
    loaded = null
    if (error instanceof Stopped) return failed(error.message)
    return failed(error instanceof RangeError ? 'stack overflow' : `the sandbox failed: ${error}`)
  }
}

const failed = (why: string) => ({ state: 'failed', why }) as const

class Stopped extends Error {}

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
  const failure = (handle: QuickJSHandle): ScriptResult => {
    const why = whyThrown(context, handle)
    if (interrupts > MAX_INTERRUPTS) throw new Stopped(TOO_LONG)
    dispose(handle, result.error ?? result.value, context, runtime)
    return failed(why)
  }
  const result = context.evalCode(program, 'scorer.js')
  if (result.error) return failure(result.error)
  const jobs = runtime.executePendingJobs()
  if (interrupts > MAX_INTERRUPTS) throw new Stopped(TOO_LONG)
  if (jobs.error) return failure(jobs.error)
  const state = context.getPromiseState(result.value)
  if (state.type === 'rejected') return failure(state.error)
  const value = state.type === 'fulfilled' ? state.value : null
  const text = value !== null && context.typeof(value) === 'string' ? context.getString(value) : null
  dispose(value, result.value, context, runtime)
  return state.type === 'pending' ? failed('it never finishes') : returned(text)
}

const TOO_LONG = 'it ran for too long'
const TOO_MUCH_MEMORY = 'it used too much memory'
const NO_ERROR = 'it threw something that is no error'

type Disposable = { readonly alive: boolean; dispose(): void } | null

function dispose(...handles: readonly Disposable[]): void {
  for (const handle of handles) if (handle?.alive) handle.dispose()
}

function returned(text: string | null): ScriptResult {
  if (text === null) return failed('it returned a value that is no data')
  if (text.length > MAX_RESULT_CHARACTERS) return failed('it returned too much')
  if (text === 'undefined') return { state: 'returned', value: undefined }
  if (text === 'NaN') return failed('it returned a number that is not finite')
  const value = parsed(text)
  if (value === undefined) return failed('it returned a value that is no data')
  return isDeeper(value, MAX_RESULT_DEPTH)
    ? failed('it returned data that is nested too deeply')
    : { state: 'returned', value }
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

/**
 * Words for what the script threw. Only two texts are read of it: all of it could be many times as large here as it is there.
 * @throws Stopped when a limit of the engine was reached, after which it must not be used
 */
function whyThrown(context: QuickJSContext, thrown: QuickJSHandle): string {
  // Without memory for an error object QuickJS throws null.
  if (context.sameValue(thrown, context.null)) throw new Stopped(TOO_MUCH_MEMORY)
  const type = context.typeof(thrown)
  if (type !== 'object' && type !== 'function')
    return context.getString(thrown).slice(0, MAX_MESSAGE_CHARACTERS) || NO_ERROR
  const name = textIn(context, thrown, 'name')
  const message = textIn(context, thrown, 'message') ?? NO_ERROR
  if (name !== 'InternalError') return name === null ? message : `${name}: ${message}`
  if (message === 'interrupted') throw new Stopped(TOO_LONG)
  throw new Stopped(message === 'out of memory' ? TOO_MUCH_MEMORY : message)
}

function textIn(context: QuickJSContext, object: QuickJSHandle, key: string): string | null {
  const value = context.getProp(object, key)
  const text = context.typeof(value) === 'string' ? context.getString(value).slice(0, MAX_MESSAGE_CHARACTERS) : null
  value.dispose()
  return text
}
