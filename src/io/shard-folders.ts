// Report folders of shards: written by the job that made one, found and read by the job that joins them.

import { promises } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { RUNS_FILE, readHeader, SHARD_FILE, type ShardHeader, writeHeader } from '../shard/header.ts'
import type { FoundShard, Joined, MissingShard } from '../shard/join.ts'
import type { MadeStore } from '../shard/made.ts'
import { readRunLine } from '../shard/run-line.ts'
import { clearShard } from './clear-shard.ts'
import { diskFailure } from './disk-failure.ts'
import { createStore } from './store.ts'

/** The header is written last: without it the folder is no shard. */
export async function writeShard(
  directory: string,
  lines: Iterable<string>,
  header: (runs: number) => ShardHeader,
): Promise<void> {
  clearShard(directory)
  const store = createStore(directory, 'report-dir')
  let runs = 0
  for (const line of lines) {
    store.append(RUNS_FILE, line)
    runs += 1
  }
  await store.close()
  const path = join(directory, SHARD_FILE)
  await promises.writeFile(path, writeHeader(header(runs)), { flag: 'wx' }).catch((error: unknown) => {
    throw diskFailure(error, { path, option: 'report-dir', what: 'the report' })
  })
}

const MAX_DEPTH = 6
const MAX_FOLDERS = 10_000
const MAX_HEADER_BYTES = 16 * 1024 * 1024

/** Every shard in or below the folders; symbolic links are passed over. */
export async function findShards(folders: readonly string[]): Promise<readonly FoundShard[]> {
  const found: FoundShard[] = []
  for (const folder of await foldersWith(SHARD_FILE, folders)) found.push({ folder, header: await headerIn(folder) })
  return found
}

/** Folders, the named ones among them, in which there is a regular file of this name, each once and in order. */
export async function foldersWith(name: string, folders: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  let left = MAX_FOLDERS
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH || left-- <= 0) return
    const entries = await promises.readdir(folder, { withFileTypes: true })
    if (entries.some((entry) => entry.name === name && entry.isFile())) found.add(resolve(folder))
    for (const entry of entries) if (entry.isDirectory()) await walk(join(folder, entry.name), depth + 1)
  }
  for (const folder of folders) {
    const stats = await promises.lstat(folder).catch(() => null)
    if (!stats?.isDirectory())
      throw new UserError({
        what: `${folder} is no folder.`,
        remedy: 'Name the folder that the reports were downloaded to.',
      })
    await walk(folder, 0)
  }
  return [...found].sort()
}

async function headerIn(folder: string): Promise<ShardHeader> {
  const path = join(folder, SHARD_FILE)
  const { size } = await promises.lstat(path)
  return readHeader(size > MAX_HEADER_BYTES ? '' : await promises.readFile(path, 'utf8'), path)
}

/** Fills `made`; a shard whose runs are not whole is no part of a verdict, and is named with the reason. */
export async function readRuns(joined: Joined, made: MadeStore): Promise<readonly MissingShard[]> {
  const unusable: MissingShard[] = []
  for (const { folder, header } of joined.shards) {
    let runs = 0
    if (header.runs > 0)
      await createStore(folder).eachLine(RUNS_FILE, (line) => {
        const run = readRunLine(line)
        if (run === null) return
        runs += 1
        made.add(run, header.index)
      })
    if (runs !== header.runs)
      unusable.push({ index: header.index, why: `is damaged (${runs} of ${header.runs} runs can be read)` })
    else if (header.planned !== null) unusable.push({ index: header.index, why: `made no call (${header.planned})` })
  }
  return unusable
}
