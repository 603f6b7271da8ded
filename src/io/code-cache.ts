// What V8 has compiled, kept between runs of the command line. A short run spends a third of its time on compiling the same
// functions as the run before; V8 can write them down, and takes them again from the same text under the same flags.
//
// It is code, so it is only taken from a folder and a file that nobody but this user can write, and only whole: V8 does not
// check it. Every failure means to go without.

import { createHash, randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, sep } from 'node:path'

/** By the name of a chunk. */
export type Code = ReadonlyMap<string, Uint8Array>

const DIGEST_BYTES = 32
const LENGTH_BYTES = 4
/** V8 copies what does not begin at such a place. */
const ALIGNMENT = 8
/** Builds and versions of Node whose code is kept; the oldest goes. */
const KEPT_FOLDERS = 4

/** Null where there is no home, and where the switch of Node's own cache is off. */
export function codeCacheFile(build: string, command: string | undefined): string | null {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return null
  // Flags change what V8 makes of a text: it would refuse, and each run would write anew.
  const flags = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`
  const { v8, node } = process.versions
  const key = createHash('sha256').update([build, node, v8, process.arch, flags].join('\0')).digest('hex').slice(0, 16)
  const name = /^[a-z][a-z-]{0,20}$/.test(command ?? '') ? command : 'other'
  const folder = cacheFolder()
  return folder === null || !isOutside(folder) ? null : join(folder, 'prompt-parity', 'code', key, `${name}.bin`)
}

/** Of where the program is run: what lies there may have come with a commit. */
function isOutside(folder: string): boolean {
  let here = '/'
  try {
    here = process.cwd()
  } catch {
    // It is gone.
  }
  return isAbsolute(folder) && folder !== here && !folder.startsWith(here.endsWith(sep) ? here : here + sep)
}

function cacheFolder(): string | null {
  try {
    if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? null
    if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
    return process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  } catch {
    return null
  }
}

export function readCode(file: string): Code {
  try {
    if (!isOurs(dirname(file)) || !isOurs(file)) return new Map()
    return decode(readFileSync(file)) ?? new Map()
  } catch {
    return new Map()
  }
}

export function writeCode(file: string, code: Code): void {
  const folder = dirname(file)
  const draft = `${file}.${randomUUID()}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOurs(folder)) return
    writeFileSync(draft, encode(code), { mode: 0o600, flag: 'wx' })
    renameSync(draft, file)
    dropOldest(dirname(folder))
  } catch {
    attempt(() => rmSync(draft, { force: true }))
  }
}

function attempt(what: () => void): void {
  try {
    what()
  } catch {
    // There is nothing to do: the next run writes anew, or goes without.
  }
}

/** Windows has no such modes; its folder is the user's own. */
function isOurs(path: string): boolean {
  const { uid, mode } = lstatSync(path)
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

function dropOldest(folder: string): void {
  const age = (name: string) => lstatSync(join(folder, name)).mtimeMs
  const all = readdirSync(folder).sort((a, b) => age(b) - age(a))
  for (const name of all.slice(KEPT_FOLDERS)) rmSync(join(folder, name), { recursive: true, force: true })
}

/** SHA-256 of the rest, length of the index, the index `{ name: [offset, length] }`, the code. */
function encode(code: Code): Buffer {
  const index: { [name: string]: readonly [number, number] } = {}
  const parts: Uint8Array[] = []
  let at = 0
  for (const [name, bytes] of code) {
    index[name] = [at, bytes.length]
    const padding = Buffer.alloc(-bytes.length & (ALIGNMENT - 1))
    parts.push(bytes, padding)
    at += bytes.length + padding.length
  }
  const text = JSON.stringify(index)
  const written = text.padEnd(text.length + (-(DIGEST_BYTES + LENGTH_BYTES + text.length) & (ALIGNMENT - 1)))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(written.length)
  const rest = Buffer.concat([length, Buffer.from(written), ...parts])
  return Buffer.concat([createHash('sha256').update(rest).digest(), rest])
}

function decode(bytes: Buffer): Code | null {
  const digest = createHash('sha256').update(bytes.subarray(DIGEST_BYTES)).digest()
  if (!digest.equals(bytes.subarray(0, DIGEST_BYTES))) return null
  const start = DIGEST_BYTES + LENGTH_BYTES
  const end = start + bytes.readUInt32LE(DIGEST_BYTES)
  const index = JSON.parse(bytes.toString('utf8', start, end)) as { [name: string]: [number, number] }
  return new Map(
    Object.entries(index).map(([name, [at, length]]) => [name, bytes.subarray(end + at, end + at + length)]),
  )
}
