// Folders that `kill -9` leaves behind go at the next start; whatever may belong to somebody stays.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NODE24 } from '../fakes/runner.ts'

const SOURCE = new URL('../../src/io/own-folder.ts', import.meta.url).href
/** Sweeps, makes a folder of its own with a file in it, says where, and waits; at the end of its input it removes the folder. */
const OWNER = `import { makeOwnFolder, removeAbandoned } from ${JSON.stringify(SOURCE)}
import { mkdirSync, writeFileSync } from 'node:fs'
await removeAbandoned(() => false)
const own = await makeOwnFolder()
mkdirSync(own.path + '/head')
writeFileSync(own.path + '/head/app.txt', 'text')
console.log(own.path)
process.stdin.on('data', () => undefined).on('end', () => own.remove())`

let temporary = ''
const alive: ChildProcess[] = []
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'own-'))
})
afterEach(() => {
  for (const child of alive.splice(0)) child.kill('SIGKILL')
  rmSync(temporary, { recursive: true, force: true })
})

type Owner = { readonly path: string; kill(): Promise<void>; end(): Promise<number | null> }

function owner(): Promise<Owner> {
  const child = spawn(NODE24, ['--input-type=module', '-e', OWNER], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  alive.push(child)
  const over = new Promise<number | null>((resolve) => child.on('close', resolve))
  const kill = async () => {
    child.kill('SIGKILL')
    await over
  }
  const end = () => {
    child.stdin.end()
    return over
  }
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => resolve({ path: String(text).trim(), kill, end }))
    child.on('close', () => reject(new Error('no folder')))
  })
}

const there = () => readdirSync(temporary).sort()

describe('a folder of a process', () => {
  it('is removed by the next one after `kill -9`, with folders in it that cannot be written', async () => {
    const dead = await owner()
    mkdirSync(join(dead.path, 'base', 'cache'), { recursive: true })
    writeFileSync(join(dead.path, 'base', 'cache', 'module.txt'), 'text')
    chmodSync(join(dead.path, 'base', 'cache'), 0o555)
    await dead.kill()
    expect(existsSync(dead.path)).toBe(true)
    const next = await owner()
    expect(there()).toEqual([basename(next.path)])
    expect(await next.end()).toBe(0)
    expect(there()).toEqual([])
  })

  it('stays while its process lives, also one that does nothing else and one that is stopped', async () => {
    const first = await owner()
    alive[0]?.kill('SIGSTOP')
    const second = await owner()
    expect(there()).toEqual([basename(first.path), basename(second.path)].sort())
    alive[0]?.kill('SIGCONT')
    expect([await first.end(), await second.end(), there()]).toEqual([0, 0, []])
  })

  it('what may be of somebody else stays: links, other names, open folders, no socket, two, one of another machine', async () => {
    const precious = join(temporary, 'precious')
    mkdirSync(precious)
    writeFileSync(join(precious, 'file.txt'), 'text')
    const dead: string[] = []
    for (let at = 0; at < 6; at += 1) {
      const one = await owner()
      await one.kill()
      const kept = join(temporary, `kept-${at}`)
      renameSync(one.path, kept)
      dead.push(kept)
    }
    const socketOf = (folder: string) => readdirSync(folder).find((name) => name.startsWith('owner-')) ?? ''
    const place = (at: number, name: string) => {
      const path = join(temporary, `prompt-parity-${name}`)
      renameSync(dead[at] ?? '', path)
      return path
    }
    place(0, 'demo-aaaaaa')
    chmodSync(place(1, 'aaaaab'), 0o755)
    const without = place(2, 'aaaaac')
    rmSync(join(without, socketOf(without)))
    const other = place(3, 'aaaaad')
    renameSync(join(other, socketOf(other)), join(other, 'owner-00000000-00000000'))
    const notSocket = place(4, 'aaaaae')
    const socket = socketOf(notSocket)
    rmSync(join(notSocket, socket))
    writeFileSync(join(notSocket, socket), '')
    const linked = dead[5] ?? ''
    symlinkSync(linked, join(temporary, 'prompt-parity-aaaaaf'))
    const before = there()
    const next = await owner()
    expect(there()).toEqual([...before, basename(next.path)].sort())
    await next.end()
    // A link in what is removed is removed, and not followed.
    rmSync(join(temporary, 'prompt-parity-aaaaaf'))
    symlinkSync(precious, join(linked, 'head', 'link'))
    symlinkSync(precious, join(linked, 'link'))
    const gone = place(5, 'aaaaag')
    await (await owner()).end()
    expect([existsSync(gone), readFileSync(join(precious, 'file.txt'), 'utf8')]).toEqual([false, 'text'])
  })

  it('many that start at once remove the same ones, and nothing of each other', async () => {
    const dead = await Promise.all(Array.from({ length: 6 }, owner))
    await Promise.all(dead.map((one) => one.kill()))
    const starting = await Promise.all(Array.from({ length: 6 }, owner))
    expect(there()).toEqual(starting.map((one) => basename(one.path)).sort())
    for (const { path } of starting) expect(readFileSync(join(path, 'head', 'app.txt'), 'utf8')).toBe('text')
    expect(await Promise.all(starting.map((one) => one.end()))).toEqual(starting.map(() => 0))
    expect(there()).toEqual([])
  })

  it('where its path is too long for a socket it is made all the same, and nobody else removes it', async () => {
    const outer = temporary
    temporary = join(outer, 'long'.repeat(25))
    mkdirSync(temporary)
    const dead = await owner()
    await dead.kill()
    const next = await owner()
    expect(there()).toEqual([basename(dead.path), basename(next.path)].sort())
    expect([await next.end(), lstatSync(dead.path).isDirectory()]).toEqual([0, true])
    temporary = outer
  })
})

it('a process of another user is told apart by its folder alone', () => {
  // Only the superuser can make such a folder; for others there is nothing to try.
  if (process.getuid?.() !== 0) return
  const script = `${OWNER.replace('console.log(own.path)', 'console.log(own.path); process.kill(process.pid, "SIGKILL")')}`
  const run = (as: readonly string[]) =>
    spawnSync(as[0] ?? '', [...as.slice(1), NODE24, '--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR: temporary },
      encoding: 'utf8',
    })
  chmodSync(temporary, 0o777)
  const theirs = run(['setpriv', '--reuid=65534', '--clear-groups'])
  if (theirs.error !== undefined || theirs.stdout === '') return
  const ours = run(['env'])
  expect(there()).toContain(basename(theirs.stdout.trim()))
  expect(there()).toContain(basename(ours.stdout.trim()))
})
