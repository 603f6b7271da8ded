// A bare repository as GitHub has it, checkouts as jobs make them, and the history branch between them.

import { join } from 'node:path'
import { HISTORY_BRANCH, type HistoryRecord } from '../../src/drift/records.ts'
import { createHistoryBranch, type HistoryOptions } from '../../src/io/history-branch.ts'
import type { HistoryStore, Store } from '../../src/ports.ts'
import { runRecord } from '../fakes/drift-records.ts'
import { git } from '../fakes/git.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'
import { createRepository, type Repository } from '../fakes/repository.ts'

export const NOW = Date.parse('2026-11-28T06:00:00Z')
export const REF = `refs/heads/${HISTORY_BRANCH}`

/** Moves with the branch. */
export const BACKUP = 'refs/prompt-parity/history'

/** One run a day in November. */
export const runs = (count: number, from = 1): readonly HistoryRecord[] =>
  Array.from({ length: count }, (_, at) => runRecord({ at: `2026-11-${String(from + at).padStart(2, '0')}T05:00:00Z` }))

export const ids = (records: readonly HistoryRecord[]) => records.map(({ id }) => id)

export const start = () => createRepository({ files: { 'app.txt': 'app\n' } })

export type Opened = HistoryStore & { readonly root: string; readonly store: Store; readonly reportDir: string }

const noWait = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
/** Long enough for writers to get out of each other's way. */
export const shortWait = { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 4)) }

export async function open(repository: Repository, over: Partial<HistoryOptions> = {}): Promise<Opened> {
  const root = over.root ?? (await repository.cloneShallow(1, 'main'))
  const reportDir = join(await repository.scratch('report'), 'report')
  const options = { root, store: createMemoryStore(), reportDir, now: () => NOW, clock: noWait, ...over }
  return { ...createHistoryBranch(options), root, store: options.store, reportDir: options.reportDir }
}

export const lines = async (repository: Repository, month = '2026-11') =>
  (await git(repository.bare, ['show', `${REF}:runs/${month}.jsonl`])).split('\n')
