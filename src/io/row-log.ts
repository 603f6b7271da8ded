// record.jsonl while the run goes on: each row as it comes, whole lines only.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RowLog } from '../evaluate.ts'
import { createStore } from './store.ts'

export const RECORD_FILE = 'record.jsonl'

/** Begins the file anew. To be closed before the final record takes its place. */
export function openRowLog(directory: string): RowLog & { close(): Promise<void> } {
  mkdirSync(directory, { recursive: true })
  rmSync(join(directory, RECORD_FILE), { force: true })
  const store = createStore(directory)
  return {
    add: (row) => store.append(RECORD_FILE, JSON.stringify(row)),
    flush: () => void store.flush(),
    close: store.close,
  }
}
