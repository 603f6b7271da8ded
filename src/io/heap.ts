// Keeps the garbage collector from taking memory that it does not need: left alone it lets a run of twenty thousand cases
// grow to three times what is alive, on runners where other jobs want it. For large sets only: it costs time.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A text of this size is that of a large set of cases. */
const LARGE_TEXT_BYTES = 1_000_000
/** Of the whole process; Node itself has some 60 MB of it. */
const ROOMY_BYTES = 230_000_000
/** What may come on top of what was left the last time. */
const GROWTH = 1.1

/** Null until the set is known to be a large one. */
let memory: { readonly collect: () => void; limit: number } | null = null

export const isLargeText = (bytes: number) => bytes >= LARGE_TEXT_BYTES

/** Before a text of `bytes` is read: the heap that it would grow is kept small from then on. */
export function expectText(bytes: number): void {
  if (isLargeText(bytes)) keepHeapSmall()
}

/** The first two are read at every collection, so that they may be set while the program runs; an unknown flag changes nothing. */
export function keepHeapSmall(): void {
  if (memory !== null) return
  setFlagsFromString('--heap-growing-percent=20') // the old generation grows by at most this beyond what is alive
  setFlagsFromString('--semi-space-growth-factor=1') // the young one stays as large as it is
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as ((options: object) => void) | undefined
  memory = { collect: () => gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }), limit: ROOMY_BYTES }
}

/**
 * Between the parts of long work: signals and timers have their turn, and memory that is free goes back. V8 keeps the pages
 * that a collection has freed, up to a third of all, and gives them back in one as a last resort.
 */
export async function rest(): Promise<void> {
  if (memory === null) return
  await new Promise((resolve) => setTimeout(resolve, 0))
  if (process.memoryUsage.rss() < memory.limit) return
  memory.collect()
  memory.limit = Math.max(ROOMY_BYTES, GROWTH * process.memoryUsage.rss())
}
