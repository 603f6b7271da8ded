// The drift history on its orphan branch. Every write is: fetch, add to what is there, push without force; whoever was late
// fetches again. What was seen before and is gone is put back.

import { lstat, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { addToBranch, type BranchFiles, REGISTRY_FILE } from '../drift/branch-files.ts'
import { joinRecords, newRecords } from '../drift/join.ts'
import { type HistoryMemory, recall, rememberSeen, rememberUnsent } from '../drift/memory.ts'
import { HISTORY_BRANCH, type HistoryRecord } from '../drift/records.ts'
import type { Clock, HistoryStore, HistoryWrite, KnownHistory, Store } from '../ports.ts'
import { plural } from '../report/numbers.ts'
import { systemClock } from './clock.ts'
import type { GitOptions } from './git.ts'
import { type Loaded, load, type Source } from './history-load.ts'
import { createObjects } from './history-objects.ts'
import { createLocalBranch, createRemote, gitRunner, type Pushed } from './history-remote.ts'
import { writeReportDir } from './report-dir.ts'

export type HistoryOptions = GitOptions & {
  /** In the state directory. */
  readonly store: Store
  /** Where files are left that cannot be written; `history` is made below it. */
  readonly reportDir: string
  /** For compaction. */
  readonly now: () => number
  readonly clock?: Pick<Clock, 'sleep'>
  /** Commits after which the log of the branch is squashed to one. */
  readonly mostCommits?: number
}

const MOST_COMMITS = 400
/** With n writers at once, one of them gets through in each round. */
const ATTEMPTS = 40
/** An origin that does not answer is not asked for minutes. */
const UNREACHABLE_ATTEMPTS = 3
/** A lock in the checkout is gone in a moment, or was left behind by a git that was killed. */
const BUSY_ATTEMPTS = 12
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 3000
export function createHistoryBranch(options: HistoryOptions): HistoryStore {
  const git = gitRunner(options)
  const objects = createObjects(options.root, git)
  const parts = async (): Promise<Parts> => {
    const origin = await git(['config', '--get', 'remote.origin.url'])
    const where = origin.code === 0 && origin.stdout.trim() !== '' ? 'origin' : 'local'
    const remote = where === 'origin' ? createRemote(git, HISTORY_BRANCH) : createLocalBranch(git, HISTORY_BRANCH)
    return { options, where, remote, objects, before: await remote.before() }
  }
  return {
    read: async () => {
      const memory = await recall(options.store)
      const loaded = await load(await parts(), memory)
      if (loaded.state === 'found' && loaded.commit !== null)
        await rememberSeen(options.store, memory, { commit: loaded.commit, records: loaded.content.records })
      const { state, records, registry, commit, notes } = loaded
      return { state, records, registry, commit, notes }
    },
    append: async (records, files) => append(await parts(), { records, files }),
  }
}

type Parts = Source & { readonly options: HistoryOptions; readonly where: 'origin' | 'local' }

type Wanted = {
  readonly records: Parameters<HistoryStore['append']>[0]
  readonly files: Parameters<HistoryStore['append']>[1]
}

/** What an attempt to write came to; `again` = with what others wrote meanwhile. */
type Attempt = { readonly pushed: Pushed; readonly loaded: Loaded; readonly after: After }
/** The history as it is to be. */
type After = KnownHistory & {
  readonly added: readonly HistoryRecord[]
  readonly changed: BranchFiles
  readonly commit: string | null
}

async function append(parts: Parts, wanted: Wanted): Promise<HistoryWrite> {
  const { options } = parts
  const { sleep } = options.clock ?? systemClock
  const memory = await recall(options.store)
  let passing = 0
  for (let attempt = 1; ; attempt++) {
    const { pushed, loaded, after } = await tryOnce(parts, memory, wanted)
    if (pushed.state === 'done') return finish(parts, memory, { loaded, after })
    if (pushed.state === 'refused') passing += 1
    const isBusy = loaded.tip.state === 'unreachable' && loaded.tip.busy
    const patience = isBusy ? BUSY_ATTEMPTS : UNREACHABLE_ATTEMPTS
    const giveUp = pushed.state === 'refused' && (!pushed.passing || passing >= patience)
    if (giveUp || attempt >= ATTEMPTS) return refuse(parts, memory, { loaded, after, pushed })
    // Writers that met once must not meet again at every turn.
    await sleep(Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)))
  }
}

async function tryOnce(parts: Parts, memory: HistoryMemory, { records, files }: Wanted): Promise<Attempt> {
  const loaded = await load(parts, memory)
  const known = { records: loaded.records, registry: loaded.registry }
  const added = newRecords(typeof records === 'function' ? records(known) : records, known.records)
  const all = joinRecords(known.records, added)
  const made = files?.({ ...known, records: all }) ?? {}
  const squash = loaded.content.commits >= (parts.options.mostCommits ?? MOST_COMMITS)
  const addition = {
    records: joinRecords(loaded.missing, added),
    files: { ...(loaded.registry === null ? {} : { [REGISTRY_FILE]: loaded.registry }), ...made },
    nowMs: parts.options.now(),
  }
  const change = (commits: number) => addToBranch(loaded.content, { ...addition, commits })
  const changed = change(squash ? 1 : loaded.content.commits + 1)
  const after = {
    records: all,
    registry: changed.get(REGISTRY_FILE) ?? loaded.registry,
    added,
    changed,
    commit: loaded.commit,
  }
  if (loaded.tip.state === 'unreachable')
    return { loaded, after, pushed: { state: 'refused', why: loaded.tip.why, passing: true, denied: false } }
  if (addition.records.length === 0 && loaded.content.damage === null)
    return { loaded, after, pushed: { state: 'done' } }
  if (squash) {
    const squashed = await commitAndPush(parts, { loaded, after, squash })
    // Where nobody may force a push, the log of the branch just grows on.
    if (squashed.pushed.state !== 'refused') return squashed
  }
  return commitAndPush(parts, {
    loaded,
    after: { ...after, changed: change(loaded.content.commits + 1) },
    squash: false,
  })
}

async function commitAndPush(
  { objects, remote }: Parts,
  { loaded, after, squash }: { readonly loaded: Loaded; readonly after: After; readonly squash: boolean },
): Promise<Attempt> {
  const { commit: expected } = loaded
  const message = `Drift history: ${plural(after.added.length, 'record')}`
  const of = { from: expected, parent: squash ? null : expected, files: after.changed, message }
  const commit = await objects.write(of)
  return { loaded, after: { ...after, commit }, pushed: await remote.push({ commit, expected, squash }) }
}

type Finished = { readonly loaded: Loaded; readonly after: After }

async function finish(
  { options, where }: Parts,
  memory: HistoryMemory,
  { loaded, after }: Finished,
): Promise<HistoryWrite> {
  const { commit, records, added } = after
  if (commit !== null) await rememberSeen(options.store, memory, { commit, records })
  return { state: 'written', where, commit, records, added: added.map(({ id }) => id), notes: loaded.notes }
}

async function refuse(
  { options }: Parts,
  memory: HistoryMemory,
  { loaded, after, pushed }: Finished & { readonly pushed: Pushed },
): Promise<HistoryWrite> {
  const { records, added } = after
  await rememberUnsent(options.store, memory, added)
  const folder = join(options.reportDir, 'history')
  await leaveFiles(folder, new Map([...loaded.content.files, ...after.changed]))
  const reason = pushed.state === 'refused' ? pushed.why : `${ATTEMPTS} attempts met other writers`
  return {
    state: 'refused',
    why: reason,
    files: folder,
    records,
    added: added.map(({ id }) => id),
    notes: loaded.notes,
  }
}

async function leaveFiles(folder: string, files: BranchFiles): Promise<void> {
  // A link may have come with a commit, and leads elsewhere.
  for (const path of [folder, join(folder, 'runs')])
    if ((await lstat(path).catch(() => null))?.isSymbolicLink()) await unlink(path)
  const part = (inRuns: boolean) =>
    Object.fromEntries(
      [...files].filter(([path]) => path.startsWith('runs/') === inRuns).map(([path, text]) => [basename(path), text]),
    )
  await writeReportDir(folder, part(false))
  await writeReportDir(join(folder, 'runs'), part(true))
}
