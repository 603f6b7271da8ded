// What this machine saw of the history, in the state directory: the way to notice that the branch was rewound or deleted, to put
// back what it had, and to keep what could not be written until it can.

import { isObject } from '../config/cases.ts'
import type { Store } from '../ports.ts'
import { newRecords } from './join.ts'
import { parseLines, serializeRecord } from './lines.ts'
import type { HistoryRecord } from './records.ts'

export const SEEN_FILE = 'history-seen.jsonl'
export const COPY_FILE = 'history-copy.jsonl'
export const UNSENT_FILE = 'history-unsent.jsonl'

export type HistoryMemory = {
  /** Commit of the branch that was read or written last, and the number of its records. */
  readonly seen: { readonly commit: string; readonly records: number } | null
  /** Records that were on the branch. */
  readonly copy: readonly HistoryRecord[]
  /** Records that could not be written. */
  readonly unsent: readonly HistoryRecord[]
}

export async function recall(store: Store): Promise<HistoryMemory> {
  const copy = await readRecords(store, COPY_FILE)
  const unsent = newRecords(await readRecords(store, UNSENT_FILE), copy)
  return { seen: seenIn((await store.readLines(SEEN_FILE)).at(-1)), copy, unsent }
}

/** Lines of another release or broken ones are no memory. */
async function readRecords(store: Store, name: string): Promise<readonly HistoryRecord[]> {
  return parseLines((await store.readLines(name)).join('\n')).records
}

function seenIn(line: string | undefined): HistoryMemory['seen'] {
  try {
    const value: unknown = JSON.parse(line ?? 'null')
    if (!isObject(value)) return null
    const { commit, records } = value
    const isSeen = typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit) && Number.isSafeInteger(records)
    return isSeen ? { commit, records: Number(records) } : null
  } catch {
    return null
  }
}

/** Once the branch has these records. */
export async function rememberSeen(
  store: Store,
  memory: HistoryMemory,
  now: { readonly commit: string; readonly records: readonly HistoryRecord[] },
): Promise<void> {
  if (memory.seen?.commit === now.commit) return
  for (const record of newRecords(now.records, memory.copy)) store.append(COPY_FILE, serializeRecord(record))
  store.append(SEEN_FILE, JSON.stringify({ commit: now.commit, records: now.records.length }))
  await store.flush()
}

export async function rememberUnsent(
  store: Store,
  memory: HistoryMemory,
  records: readonly HistoryRecord[],
): Promise<void> {
  for (const record of newRecords(records, memory.unsent)) store.append(UNSENT_FILE, serializeRecord(record))
  await store.flush()
}
