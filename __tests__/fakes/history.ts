// The history branch in memory: the same contract as src/io/history-branch.ts (one suite runs on both), with faults on demand.

import { joinRecords, newRecords } from '../../src/drift/join.ts'
import { newerHistory, parseLines, serializeRecords } from '../../src/drift/lines.ts'
import { HISTORY_BRANCH, type HistoryRecord } from '../../src/drift/records.ts'
import type { HistoryFiles, HistoryRead, HistoryStore, KnownHistory } from '../../src/ports.ts'

export type FakeHistory = HistoryStore & {
  /** What the branch holds now. */
  records(): readonly HistoryRecord[]
  files(): HistoryFiles | null
  /** Number of writes that reached the branch. */
  commits(): number
  /** Reasons for which every write is refused, until null. */
  refuse(why: string | null): void
  /** The branch is gone, but what was on it is known from a copy. */
  lose(): void
  unreachable(is: boolean): void
  newer(is: boolean): void
  /** Another writer comes first at the next append. */
  interleave(records: readonly HistoryRecord[]): void
}

export function createFakeHistory(initial: readonly HistoryRecord[] = []): FakeHistory {
  let branch: readonly HistoryRecord[] | null = initial.length === 0 ? null : checked(initial)
  let seen: readonly HistoryRecord[] = branch ?? []
  let files: HistoryFiles | null = null
  let commits = branch === null ? 0 : 1
  let refusal: string | null = null
  let isUnreachable = false
  let isNewer = false
  let before: readonly HistoryRecord[] = []
  const commit = () => (commits === 0 ? null : String(commits).padStart(40, '0'))
  const known = (): KnownHistory => ({
    records: joinRecords(branch ?? [], seen),
    registry: files?.['registry.json'] ?? null,
  })
  const state = (): HistoryRead['state'] => {
    if (isUnreachable) return 'unreachable'
    if (newRecords(seen, branch ?? []).length > 0) return 'lost'
    return branch === null ? 'none' : 'found'
  }
  const notes = () => (state() === 'lost' ? ['The history was lost and is put back from a copy.'] : [])
  return {
    read: async () => {
      if (isNewer) throw newerHistory(HISTORY_BRANCH)
      const now = state()
      if (now === 'found' && branch !== null) seen = branch
      return { ...known(), state: now, commit: commit(), notes: notes() }
    },
    append: async (wanted, filesOf) => {
      if (isNewer) throw newerHistory(HISTORY_BRANCH)
      const said = notes()
      if (typeof wanted === 'function') wanted(known()) // the attempt that another writer makes void
      if (before.length > 0) branch = joinRecords(branch ?? [], checked(before))
      before = []
      const was = known().records
      const fresh = newRecords(checked(typeof wanted === 'function' ? wanted(known()) : wanted), was)
      const records = joinRecords(was, fresh)
      const added = fresh.map(({ id }) => id)
      seen = records
      const why = isUnreachable ? 'The remote could not be reached.' : refusal
      if (why !== null) return { state: 'refused', why, files: '.parity/report/history', records, added, notes: said }
      if (newRecords(records, branch ?? []).length > 0) {
        files = filesOf?.({ ...known(), records }) ?? files
        branch = records
        commits += 1
      }
      return { state: 'written', where: 'origin', commit: commit(), records, added, notes: said }
    },
    records: () => branch ?? [],
    files: () => files,
    commits: () => commits,
    refuse: (why) => {
      refusal = why
    },
    lose: () => {
      branch = null
    },
    unreachable: (is) => {
      isUnreachable = is
    },
    newer: (is) => {
      isNewer = is
    },
    interleave: (records) => {
      before = records
    },
  }
}

/** What the real branch could not read back is no record. */
function checked(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  const { records: read, problems } = parseLines(serializeRecords(records))
  const [problem] = problems
  if (problem !== undefined) throw new Error(`record ${problem.line} is no record: ${problem.why}`)
  return read
}
