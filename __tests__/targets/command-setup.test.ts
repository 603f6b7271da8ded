// Which setup runs where: once for a side, and not at all where the other side's result is the same.

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyFolder } from '../../src/io/copy-folder.ts'
import type { Processes, Tree } from '../../src/ports.ts'
import type { CommandTarget } from '../../src/targets/command.ts'
import { createSetups, type SetupWorld } from '../../src/targets/command-setup.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parity-setup-'))
  for (const side of ['base', 'head']) await mkdir(join(root, side))
})
afterEach(() => rm(root, { recursive: true, force: true }))

type Files = { readonly [path: string]: string }
const FILES: Files = {
  'package.json': '{"name":"app"}',
  'package-lock.json': '{"packages":{"node_modules/x":{}}}',
  '.npmrc': 'a=b',
}

const treeOf = (files: Files): Tree => ({ id: 'x', list: async () => [], read: async (path) => files[path] ?? null })

type Scene = {
  readonly base?: Files
  readonly head?: Files
  readonly setup?: readonly string[]
  readonly install?: (cwd: string) => Promise<void>
  readonly code?: number
  /** All applications of the run, alike on both sides. */
  readonly applications?: readonly CommandTarget[]
}

function world({ base = FILES, head = base, setup = ['npm', 'ci'], install, code = 0, applications = [] }: Scene) {
  const ran: string[] = []
  const seen: string[] = []
  const processes: Processes = {
    moduleCommand: () => [],
    start: () => {
      throw new Error('nothing is started')
    },
    run: async (_command, { cwd, env }) => {
      seen.push(...Object.keys(env))
      ran.push(cwd.slice(root.length + 1))
      await (install ?? usual)(cwd)
      return { code, stdout: '', stderr: 'no network' }
    },
  }
  const at = (side: string) => join(root, side)
  const setupWorld: SetupWorld = {
    processes,
    withoutKeys: (text) => text,
    environment: (name) => (name.endsWith('_URL') ? 'http://x' : undefined),
    applications: { base: applications, head: applications },
    workTrees: {
      directory: async (side) => at(side),
      copy: (from, to, folder) => copyFolder(join(at(from), folder), join(at(to), folder)),
    },
    sources: { trees: { base: treeOf(base), head: treeOf(head) }, directory: '' },
  }
  return { setups: createSetups(setupWorld), target: application(setup), ran, seen }
}
const application = (setup?: readonly string[], environment: readonly string[] = []): CommandTarget => ({
  ...{ kind: 'command', command: ['x'], perCase: false, workers: 1, environment },
  ...(setup === undefined ? {} : { setup }),
})
const usual = async (cwd: string) => {
  await mkdir(join(cwd, 'node_modules', 'x'), { recursive: true })
  await writeFile(join(cwd, 'node_modules', 'x', 'index.js'), 'x')
}
const both = async ({ setups, target }: ReturnType<typeof world>) =>
  Promise.all([setups.ready(target, 'base'), setups.ready(target, 'head')])

describe('setup', () => {
  it('runs once for both sides when they install the same, and the other side has a copy of its own', async () => {
    const scene = world({})
    expect(await both(scene)).toEqual([{ cwd: join(root, 'base') }, { cwd: join(root, 'head') }])
    expect(scene.ran).toEqual(['base'])
    await writeFile(join(root, 'base', 'node_modules', 'x', 'index.js'), 'changed')
    expect(await readFile(join(root, 'head', 'node_modules', 'x', 'index.js'), 'utf8')).toBe('x')
  })

  it.each<readonly [string, Scene]>([
    ['another lock file', { head: { ...FILES, 'package-lock.json': '{}' } }],
    ['another manifest', { head: { ...FILES, 'package.json': '{"name":"other"}' } }],
    ['other settings', { head: { ...FILES, '.npmrc': 'a=c' } }],
    ['no lock file', { base: { 'package.json': '{}' } }],
    ['a script of the package', { base: { ...FILES, 'package.json': '{"scripts":{"postinstall":"node make.js"}}' } }],
    ['workspaces', { base: { ...FILES, 'package.json': '{"workspaces":["a"]}' } }],
    [
      'a package that reads the sources',
      { base: { ...FILES, 'package-lock.json': '{"packages":{"node_modules/@prisma/client":{}}}' } },
    ],
    ['a setup that may build', { setup: ['npm', 'run', 'build'] }],
    ['an installer for something else', { setup: ['pip', 'install', '-r', 'requirements.txt'] }],
    ['a shell', { setup: ['sh', '-c', 'npm ci'] }],
    [
      'a link that leads out of what was installed',
      {
        install: async (cwd) => {
          await usual(cwd)
          await symlink('../../src', join(cwd, 'node_modules', 'own'))
        },
      },
    ],
    ['nothing to copy', { install: async () => undefined }],
  ])('runs on both sides with %s', async (_name, scene) => {
    const made = world(scene)
    expect(await both(made)).toEqual([{ cwd: join(root, 'base') }, { cwd: join(root, 'head') }])
    expect([...made.ran].sort()).toEqual(['base', 'head'])
  })

  it('that fails on one side is tried on the other', async () => {
    const made = world({ code: 1 })
    expect(await both(made)).toMatchObject([
      { failed: { outcome: { failure: { kind: 'transient' } } } },
      { failed: {} },
    ])
    expect([...made.ran].sort()).toEqual(['base', 'head'])
  })

  it('is one for all eval sets of a side, and different ones do not run at the same time', async () => {
    let inside = 0
    let most = 0
    const install = async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise((done) => setTimeout(done, 20))
      inside -= 1
    }
    const made = world({ install })
    const other = { ...made.target, setup: ['npm', 'run', 'index'] }
    await Promise.all([made.target, made.target, other].map((target) => made.setups.ready(target, 'head')))
    expect([made.ran, most]).toEqual([['head', 'head'], 1])
  })
  it('is one for applications that see other variables, with the variables of all', async () => {
    const applications = [application(['npm', 'ci'], ['B_URL']), application(['npm', 'ci'], ['A_URL', 'KEY'])]
    const made = world({ applications })
    await Promise.all(applications.map((one) => made.setups.ready(one, 'head')))
    expect([made.ran, made.seen]).toEqual([['head'], ['A_URL', 'B_URL']])
  })

  it('of every application of the run is over before the first one starts in its tree', async () => {
    const applications = [application(['npm', 'ci']), application(['npm', 'run', 'index']), application()]
    for (const first of applications) {
      const made = world({ applications })
      expect(await made.setups.ready(first, 'head')).toEqual({ cwd: join(root, 'head') })
      expect(made.ran).toEqual(['head', 'head'])
    }
    const failing = world({ applications, code: 1 })
    expect(await failing.setups.ready(application(), 'head')).toEqual({ cwd: join(root, 'head') })
  })
})
