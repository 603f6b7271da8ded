// Keeps the garbage collector from taking memory that it does not need: left alone it lets a run of twenty thousand cases
// grow to three times what is alive, on runners where other jobs want it.

import { setFlagsFromString } from 'node:v8'

/** A text of this size is that of a large set of cases; a small run would pay for a small heap with time. */
const LARGE_TEXT_BYTES = 1_000_000

/** Before a text of `bytes` is read: the heap that it would grow is kept small from then on. */
export function expectText(bytes: number): void {
  if (bytes >= LARGE_TEXT_BYTES) keepHeapSmall()
}

/** Both are read at every collection, so that they may be set while the program runs; an unknown flag changes nothing. */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20') // the old generation grows by at most this beyond what is alive
  setFlagsFromString('--semi-space-growth-factor=1') // the young one stays as large as it is
}
