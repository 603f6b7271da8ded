// What the history says now, and what of it is known from elsewhere: copies, the second ref, commits before the last.

import { type BranchContent, EMPTY_BRANCH } from '../drift/branch-files.ts'
import { joinRecords, newRecords } from '../drift/join.ts'
import { notOurs } from '../drift/lines.ts'
import type { HistoryMemory } from '../drift/memory.ts'
import { HISTORY_BRANCH, type HistoryRecord } from '../drift/records.ts'
import type { HistoryRead } from '../ports.ts'
import { plural } from '../report/numbers.ts'
import type { HistoryObjects } from './history-objects.ts'
import type { HistoryRemote, Tip } from './history-remote.ts'

/** Earlier commits that are looked into when something is missing. */
const ANCESTORS = 20

export type Source = {
  readonly remote: HistoryRemote
  readonly objects: HistoryObjects
  /** What this checkout knew before the first fetch. */
  readonly before: Awaited<ReturnType<HistoryRemote['before']>>
}

export type Loaded = HistoryRead & {
  readonly tip: Tip
  readonly content: BranchContent
  /** Known, and not on the branch. */
  readonly missing: readonly HistoryRecord[]
}

/** Loss is looked at twice: branch and second ref may have been read at the moment in which another writer moved them. */
export async function load(source: Source, memory: HistoryMemory): Promise<Loaded> {
  const first = await loadOnce(source, memory)
  return first.state === 'lost' ? loadOnce(source, memory) : first
}

async function loadOnce({ remote, objects, before }: Source, memory: HistoryMemory): Promise<Loaded> {
  const tip = await remote.fetch()
  const commit = tip.state === 'at' ? tip.commit : null
  const content = (await objects.content(commit)) ?? EMPTY_BRANCH
  const others = (...some: readonly (string | null)[]) =>
    contents(objects, [...new Set(some)].filter((one) => one !== null && one !== commit).map(String))
  const copies = await others(before.tracked, tip.state === 'unreachable' ? null : tip.backup)
  const own = await others(before.own)
  const suspect = tip.state !== 'unreachable' && isSuspect(memory, content, commit)
  const older = suspect ? await earlier({ remote, objects }, { memory, commit }) : []
  const lost = newRecords([...memory.copy, ...recordsOf([...copies, ...older])], content.records)
  const missing = newRecords([...lost, ...memory.unsent, ...recordsOf(own)], content.records)
  if (content.stranger && missing.length === 0) throw notOurs(HISTORY_BRANCH, 'it has other files, and no history.json')
  const registries = [content, ...copies, ...older, ...own].map(({ registry }) => registry)
  return {
    ...{ tip, content, commit, missing, registry: registries.find((text) => text !== null) ?? null },
    records: joinRecords(content.records, missing),
    ...described(tip, { content, lost: lost.length, gone: suspect && commit === null }),
  }
}

const recordsOf = (some: readonly BranchContent[]) => some.flatMap(({ records }) => records)

/** Fewer records than were seen, or signs of damage. */
function isSuspect({ seen }: HistoryMemory, { damage, records }: BranchContent, commit: string | null): boolean {
  if (damage !== null) return true
  return seen !== null && seen.commit !== commit && records.length < seen.records
}

async function earlier(
  { remote, objects }: Pick<Source, 'remote' | 'objects'>,
  { memory, commit }: { readonly memory: HistoryMemory; readonly commit: string | null },
): Promise<readonly BranchContent[]> {
  const { seen } = memory
  // A forge keeps a commit that no branch has any more, for a while at least.
  const known = seen !== null && seen.commit !== commit && (await remote.obtain(seen.commit)) ? [seen.commit] : []
  const ancestors = commit === null ? [] : await remote.ancestors(commit, ANCESTORS)
  return contents(objects, [...known, ...ancestors])
}

/** Of commits that are here; what cannot be read any more is passed over. */
async function contents(objects: HistoryObjects, commits: readonly string[]): Promise<readonly BranchContent[]> {
  const read = await Promise.all(commits.map((commit) => objects.content(commit).catch(() => null)))
  return read.filter((content) => content !== null)
}

type Findings = { readonly content: BranchContent; readonly lost: number; readonly gone: boolean }

function described(tip: Tip, { content, lost, gone }: Findings): Pick<Loaded, 'state' | 'notes'> {
  const { damage, foreign } = content
  const kept =
    foreign === 0
      ? []
      : [
          `${plural(foreign, 'line')} of the drift history ${foreign === 1 ? 'is no record' : 'are no records'} that this release knows; they are left as they are.`,
        ]
  if (tip.state === 'unreachable')
    return {
      state: 'unreachable',
      notes: [`The drift history could not be asked: ${tip.why}. What is shown is what was seen last.`],
    }
  if (lost === 0 && damage === null && !gone) return { state: tip.state === 'absent' ? 'none' : 'found', notes: kept }
  const what =
    tip.state === 'absent'
      ? `The branch ${HISTORY_BRANCH} was deleted`
      : damage === null
        ? `The branch ${HISTORY_BRANCH} was rewound or overwritten`
        : `The branch ${HISTORY_BRANCH} is damaged: ${damage}`
  const known =
    lost === 0
      ? 'nothing of it is known elsewhere'
      : `${plural(lost, 'record')} of it ${lost === 1 ? 'is' : 'are'} known from a copy and put back with the next write`
  return { state: 'lost', notes: [`${what}; ${known}.`, ...kept] }
}
