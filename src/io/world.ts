// The real world, put together for one run.

import { isAbsolute, join } from 'node:path'
import { isSecret, isSecretName } from '../config/secret-names.ts'
import type { World } from '../parity.ts'
import type { Environment, Log } from '../ports.ts'
import { callLine } from '../report/call-line.ts'
import { hideKeys } from '../report/known-keys.ts'
import { createRedactor } from '../report/redact.ts'
import { systemClock } from './clock.ts'
import { readCredentialFile } from './credential-file.ts'
import { createGit } from './git.ts'
import { keepHeapSmall, rest } from './heap.ts'
import { historyOnDemand, httpOnDemand, loopbackOnDemand, sandboxOnDemand, workTreesOnDemand } from './on-demand.ts'
import { createProcesses } from './processes.ts'
import { CALLS_FILE, openReportDir } from './report-dir.ts'
import { openRowLog } from './row-log.ts'
import { createShelf } from './shelf.ts'
import { createStore } from './store.ts'

export type WorldOptions = {
  readonly root: string
  readonly stateDir: string
  readonly reportDir: string
  readonly log: Log
  readonly signal: AbortSignal
  readonly environment: Environment
  readonly authorization?: { readonly serverUrl: string; readonly token: string }
  readonly version: string
  /** Folders whose audit records go before that of this run. */
  readonly callsBefore?: readonly string[]
}

/** `secrets` are the values that must not appear in anything that is shared; it grows while the run goes on. */
export type RealWorld = World & {
  readonly secrets: readonly string[]
  /** What is in the report directory before its report is: nothing where nothing was called. */
  readonly begun: readonly string[]
  close(): Promise<void>
}

export function createWorld(options: WorldOptions): RealWorld {
  const { root, environment, log, signal, authorization } = options
  const git = createGit({ root, ...(authorization === undefined ? {} : { authorization }) })
  const { http, open: openHttp, close: closeHttp } = httpOnDemand(environment)
  const processes = createProcesses()
  const sandboxes = sandboxOnDemand()
  const open: { close(): Promise<void> }[] = []
  const secrets = [...secretsOf(process.env)]
  const begun: string[] = []
  return {
    git,
    clock: systemClock,
    http,
    open: openHttp,
    loopback: loopbackOnDemand,
    processes,
    sandbox: sandboxes.run,
    environment,
    credentialFile: readCredentialFile,
    secrets,
    begun,
    noteSecret: (value) => void secrets.push(value),
    withoutKeys: hideKeys(secrets, SHORTEST_HIDDEN),
    log,
    signal,
    history: historyOnDemand(async () => {
      const { createHistoryBranch } = await import('./history-branch.ts')
      const store = createStore(options.stateDir)
      open.push(store)
      const { reportDir } = options
      return createHistoryBranch({
        root,
        store,
        reportDir,
        now: systemClock.now,
        ...(authorization && { authorization }),
      })
    }),
    tool: { version: options.version, node: process.version },
    openStore: async () => createStore(options.stateDir),
    openShelf: () => {
      const shelf = createShelf(options.stateDir, keepHeapSmall)
      open.push({ close: async () => shelf.close() })
      return shelf
    },
    workTrees: (sides, directory) => workTreesOnDemand({ root, sides, workingTree: git.workingTree() }, directory),
    rest,
    openRowLog: () => openRowLog(options.reportDir),
    openCallLog: async ({ redact, texts }) => {
      openReportDir(options.reportDir)
      begun.push(CALLS_FILE)
      const store = createStore(options.reportDir, 'report-dir')
      open.push(store)
      for (const folder of options.callsBefore ?? [])
        await createStore(folder).eachLine(CALLS_FILE, (line) => store.append(CALLS_FILE, line))
      const redactor = await createRedactor({ secrets, patterns: redact })
      return (record) => store.append(CALLS_FILE, callLine(record, { redact: redactor, texts }))
    },
    close: async () => {
      processes.close()
      await Promise.all([...open, sandboxes, { close: closeHttp }].map((one) => one.close()))
    },
  }
}

/**
 * Keys of providers are longer. A shorter value of a variable that is called a password may be a word that answers are about
 * (`postgres`), which must not be taken from them before they are judged; no report shows it all the same.
 */
const SHORTEST_HIDDEN = 12

/** Values of the environment that are keys by their name; they must not appear in anything that is shared. */
function secretsOf(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) && isSecret(value, [name]) ? [value] : [],
  )
}

export const absolute = (root: string, path: string) => (isAbsolute(path) ? path : join(root, path))
