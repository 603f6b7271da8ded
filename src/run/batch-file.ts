// Which batches are with a provider, and which were collected for a run that goes on: stands in the state directory, so that a later
// job with the same questions takes the answers instead of asking again.

import type { Clock, Store } from '../ports.ts'
import { listAt, parseJson, textAt } from '../targets/outside.ts'

export const BATCHES_FILE = 'batches.jsonl'

/** Providers forget batches after weeks; what is older was given up. */
const MOST_AGE_MS = 3 * 24 * 60 * 60 * 1000

/** The ids are those of its lines. */
export type Batch = { readonly id: string; readonly ids: readonly string[] }

/** The job that handed a batch over: when it began, and whose configuration it ran. */
export type Origin = { readonly at: string; readonly config: string }

/** One that is with a provider. `isCollected`: a job before this one has had the answers, and has paid for them. */
export type Known = Batch & { readonly origin: Origin | null; readonly isCollected: boolean }

export type BatchesKnown = {
  /** Of each line its batches, in the order in which they were made: a second one is another draw, or a second attempt. */
  readonly byLine: Map<string, Known[]>
  /** When the last job began whose answers to an eval set are used up. */
  overAt(config: string, evalSet: string): string | null
  /** Calls of orders that were under way when a process was killed: whether they stand, nobody knows. Told once. */
  readonly lost: number
}

export async function readKnown(store: Store, nowMs: number): Promise<BatchesKnown> {
  const batches = new Map<string, Known>()
  const over = new Map<string, string>()
  const intents = new Map<string, number>()
  for (const row of await store.readLines(BATCHES_FILE)) {
    const line = parseJson(row)
    const [id, collected, when] = [textAt(line, 'batch'), textAt(line, 'collected'), textAt(line, 'at')]
    const origin = originIn(line)
    const [ids, settled] = [listAt(line, 'ids').map(String), textAt(line, 'settled')]
    if (textAt(line, 'ordering') !== undefined) intents.set(ids[0] ?? '', ids.length)
    else intents.delete(settled ?? ids[0] ?? '')
    const before = collected === undefined ? undefined : batches.get(collected)
    if (before !== undefined) batches.set(before.id, { ...before, isCollected: true })
    if (origin !== null)
      for (const name of listAt(line, 'over')) {
        const key = keyOf(origin.config, String(name))
        over.set(key, latest(origin.at, over.get(key) ?? null))
      }
    if (id === undefined || when === undefined || nowMs - Date.parse(when) > MOST_AGE_MS) continue
    batches.set(id, { id, ids, origin, isCollected: false })
  }
  for (const first of intents.keys()) store.append(BATCHES_FILE, settledLine(first))
  const byLine = new Map<string, Known[]>()
  for (const batch of batches.values())
    for (const line of batch.ids) {
      const there = byLine.get(line)
      if (there === undefined) byLine.set(line, [batch])
      else there.push(batch)
    }
  const lost = [...intents.values()].reduce((sum, count) => sum + count, 0)
  return { byLine, lost, overAt: (config, evalSet) => over.get(keyOf(config, evalSet)) ?? null }
}

function originIn(line: ReturnType<typeof parseJson>): Origin | null {
  const [at, config] = [textAt(line, 'run', 'at'), textAt(line, 'run', 'config')]
  return at === undefined || config === undefined ? null : { at, config }
}

const keyOf = (config: string, evalSet: string) => JSON.stringify([config, evalSet])

/** Of two times as we write them. */
export const latest = (one: string, other: string | null): string => (other !== null && other > one ? other : one)

const settledLine = (first: string) => JSON.stringify({ settled: first })

/** Before an order goes out; what became of it follows. */
export async function noteOrdering(store: Store, clock: Clock, ids: readonly string[]): Promise<void> {
  store.append(BATCHES_FILE, JSON.stringify({ ordering: new Date(clock.now()).toISOString(), ids }))
  await store.flush()
}

/** It was refused, or this run has counted it as one that may be billed. */
export async function noteNotHandedOver(store: Store, [first = '']: readonly string[]): Promise<void> {
  store.append(BATCHES_FILE, settledLine(first))
  await store.flush()
}

export async function noteHandedOver(store: Store, clock: Clock, { id, ids, origin }: Known): Promise<void> {
  const run = origin === null ? {} : { run: origin }
  store.append(BATCHES_FILE, JSON.stringify({ batch: id, at: new Date(clock.now()).toISOString(), ...run, ids }))
  await store.flush()
}

/** Before an answer of it is used: what was used may not pass for new later. */
export async function noteCollected(store: Store, { id }: Batch): Promise<void> {
  store.append(BATCHES_FILE, JSON.stringify({ collected: id }))
  await store.flush()
}

/** Of eval sets whose run came to its end: what was collected for it serves no other. */
export async function noteOver(store: Store, run: Origin, evalSets: readonly string[]): Promise<void> {
  if (evalSets.length === 0) return
  store.append(BATCHES_FILE, JSON.stringify({ over: evalSets, run: { at: run.at, config: run.config } }))
  await store.flush()
}
