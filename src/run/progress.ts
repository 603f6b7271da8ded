// Progress that people can read: for each eval set what is done, what failed, what it cost so far, how fast it goes, and how long
// it will take. In place on a terminal; in CI the sum, now and then.

import { formatUsd } from '../money.ts'
import type { Clock, Log, ProgressLine } from '../ports.ts'
import { formatCount, formatSeconds, plural, formatUsd as shownUsd } from '../report/numbers.ts'

export type Progress = {
  /** A run of a set is over. */
  step(evalSet: string, failed: boolean): void
  /** What a call of a set cost; null when that is not known. */
  spent(evalSet: string, pico: bigint | null): void
  end(): void
}

type Count = { planned: number; done: number; failed: number; pico: bigint }

const EVERY_MS = 200
/** A terminal has a height: of more sets the sum says how they do. */
const MOST_SETS = 12

export function startProgress(of: { log: Log; clock: Clock; planned: ReadonlyMap<string, number> }): Progress {
  const started = of.clock.now()
  const counts = new Map([...of.planned].map(([name, planned]) => [name, countOf(planned)] as const))
  let shown = started
  const count = (name: string): Count => {
    const there = counts.get(name) ?? countOf(0)
    counts.set(name, there)
    return there
  }
  const show = (nowMs: number) => {
    shown = nowMs
    of.log.progress(progressLines(counts, (nowMs - started) / 1000))
  }
  const showSometimes = () => {
    const nowMs = of.clock.now()
    if (nowMs - shown >= EVERY_MS) show(nowMs)
  }
  return {
    step: (evalSet, failed) => {
      const set = count(evalSet)
      set.done += 1
      if (failed) set.failed += 1
      showSometimes()
    },
    spent: (evalSet, pico) => {
      count(evalSet).pico += pico ?? 0n
    },
    end: () => {
      if (of.clock.now() - started >= EVERY_MS) show(of.clock.now())
    },
  }
}

const countOf = (planned: number): Count => ({ planned, done: 0, failed: 0, pico: 0n })

/** The last line is the sum; of one set it is the only one. */
export function progressLines(counts: ReadonlyMap<string, Count>, seconds: number): readonly ProgressLine[] {
  const sets = [...counts]
  const [first, ...rest] = sets
  if (first !== undefined && rest.length === 0) return [lineOf(first[0], first[1], seconds)]
  const all = sets.reduce((sum, [, one]) => plus(sum, one), countOf(0))
  const busy = sets.filter(([, one]) => one.done < one.planned)
  const shown = (sets.length <= MOST_SETS ? sets : busy.slice(0, MOST_SETS)).map(([name, one]) =>
    lineOf(name, one, seconds),
  )
  return [...shown, lineOf(`${sets.length} eval sets`, all, seconds)]
}

/** Re-runs come on top of what was planned: then as much is planned as is done. */
function plus(sum: Count, one: Count): Count {
  return {
    planned: sum.planned + Math.max(one.planned, one.done),
    done: sum.done + one.done,
    failed: sum.failed + one.failed,
    pico: sum.pico + one.pico,
  }
}

function lineOf(name: string, { planned, done, failed, pico }: Count, seconds: number): ProgressLine {
  const total = Math.max(planned, done)
  const rate = seconds > 0 ? done / seconds : 0
  const fast = rate < 10 ? rate.toFixed(1) : String(Math.round(rate))
  const left = rate === 0 || done >= total ? null : formatSeconds(Math.ceil((total - done) / rate))
  const lost = failed === 0 ? [] : [`${formatCount(failed)} failed`]
  const money = pico === 0n ? null : shownUsd(formatUsd(pico))
  const long = [
    `${formatCount(done)} of ${plural(total, 'run')} done`,
    ...lost,
    ...(money === null ? [] : [`${money} so far`]),
    ...(rate === 0 ? [] : [`${fast} a second`]),
    ...(left === null ? [] : [`about ${left} left`]),
  ]
  return {
    name,
    long: long.join(', '),
    figures: [`${formatCount(done)}/${formatCount(total)}`, ...lost, ...(money === null ? [] : [money])],
    more: [...(left === null ? [] : [`${left} left`]), ...(rate === 0 ? [] : [`${fast}/s`])],
  }
}
