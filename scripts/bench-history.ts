// How large the history branch becomes: five years of a daily run of twenty sets with a hundred cases, the last days of them
// written one by one through a bare repository. npm run bench:history -- [DAYS]

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pastOf, setName } from '../__tests__/fakes/drift-records.ts'
import { historyFiles } from '../src/drift/history-files.ts'
import { serializeRecords } from '../src/drift/lines.ts'
import { HISTORY_BRANCH, type HistoryRecord } from '../src/drift/records.ts'
import type { RegisteredPrompt } from '../src/drift/registry.ts'
import { createHistoryBranch } from '../src/io/history-branch.ts'
import { createStore } from '../src/io/store.ts'

const SETS = 20
const DAYS = 1826
const DAY_MS = 86_400_000
const [asked = '60'] = process.argv.slice(2)
const daily = Number(asked)

const root = mkdtempSync(join(tmpdir(), 'parity-history-bench-'))
const [bare, checkout] = [join(root, 'origin.git'), join(root, 'checkout')]
const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
git('init', '--quiet', '--bare', bare)
git('init', '--quiet', checkout)
git('-C', checkout, 'remote', 'add', 'origin', bare)

const end = Date.parse('2026-11-28T06:00:00Z')
const from = new Date(end - DAYS * DAY_MS).toISOString()
const records = pastOf({ sets: SETS, days: DAYS, cases: 100, from, mergesPerWeek: 10 })
const prompts: readonly RegisteredPrompt[] = Array.from({ length: SETS }, (_, set) => ({
  ...{
    prompt: `prompts/${setName(set)}.md`,
    symbol: null,
    hash: 'ab'.repeat(32),
    owner: '@acme/support',
    reason: null,
  },
  ...{ model: 'openai/gpt-4.1-2025-04-14', evalSets: [setName(set)] },
}))
let now = end
const store = createStore(join(root, 'state'))
const history = createHistoryBranch({ root: checkout, store, reportDir: join(root, 'report'), now: () => now })
const append = async (some: readonly HistoryRecord[]) => {
  const written = await history.append(some, historyFiles({ prompts, config: 'parity.yaml', now }))
  if (written.state !== 'written') throw new Error(written.why)
}

try {
  const cut = new Date(end - daily * DAY_MS).toISOString()
  now = Date.parse(cut)
  await append(records.filter(({ at }) => at < cut))
  const before = packed()
  const times: number[] = []
  for (let day = daily; day > 0; day--) {
    now = end - (day - 1) * DAY_MS
    const [first, last] = [new Date(now - DAY_MS).toISOString(), new Date(now).toISOString()]
    const started = performance.now()
    await append(records.filter(({ at }) => at >= first && at < last))
    times.push(performance.now() - started)
  }
  const after = packed()
  const sizes = git('-C', bare, 'ls-tree', '-r', '-l', HISTORY_BRANCH)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const bytes = (name: RegExp) =>
    sizes.reduce((sum, [, , , size, path]) => sum + (name.test(path ?? '') ? Number(size) : 0), 0)
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
  console.log(
    [
      `${records.length} records, as written at once without compaction: ${mb(Buffer.byteLength(serializeRecords(records)))}`,
      `lines on the branch: ${mb(bytes(/^runs\//))} in ${sizes.filter(([, , , , path]) => path?.startsWith('runs/')).length} months`,
      `index.html: ${mb(bytes(/^index\.html$/))}`,
      `all files of the last commit: ${mb(bytes(/./))}`,
      `packed, one commit: ${mb(before)}`,
      `packed, after ${daily} daily commits more: ${mb(after)} (${mb((after - before) / daily)} each)`,
      `commits: ${git('-C', bare, 'rev-list', '--count', HISTORY_BRANCH)}`,
      `one daily append, median: ${(median / 1000).toFixed(2)} s`,
    ].join('\n'),
  )
} finally {
  await store.close()
  rmSync(root, { recursive: true, force: true })
}

/** As a forge keeps it after its own packing. */
function packed(): number {
  git('-C', bare, 'gc', '--quiet', '--prune=now')
  const kilobytes = /size-pack: (\d+)/.exec(git('-C', bare, 'count-objects', '-v'))?.[1]
  return Number(kilobytes) * 1024
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
