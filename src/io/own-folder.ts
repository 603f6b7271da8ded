// A folder of this process in the temporary folder. `kill -9` leaves it behind, so that it has to say whether its owner lives: by
// a socket in it, which answers for as long as the process is there (also in another container) and not a moment longer,
// whoever has its id by then. Whoever makes such a folder removes those of the dead first.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { chmod, lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createConnection, createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import { codeOf } from './disk-failure.ts'
import { isShortage } from './shortage.ts'

const PREFIX = 'prompt-parity-'
const NAME = /^prompt-parity-[A-Za-z0-9]{6}$/
const SOCKET = /^owner-([0-9a-f]{8})-([0-9a-f]{8})$/
/** What fits into the address of a socket on every system; longer ones may be cut. */
const MOST_ADDRESS_BYTES = 100

export type OwnFolder = {
  readonly path: string
  remove(): Promise<void>
  /** Where there is no time to wait. */
  removeNow(): void
}

export async function makeOwnFolder(): Promise<OwnFolder> {
  const path = await mkdtemp(join(tmpdir(), PREFIX)).catch((error: unknown) => {
    throw noRoom(error)
  })
  const owner = await listen(join(path, `owner-${here().join('-')}`))
  return {
    path,
    remove: async () => {
      await removeFolder(path)
      owner?.close()
    },
    removeNow: () => {
      for (const name of withSocketLast(readdirSync(path))) rmSync(join(path, name), { recursive: true, force: true })
      rmSync(path, { recursive: true, force: true })
    },
  }
}

function noRoom(error: unknown): unknown {
  const code = codeOf(error)
  if (code === null) return error
  return cannotMake(code, code === 'ENOSPC' || code === 'EDQUOT' || isShortage(code))
}

/** Git says of a disk that is full no more than that it cannot write. */
export function noRoomFor(path: string): UserError | null {
  const { bavail, bsize } = statfsSync(dirname(path))
  return bavail * bsize < LEAST_BYTES ? cannotMake('the disk is full', true) : null
}

const LEAST_BYTES = 100_000

function cannotMake(why: string, isShort: boolean): UserError {
  return new UserError({
    what: `The work trees of both sides cannot be made in the temporary folder ${tmpdir()} (${why}).`,
    remedy: isShort
      ? 'Make room there, or name another folder by the environment variable TMPDIR.'
      : 'Name a folder that is there and may be written by the environment variable TMPDIR.',
    ...(isShort ? { exit: EXIT.notMeasured } : {}),
  })
}

/**
 * Without it nothing says that the folder is ours, and nobody else removes it. It gets its name when it answers: between the two it
 * refuses, as that of a dead owner does.
 */
function listen(address: string): Promise<Server | null> {
  const unnamed = `${address}.new`
  if (process.getuid === undefined || Buffer.byteLength(unnamed) > MOST_ADDRESS_BYTES) return Promise.resolve(null)
  const server = createServer((socket) => socket.destroy()).unref()
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(unnamed, () => {
      try {
        renameSync(unnamed, address)
        resolve(server)
      } catch {
        server.close()
        resolve(null)
      }
    })
  })
}

/** @param isOver ends it early: whoever waits for the end of the run does not wait for this */
export async function removeAbandoned(isOver: () => boolean): Promise<void> {
  const temporary = tmpdir()
  for (const name of await readdir(temporary).catch(() => [])) {
    if (isOver()) return
    const path = join(temporary, name)
    if (NAME.test(name) && (await isAbandoned(path).catch(() => false))) await removeFolder(path).catch(() => undefined)
  }
}

/** Whose owner is known to be dead. Of another user, through a link, of another machine: nothing is known. */
async function isAbandoned(path: string): Promise<boolean> {
  const folder = await lstat(path)
  if (!folder.isDirectory() || folder.uid !== process.getuid?.() || (folder.mode & 0o077) !== 0) return false
  const [name, more] = (await readdir(path)).filter((one) => SOCKET.test(one))
  if (name === undefined || more !== undefined) return false
  const socket = await lstat(join(path, name))
  const [, ...ids] = SOCKET.exec(name) ?? []
  const isHere = here().some((id, at) => id === ids[at])
  return socket.isSocket() && socket.uid === folder.uid && isHere && (await isRefused(join(path, name)))
}

/** Nobody listens. Whatever else comes of it, somebody may. */
function isRefused(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'))
  })
}

/** The running system, and the machine: a folder that several machines share is none of ours where both are others. */
function here(): readonly [string, string] {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)
  const machine = `${hostname()} ${textOf('/etc/machine-id')}`
  return [hash(textOf('/proc/sys/kernel/random/boot_id') || machine), hash(machine)]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

/** The socket goes last: what is left of a removal that was ended still says whose it is. */
async function removeFolder(path: string): Promise<void> {
  for (const name of withSocketLast(await readdir(path))) await removeTree(join(path, name))
  await removeTree(path)
}

const withSocketLast = (names: readonly string[]) =>
  [...names].sort((a, b) => Number(SOCKET.test(a)) - Number(SOCKET.test(b)))

/** An application may have left folders in it that cannot be written (caches of modules are made so). */
async function removeTree(path: string): Promise<void> {
  const gone = () => rm(path, { recursive: true, force: true, maxRetries: 3 })
  await gone().catch(async (error: unknown) => {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error
    await makeWritable(path)
    await gone()
  })
}

async function makeWritable(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return
  await chmod(path, 0o700)
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await makeWritable(join(path, entry.name))
}
