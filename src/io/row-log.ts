// record.jsonl while the run goes on: each row as it comes, whole lines only.

import { join } from 'node:path'
import type { RowLog } from '../evaluate.ts'
import { diskFailure } from './disk-failure.ts'
import { makeFolder, removeFile } from './folders.ts'
import { createStore } from './store.ts'

export const RECORD_FILE = 'record.jsonl'

/** Begins the file anew. To be closed before the final record takes its place. */
export function openRowLog(directory: string): RowLog & { close(): Promise<void> } {
  const path = join(directory, RECORD_FILE)
  try {
    makeFolder(directory)
    removeFile(path)
  } catch (error) {
    throw diskFailure(error, { path, option: 'report-dir', what: 'the report' })
  }
  const store = createStore(directory, 'report-dir')
  return {
    add: (row) => store.append(RECORD_FILE, JSON.stringify(row)),
    flush: store.flush,
    close: store.close,
  }
}
