// Progress that people can read: calls done, spend so far, time left. A line in place on a terminal, now and then in CI.

import { formatUsd } from '../money.ts'
import type { Clock, Log } from '../ports.ts'
import { formatSeconds, formatUsd as shownUsd } from '../report/numbers.ts'

export type Progress = { step(): void; end(): void }

const EVERY_MS = 200

export function startProgress(of: { log: Log; clock: Clock; planned: number; spent: () => bigint }): Progress {
  const started = of.clock.now()
  let done = 0
  let shown = started
  const show = (now: number) => {
    const total = Math.max(of.planned, done)
    const left = done === 0 ? null : ((now - started) / done) * (total - done)
    const money = of.spent()
    const spend = money === 0n ? '' : `, ${shownUsd(formatUsd(money))} so far`
    of.log.progress(
      `${done} of ${total} calls${spend}${left === null || done >= total ? '' : `, about ${formatSeconds(left / 1000)} left`}`,
    )
  }
  return {
    step: () => {
      done += 1
      const now = of.clock.now()
      if (now - shown < EVERY_MS) return
      shown = now
      show(now)
    },
    end: () => {
      if (of.clock.now() - started >= EVERY_MS) show(of.clock.now())
    },
  }
}
