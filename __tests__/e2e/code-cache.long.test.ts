// What V8 compiled is kept between runs of dist/cli.cjs. It is code: it may only be taken as this user wrote it, and whole.

import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { NODE24 } from '../fakes/runner.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const DIST = join(ROOT, 'dist')
const scratch = mkdtempSync(join(tmpdir(), 'parity-code-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
const FORGED = version.replaceAll(/\d/g, '7')
const asRoot = process.getuid?.() === 0

const checkout = join(scratch, 'checkout')
mkdirSync(checkout)

let home = ''
let count = 0
beforeEach(() => {
  home = join(scratch, `home-${count++}`)
  mkdirSync(home, { mode: 0o700 })
})

type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

function run(args: readonly string[], { dist = DIST, env = {} }: { dist?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(NODE24, [join(dist, 'cli.cjs'), ...args], {
    cwd: checkout,
    env: { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: home, ...env },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => (out += text))
  child.stderr.on('data', (text) => (err += text))
  return new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}
const said = { code: 0, out: `${version}\n`, err: '' }

const root = () => join(home, 'prompt-parity', 'code')
const folders = () => readdirSync(root())
const file = () => join(root(), folders()[0] ?? '', 'other.bin')

/** A cache that this user wrote, of a program of the same length that says another version. */
async function forge(): Promise<void> {
  const dist = join(scratch, 'forged')
  cpSync(DIST, dist, { recursive: true })
  for (const name of readdirSync(join(dist, 'lib'))) {
    const path = join(dist, 'lib', name)
    const text = readFileSync(path, 'utf8')
    if (text.includes(version)) writeFileSync(path, text.replaceAll(version, FORGED))
  }
  expect(await run(['--version'], { dist })).toEqual({ ...said, out: `${FORGED}\n` })
}

describe.skipIf(process.platform === 'win32')('the code that is kept', () => {
  it('is taken by the next run, and is for its owner alone', async () => {
    expect(await run(['--version'])).toEqual(said)
    const { ino, mode } = statSync(file())
    expect([mode & 0o777, statSync(join(file(), '..')).mode & 0o777]).toEqual([0o600, 0o700])
    expect(await run(['--version'])).toEqual(said)
    expect(statSync(file()).ino).toBe(ino)
    rmSync(root(), { recursive: true })
    await forge()
    // The text says one version, the code that goes with it another: it is the code that runs.
    expect(await run(['--version'])).toEqual({ ...said, out: `${FORGED}\n` })
  })

  it.each([
    ['the file', () => chmodSync(file(), 0o666)],
    ['its folder', () => chmodSync(join(file(), '..'), 0o777)],
  ])('is not taken where others may write %s', async (_, open) => {
    await forge()
    open()
    expect(await run(['--version'])).toEqual(said)
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 100)],
    ['changed in one byte', (bytes) => Buffer.from(bytes.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)))],
    ['something else', () => Buffer.from('{}'.repeat(5000))],
  ])('is made again when it is %s', async (_, broken) => {
    await forge()
    writeFileSync(file(), broken(readFileSync(file())))
    expect(await run(['--version'])).toEqual(said)
    expect(await run(['--version'])).toEqual(said)
    expect(statSync(file()).size).toBeGreaterThan(5000)
  })

  it('is not written where it is switched off, nor where there is no place for it', async () => {
    expect(await run(['--version'], { env: { NODE_DISABLE_COMPILE_CACHE: '1' } })).toEqual(said)
    expect(readdirSync(home)).toEqual([])
    // A checkout is no place for it: it may hold such files of its own.
    for (const inside of ['.cache', checkout, join(checkout, 'deeper')])
      expect(await run(['--version'], { env: { XDG_CACHE_HOME: inside } })).toEqual(said)
    expect(readdirSync(checkout)).toEqual([])
    writeFileSync(join(home, 'file'), '')
    expect(await run(['--version'], { env: { XDG_CACHE_HOME: join(home, 'file') } })).toEqual(said)
    if (!asRoot) {
      chmodSync(home, 0o500)
      expect(await run(['--version'])).toEqual(said)
    }
  })

  it('is whole when many runs write it at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => run(['--version'])))
    expect(all).toEqual(Array(8).fill(said))
    expect(readdirSync(join(file(), '..'))).toEqual(['other.bin'])
    expect(await run(['--version'])).toEqual(said)
  })

  it('goes with builds that are no longer run', async () => {
    for (let old = 0; old < 6; old++) mkdirSync(join(root(), `old-${old}`), { recursive: true, mode: 0o700 })
    expect(await run(['--version'])).toEqual(said)
    expect(folders().length).toBe(4)
    expect(folders().some((name) => !name.startsWith('old-'))).toBe(true)
  })

  it('changes nothing of what a command says when it fails', async () => {
    const first = await run(['run', '--no-such-flag'])
    expect(first.code).toBe(2)
    expect(await run(['run', '--no-such-flag'])).toEqual(first)
  })
})
