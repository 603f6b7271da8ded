// Keeps the garbage collector from taking memory that it does not need: left alone it lets a run of twenty thousand cases
// grow to three times what is alive, on runners where other jobs want it.

import { setFlagsFromString } from 'node:v8'

/** Both are read at every collection, so that they may be set while the program runs; an unknown flag changes nothing. */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=30') // the old generation grows by at most this beyond what is alive
  setFlagsFromString('--semi-space-growth-factor=1') // the young one stays as large as the start has made it
}

/** For a run whose set is large: its heap is collected often enough, and what it may grow by counts. */
export function keepHeapSmaller(): void {
  setFlagsFromString('--heap-growing-percent=20')
}
