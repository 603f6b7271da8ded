// Which of the shards that were found make up the run, and whether they belong together. Pure.

import { type Problem, UserError } from '../errors.ts'
import { type ApplicationFacts, addFacts } from '../targets/application-facts.ts'
import { addCounts, type Counts, NO_COUNTS, type RunIdentity, type ShardHeader, type ShardIdentity } from './header.ts'
import type { MadeRuns } from './made.ts'

/** A shard and the folder in which it was found. */
export type FoundShard = { readonly folder: string; readonly header: ShardHeader }

/** `why` goes on after its name: "is missing". */
export type MissingShard = { readonly index: number; readonly why: string }

export type Joined = {
  readonly identity: ShardIdentity
  /** In the order of their index. */
  readonly shards: readonly FoundShard[]
  /** Shards whose runs are not here, in the order of their index. */
  readonly missing: readonly MissingShard[]
  /** Of the first shard that started. */
  readonly startedAt: string
  readonly counts: Counts
  readonly applications: readonly ApplicationFacts[]
}

/** The joined shards with their runs, for the loop. */
export type JoinedRuns = { readonly joined: Joined; readonly made: MadeRuns }

/** Of a shard that ran again the newest attempt counts. The order in which they were found changes nothing. */
export function joinShards(found: readonly FoundShard[]): Joined {
  const [first, ...others] = [...found].sort(inOrder)
  if (first === undefined)
    throw new UserError({
      what: 'no shard of a run was found.',
      expected: 'a folder with shard.json below the named ones, as `run --shard i/n` writes it',
      remedy:
        'Download the report of every shard into a folder of its own (without `merge-multiple`), and name their parent.',
    })
  const { identity } = first.header
  const strange = others.flatMap((other) => differences(first, other))
  const [problem, ...rest] = strange
  if (problem !== undefined) throw new UserError(problem, ...rest)
  const newest = new Map<number, FoundShard>()
  for (const shard of [first, ...others]) newest.set(shard.header.index, shard)
  const shards = [...newest.values()].sort((a, b) => a.header.index - b.header.index)
  const all = Array.from({ length: identity.of }, (_, i) => i + 1)
  return {
    identity,
    shards,
    missing: all.filter((index) => !newest.has(index)).map((index) => ({ index, why: 'is missing' })),
    startedAt: shards.map((one) => one.header.startedAt).sort()[0] ?? first.header.startedAt,
    counts: shards.reduce((sum, one) => addCounts(sum, one.header.counts), NO_COUNTS),
    applications: addFacts(shards.flatMap(({ header }) => header.applications ?? [])),
  }
}

/** Older attempts first, so that a later one of the same index takes their place. */
function inOrder(a: FoundShard, b: FoundShard): number {
  const attempt = (one: FoundShard) => one.header.provenance.attempt ?? 0
  return (
    attempt(a) - attempt(b) ||
    Date.parse(a.header.startedAt) - Date.parse(b.header.startedAt) ||
    a.header.index - b.header.index ||
    (a.folder < b.folder ? -1 : 1)
  )
}

function differences(one: FoundShard, other: FoundShard): readonly Problem[] {
  const why = differsBy(one.header.identity, other.header.identity)
  if (why === null) return []
  return [
    {
      what: `${name(one)} and ${name(other)} are not parts of one run: ${why}.`,
      remedy:
        'Merge the shards of one run only: run all of them again on one commit, with one configuration and one number of shards.',
    },
  ]
}

const name = ({ folder, header }: FoundShard) => `shard ${header.index}/${header.identity.of} (${folder})`
const short = (sha: string | null) => sha?.slice(0, 12) ?? 'none'

/** The first thing in which two runs differ, in words; null when they are one. */
export function differsBy(
  a: RunIdentity & Partial<ShardIdentity>,
  b: RunIdentity & Partial<ShardIdentity>,
): string | null {
  if (a.headSha !== b.headSha) return `the head is ${short(a.headSha)} in one and ${short(b.headSha)} in the other`
  if (a.baseSha !== b.baseSha) return `the base is ${short(a.baseSha)} in one and ${short(b.baseSha)} in the other`
  if (a.of !== undefined && b.of !== undefined && a.of !== b.of) return `one is of ${a.of} shards, the other of ${b.of}`
  if (a.version !== undefined && b.version !== undefined && a.version !== b.version)
    return `one was made by version ${a.version}, the other by ${b.version}`
  if (a.pair !== b.pair) return `one compares the pair ${a.pair}, the other ${b.pair}`
  if (a.configHash !== b.configHash) return 'they were made with different configurations'
  const names = [...new Set([...Object.keys(a.evalSets), ...Object.keys(b.evalSets)])].sort()
  const differing = names.filter((one) => a.evalSets[one] !== b.evalSets[one])
  if (differing.length === 0) return null
  return `the eval set ${differing[0]} is ${names.some((one) => !(one in a.evalSets) || !(one in b.evalSets)) ? 'in one of them only' : 'of other content'}`
}

/** Shards that were found and cannot be used are missing, too. */
export function without(joined: Joined, unusable: readonly MissingShard[]): Joined {
  const missing = [...joined.missing, ...unusable].sort((a, b) => a.index - b.index)
  return unusable.length === 0 ? joined : { ...joined, missing }
}

/** Why not every run of a joined report was made; null when all were. */
export function incompleteOf({ identity, shards, missing }: Joined): string | null {
  const ended = shards.flatMap(({ header }) =>
    header.incomplete === null ? [] : [`shard ${header.index}/${identity.of} ended early: ${header.incomplete}`],
  )
  const gone = missing.map(({ index, why }) => `shard ${index}/${identity.of} ${why}`)
  return gone.length + ended.length === 0 ? null : [...gone, ...ended].join('; ')
}
