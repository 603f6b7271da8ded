// `setup` of applications: once for each side, whatever number of eval sets uses it, one after the other in a side's tree, and all
// of them before anything runs in it: an installer takes away what an application stands on.
// What a plain installer of Node packages put in place on one side is copied to the other where both would install the same.

import { posix } from 'node:path'
import type { SideLabel, Target } from '../domain.ts'
import type { Environment, Processes, Tree, WorkTrees } from '../ports.ts'
import { type Attempt, attempt } from './call.ts'
import { oneLine } from './classify.ts'
import { childVariables, type KeysOfRun } from './command-environment.ts'
import { isObject, parseJson } from './outside.ts'
import { transient } from './shape.ts'
import { stderrNote } from './stderr-note.ts'
import type { WithoutKeys } from './without-keys.ts'

type CommandTarget = Extract<Target, { kind: 'command' }>

export type SetupWorld = {
  readonly processes: Processes
  readonly workTrees: WorkTrees
  readonly environment: Environment
  readonly withoutKeys: WithoutKeys
  readonly keys?: KeysOfRun
  readonly setupTimeoutMs?: number
  /** All applications of the run, whose setups share a side's tree; without it each is on its own. */
  readonly applications?: { readonly [side in SideLabel]: readonly CommandTarget[] }
  /** Files of both sides and the folder of the application in them; without them nothing is copied. */
  readonly sources?: {
    readonly trees: { readonly base: Tree | null; readonly head: Tree }
    readonly directory: string
  }
}

export type Ready = { readonly cwd: string } | { readonly failed: Attempt }
export type Setups = {
  ready(target: CommandTarget, side: SideLabel): Promise<Ready>
  /** Ends what runs, and starts nothing more. */
  close(): void
}

const SETUP_TIMEOUT_MS = 15 * 60_000

export function createSetups(world: SetupWorld): Setups {
  const begun = new Map<string, Promise<Ready>>()
  const last = new Map<SideLabel, Promise<unknown>>()
  const over = new AbortController()
  const keyOf = ({ setup }: CommandTarget, side: SideLabel) => JSON.stringify([side, setup])
  const begin = (target: CommandTarget, side: SideLabel): Promise<Ready> => {
    const other = begun.get(keyOf(target, side === 'base' ? 'head' : 'base'))
    const before = last.get(side) ?? Promise.resolve()
    const shared = { ...target, environment: variablesOf(target, world.applications?.[side] ?? []) }
    const made = before.then(
      async () => (await copied(target, { side, other, world })) ?? run(shared, side, { ...world, over: over.signal }),
    )
    last.set(
      side,
      made.catch(() => undefined),
    )
    return made
  }
  const beginOnce = (target: CommandTarget, side: SideLabel) => {
    const key = keyOf(target, side)
    const known = begun.get(key) ?? begin(target, side)
    begun.set(key, known)
    return known
  }
  return {
    ready: async (target, side) => {
      const all = (world.applications?.[side] ?? []).map((one) => beginOnce(one, side))
      const own = beginOnce(target, side)
      await Promise.allSettled(all)
      return own
    },
    close: () => over.abort(),
  }
}

/** What every application with this setup may see: which of them asks first decides nothing. */
function variablesOf({ setup, environment }: CommandTarget, all: readonly CommandTarget[]): readonly string[] {
  const alike = all.filter((one) => JSON.stringify(one.setup) === JSON.stringify(setup))
  return [...new Set([...environment, ...alike.flatMap((one) => one.environment)])].sort()
}

/** A setup that fails is nobody's regression: an install cannot be told from an outage of its registry. */
async function run(
  target: CommandTarget,
  side: SideLabel,
  world: SetupWorld & { readonly over: AbortSignal },
): Promise<Ready> {
  const ended: Ready = { failed: attempt(transient('cancelled', 'the run was over before its setup')) }
  if (world.over.aborted) return ended
  const cwd = await world.workTrees.directory(side)
  if (target.setup === undefined) return { cwd }
  const timeoutMs = world.setupTimeoutMs ?? SETUP_TIMEOUT_MS
  const env = childVariables(target, world, null)
  const ran = await world.processes.run(target.setup, { cwd, env, timeoutMs, signal: world.over })
  if (world.over.aborted) return ended
  if (ran.code === 0) return { cwd }
  const message = `setup (${target.setup.join(' ')}) on ${side} ${howItFailed(ran, world.withoutKeys)}`
  return { failed: attempt(transient('application-crash', message)) }
}

type Ran = Awaited<ReturnType<Processes['run']>>

function howItFailed({ code, stdout, stderr, neverStarted }: Ran, withoutKeys: SetupWorld['withoutKeys']): string {
  const said = withoutKeys(stderr || stdout)
  if (neverStarted) return `could not be started: ${oneLine(said)}`
  const how = code === null ? 'did not end by itself' : `ended with code ${code}`
  return `${how}${stderrNote(said)}`
}

type Copying = { readonly side: SideLabel; readonly other: Promise<Ready> | undefined; readonly world: SetupWorld }

/** Null where the setup has to run here, too. */
async function copied(target: CommandTarget, { side, other, world }: Copying): Promise<Ready | null> {
  const { setup } = target
  const { sources, workTrees } = world
  if (setup === undefined || other === undefined || sources === undefined || !isPlainInstall(setup)) return null
  if (workTrees.copy === undefined || !(await installsTheSame(sources))) return null
  if ('failed' in (await other)) return null
  const from = side === 'base' ? 'head' : 'base'
  return (await workTrees.copy(from, side, 'node_modules')) ? { cwd: await workTrees.directory(side) } : null
}

/** Installers whose result is `node_modules` and depends on what `LOCKS` name alone. Flags may change that, but for quiet ones. */
function isPlainInstall(setup: readonly string[]): boolean {
  const words = setup.filter((word) => !QUIET.has(word))
  return PLAIN.has(words.join(' '))
}

const PLAIN: ReadonlySet<string> = new Set([
  'npm ci',
  'pnpm install --frozen-lockfile',
  'bun install --frozen-lockfile',
  'npm ci --ignore-scripts',
])
const QUIET: ReadonlySet<string> = new Set(['--no-audit', '--no-fund', '--prefer-offline', '--silent', '--quiet'])

const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'bun.lock']
const ASIDE = ['package.json', '.npmrc', 'pnpm-workspace.yaml', '.pnpmfile.cjs', 'bunfig.toml']

/** Scripts of the package itself, and packages that read its sources, make what is installed depend on the side. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']
const READS_SOURCES = /@prisma\/client/

async function installsTheSame({ trees, directory }: NonNullable<SetupWorld['sources']>): Promise<boolean> {
  const { base, head } = trees
  if (base === null) return false
  const read = async (tree: Tree, name: string) =>
    tree.read(posix.normalize(posix.join(directory, name))).catch(() => undefined)
  const pairs = await Promise.all(
    [...LOCKS, ...ASIDE].map(async (name) => ({ name, base: await read(base, name), head: await read(head, name) })),
  )
  // Undefined: there is something that cannot be read.
  const equal = pairs.every((pair) => pair.base === pair.head && pair.base !== undefined)
  const texts = (names: readonly string[]) =>
    pairs.filter(({ name }) => names.includes(name)).flatMap(({ head: text }) => text ?? [])
  if (!equal || texts(LOCKS).length === 0 || texts(LOCKS).some((text) => READS_SOURCES.test(text))) return false
  const manifest = parseJson(texts(['package.json'])[0] ?? '')
  if (!isObject(manifest) || manifest.workspaces !== undefined) return false
  const scripts = isObject(manifest.scripts) ? manifest.scripts : {}
  return !LIFECYCLE.some((name) => Object.hasOwn(scripts, name))
}
