// Which batches are with a provider: stands in the state directory, so that a later run with the same questions collects the answers
// instead of asking again.

import type { Clock, Store } from '../ports.ts'
import { listAt, parseJson, textAt } from '../targets/outside.ts'

export const BATCHES_FILE = 'batches.jsonl'

/** Providers forget batches after weeks; what is older was given up. */
const MOST_AGE_MS = 3 * 24 * 60 * 60 * 1000

/** The ids are those of its lines. */
export type Batch = { readonly id: string; readonly ids: readonly string[] }

/** Of each line that is handed over and not collected: its batch. */
export async function readOpen(store: Store, nowMs: number): Promise<Map<string, Batch>> {
  const batches = new Map<string, Batch>()
  for (const row of await store.readLines(BATCHES_FILE)) {
    const line = parseJson(row)
    const [id, collected, when] = [textAt(line, 'batch'), textAt(line, 'collected'), textAt(line, 'at')]
    if (collected !== undefined) batches.delete(collected)
    if (id === undefined || when === undefined || nowMs - Date.parse(when) > MOST_AGE_MS) continue
    batches.set(id, { id, ids: listAt(line, 'ids').map(String) })
  }
  return new Map([...batches.values()].flatMap((batch) => batch.ids.map((line) => [line, batch] as const)))
}

export async function noteHandedOver(store: Store, clock: Clock, { id, ids }: Batch): Promise<void> {
  store.append(BATCHES_FILE, JSON.stringify({ batch: id, at: new Date(clock.now()).toISOString(), ids }))
  await store.flush()
}

export async function noteCollected(store: Store, { id }: Batch): Promise<void> {
  store.append(BATCHES_FILE, JSON.stringify({ collected: id }))
  await store.flush()
}
