// From commits to versions: which of them changed what the prompt says, under which name, newest first.

import type { Version } from '../detect/version.ts'
import type { History } from '../ports.ts'
import { lineage, type Step } from './lineage.ts'
import { movedFrom, renamedFrom } from './moved.ts'
import { type Spoken, sayTheSame, spokenIn, versionOf, type Wanted } from './spoken.ts'

export type Change = {
  readonly step: Step
  readonly status: 'created' | 'changed' | 'deleted'
  /** As it is called after the commit; before it, when it was deleted. */
  readonly wanted: Wanted
  /** Null when it was deleted. */
  readonly after: Spoken | null
  /** Null when it was created. */
  readonly before: Spoken | null
}

/** Commits whose contents are read at one time. */
const CHUNK = 48
/** Moves from file to file that are followed. */
const MAX_FILES = 100

type Walk = { readonly history: History; readonly limit: number; readonly found: Change[] }

/** At most `limit` changes: the walk ends with the last one that is wanted. */
export async function walk(
  wanted: Wanted,
  from: string,
  { history, limit }: { readonly history: History; readonly limit: number },
): Promise<{ readonly changes: readonly Change[]; readonly more: boolean }> {
  const one: Walk = { history, limit, found: [] }
  let next: Start | null = { wanted, from }
  for (let files = 0; next !== null && !isDone(one) && files < MAX_FILES; files++) next = await throughFile(next, one)
  return { changes: one.found.slice(0, limit), more: isDone(one) }
}

/** One more than wanted, since an older commit may turn out to have made the last one first. */
const isDone = ({ found, limit }: Walk) => found.length > limit

type Start = { readonly wanted: Wanted; readonly from: string }

/** Through the commits of one file; returns where the prompt came from when that was another file. */
async function throughFile({ wanted, from }: Start, walked: Walk): Promise<Start | null> {
  const { history } = walked
  const steps = await lineage({ path: wanted.path, from }, history)
  let name = wanted
  for (let at = 0; at < steps.length && !isDone(walked); at += CHUNK) {
    const chunk = steps.slice(at, at + CHUNK)
    const read = reader(await history.texts(idsOf(chunk)))
    for (const step of chunk) {
      const seen = await look(step, name, read)
      if (seen === null) continue
      const { after, before } = seen
      const origin = after !== null && before === null ? await movedFrom(after, step, history) : null
      const [parent] = step.parents
      if (origin !== null && parent !== undefined) return { wanted: origin, from: parent }
      add(walked.found, { step, wanted: { ...name, path: step.path }, after, before })
      name = { ...name, symbol: seen.earlierSymbol }
    }
  }
  return null
}

function idsOf(steps: readonly Step[]): readonly string[] {
  return [...new Set(steps.flatMap((step) => [step.after, ...step.before]).filter((id) => id !== null))]
}

type Read = (path: string, id: string | null) => Promise<Version | null>

/** Each content is parsed once: what stood there before a commit is mostly what the one before it left. */
function reader(texts: ReadonlyMap<string, string | null>): Read {
  const versions = new Map<string, Promise<Version>>()
  return async (path, id) => {
    if (id === null) return null
    const key = `${path}\0${id}`
    const version = versions.get(key) ?? versionOf(path, texts.get(id) ?? null)
    versions.set(key, version)
    return version
  }
}

/** The prompt on both sides of a commit; null when it is on neither, or the same on both. */
async function look(step: Step, wanted: Wanted, read: Read) {
  const [now, ...olds] = await Promise.all([
    read(step.path, step.after),
    ...step.before.map((id) => read(step.previousPath ?? step.path, id)),
  ])
  const speak = (version: Version | null | undefined, symbol: string | null) =>
    version ? spokenIn({ ...wanted, path: step.path, symbol }, version) : null
  const after = speak(now, wanted.symbol)
  const befores = olds.flatMap((old) => speak(old, wanted.symbol) ?? [])
  const [old] = olds
  if (after !== null && befores.length === 0 && wanted.symbol !== null && old) {
    const earlierSymbol = renamedFrom(after, old)
    if (earlierSymbol !== null) return { after, before: speak(old, earlierSymbol), earlierSymbol }
  }
  // A merge commit made a version only when it is none of those that it joined.
  const same = befores.some((before) => after !== null && sayTheSame(before, after))
  if (same || (after === null && befores.length === 0)) return null
  return { after, before: befores[0] ?? null, earlierSymbol: wanted.symbol }
}

function add(found: Change[], change: Omit<Change, 'status'>): void {
  const { after, before } = change
  // Renamed, and nothing else.
  if (after !== null && before !== null && sayTheSame(before, after)) return
  // The same version by two commits in a row (a cherry-pick, a squash beside its branch): the older one made it.
  const newer = found.at(-1)
  if (newer?.after && after && sayTheSame(newer.after, after)) found.pop()
  found.push({ ...change, status: after === null ? 'deleted' : before === null ? 'created' : 'changed' })
}
