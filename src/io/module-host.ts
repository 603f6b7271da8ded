// Runs one function of a module as an application under protocol v1: `module-host PATH NAME`, in the application's folder.
// Shipped as a file of its own, started by the application's own Node, with nothing of ours imported.

import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

type Line = { readonly [key: string]: unknown }
type Answering = (vars: unknown, about: Line) => unknown

const [, , path = '', name = 'default'] = process.argv

/** The function, or in words why there is none. */
async function load(): Promise<Answering | string> {
  try {
    const loaded = (await import(pathToFileURL(resolve(path)).href)) as Line
    const places = placesOf(loaded)
    const found = foundIn(places, name)
    if (typeof found === 'function') return found as Answering
    const names = [...new Set(places.flatMap((place) => Object.keys(place)))].filter((one) => !NO_NAMES.has(one))
    const what =
      found === undefined ? `exports no ${JSON.stringify(name)}` : `has a ${JSON.stringify(name)} that is no function`
    return `${path} ${what}; it exports ${names.join(', ') || 'nothing'}`
  } catch (error) {
    console.error(error)
    const isOld = error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION'
    const hint = isOld ? `: Node ${process.version} runs no TypeScript, Node 22.18 or later does` : `: ${error}`
    return `${path} cannot be loaded${hint}`
  }
}

/** What Node and compilers add to the names of a module. */
const NO_NAMES: ReadonlySet<string> = new Set(['module.exports', '__esModule'])

/**
 * Where a module may have its names. CommonJS modules that cannot be read without running them have all of them on `default`, and
 * of those that a compiler made of an ES module (it marks them) the default export is one of these.
 */
function placesOf(loaded: Line): readonly Line[] {
  const outer = asLine(loaded.default)
  return outer.__esModule === true ? [outer, loaded, asLine(outer.default)] : [loaded, outer]
}

const asLine = (value: unknown): Line => (typeof value === 'object' && value !== null ? (value as Line) : {})

function foundIn(places: readonly Line[], name: string): unknown {
  const found = places.map((place) => place[name]).filter((value) => value !== undefined && value !== null)
  return found.find((value) => typeof value === 'function') ?? found[0]
}

/** An object with `output` or `error` is a whole answer; anything else is the output. */
function lineOf(id: unknown, said: unknown): Line {
  if (said === undefined) return { id, error: `${path}#${name} returned nothing` }
  const isWhole = isObject(said) && ('output' in said || 'error' in said)
  const wrong = noData(isWhole ? said.output : said)
  if (wrong !== null)
    return { id, error: `${path}#${name} returned ${wrong}; read it first, and return the text or data that is in it` }
  return isWhole ? { ...said, id } : { id, output: said }
}

const isObject = (value: unknown): value is Line => typeof value === 'object' && value !== null

/** What an object is called that something has to be read from, or that JSON has no way to write: `{}` would be its whole answer. */
function noData(value: unknown): string | null {
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (!isObject(value) || Array.isArray(value) || typeof value.toJSON === 'function') return null
  const isRead = Symbol.asyncIterator in value || typeof value.then === 'function'
  const prototype = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  if (!isRead && (isPlain || Object.keys(value).length > 0)) return null
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1)
  const called =
    tag === 'Object' ? (value.constructor as { readonly name?: string } | undefined)?.name || 'object' : tag
  return `${/^[AEIOU]/i.test(called) ? 'an' : 'a'} ${called}`
}

async function answer(asked: Line): Promise<Line> {
  const { id, vars, messages, side } = asked
  const found = await loading
  if (typeof found === 'string') return { id, error: found }
  try {
    return lineOf(id, await found(vars, { id, messages, side }))
  } catch (error) {
    console.error(error)
    return { id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

/** What has itself in it, or a BigInt, is no JSON: the function's error, and not the end of the process. */
function textOf(line: Line): string {
  try {
    return JSON.stringify(line)
  } catch (error) {
    return JSON.stringify({ id: line.id, error: `${path}#${name} returned what is no JSON: ${error}` })
  }
}

/** The pipe may be full: a short write is gone on with, a full one is waited for. */
function say(line: Line): void {
  let rest = Buffer.from(`${textOf(line)}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(3, rest))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
    }
  }
}

async function serve(): Promise<void> {
  let isReady = false
  for await (const line of createInterface({ input: process.stdin })) {
    await loading
    // Now, and not once it is loaded: the start of this program is no part of the time that its first answer takes either.
    if (!isReady) say({ ready: true })
    isReady = true
    say(await answer(JSON.parse(line) as Line))
  }
  // Open connections and timers of the application do not keep it alive when nobody asks any more.
  process.exit(0)
}

const loading = load()
void serve()
