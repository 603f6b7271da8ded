// What every run does about shards: it leaves none of an earlier one in its report folder.

import { join } from 'node:path'
import { RUNS_FILE, SHARD_FILE } from '../shard/header.ts'
import { codeOf, diskFailure } from './disk-failure.ts'
import { removeFile } from './folders.ts'

/** What an earlier run left would be taken for a part of this one. */
export function clearShard(directory: string): void {
  try {
    for (const name of [SHARD_FILE, RUNS_FILE]) removeFile(join(directory, name))
  } catch (error) {
    // Whoever writes into it says that it is a file.
    if (codeOf(error) !== 'ENOTDIR')
      throw diskFailure(error, { path: directory, option: 'report-dir', what: 'the report' })
  }
}
