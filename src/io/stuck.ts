// The end of a process that was told to end, and does nothing but wait: for git, a network or a disk that does not answer.

import { EXIT } from '../errors.ts'

const LONGEST_WAIT_MS = 6000
const BUSY = 0.05

/** @param isOver nobody waits any more: it is at its own end */
export function endWhenStuck(isOver: () => boolean): void {
  let before = performance.eventLoopUtilization()
  const look = () => {
    const { utilization } = performance.eventLoopUtilization(before)
    before = performance.eventLoopUtilization()
    if (isOver() || utilization > BUSY) return
    process.stderr.write(
      'error: the run was interrupted, and what it waits for does not end. Run the same command again.\n',
    )
    process.exit(EXIT.notMeasured)
  }
  setInterval(look, LONGEST_WAIT_MS).unref()
}
