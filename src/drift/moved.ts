// Whether the base of a change answers as it did when it was recorded. Nothing in a commit can move it: if it moved, the provider did.

import { permWorse } from '../stats/permutation.ts'
import type { Figures } from './records.ts'
import type { StoredRun } from './stored-runs.ts'

/** The base's runs of today: levels by the key of the case, and who answered. */
export type BaseToday = Pick<StoredRun, 'levels' | 'answered' | 'fingerprints'>

export type Moved = {
  /** The last stored run that still answered as before, ISO 8601. */
  readonly since: string
  /** Runs of a case that are compared with: all before that moment. */
  readonly runs: number
  readonly cases: number
  /** Points on 0-100 over the cases that both have. */
  readonly before: number
  readonly now: number
  /** Two-sided, after as many looks as were taken. */
  readonly p: number
  /** Keys of the cases that moved most, those that went with the mean first. */
  readonly movedCases: readonly string[]
  readonly answered: { readonly before: Figures['answered']; readonly now: Figures['answered'] }
  readonly fingerprints: { readonly before: Figures['fingerprints']; readonly now: Figures['fingerprints'] }
}

/** Chance of a false saying, for all sets of a run together. */
const LEVEL = 0.001
/** Today alone must lean the same way: what was over before today is no news. */
const TODAY = 0.05
const EVIDENCE = 10

/**
 * The exact test within cases of the score gate, two-sided, for every moment at which the answers may have changed; the most
 * unlikely one counts, at the price of all of them.
 *
 * @param stored oldest first
 * @param sets compared in this run
 */
export function movedSince(
  stored: readonly StoredRun[],
  today: BaseToday,
  { sets, steps }: { readonly sets: number; readonly steps: number },
): Moved | null {
  const looks = stored.map((last, at) => {
    const [before, after] = [stored.slice(0, at + 1), stored.slice(at + 1)]
    return { last, before, p: pOf(before, [...after, today], steps) }
  })
  const best = looks.reduce<(typeof looks)[number] | null>(
    (least, one) => (least === null || twoSided(one.p) < twoSided(least.p) ? one : least),
    null,
  )
  if (best === null) return null
  const p = Math.min(1, twoSided(best.p) * looks.length)
  const alone = pOf(best.before, [today], steps)
  const leans = best.p < 0.5 ? alone <= TODAY : 1 - alone <= TODAY
  return p * sets > LEVEL || !leans ? null : describe(best.before, today, { p, since: best.last.at })
}

const twoSided = (p: number) => 2 * Math.min(p, 1 - p)

type Levels = Pick<StoredRun, 'levels'>

/** Small = worse after than before. */
function pOf(before: readonly Levels[], after: readonly Levels[], steps: number): number {
  const names = new Set(before.flatMap((one) => [...one.levels.keys()]))
  const runsOf = (list: readonly Levels[], name: string) =>
    list.flatMap((one) => one.levels.get(name) ?? []).map((level) => Math.round(level * steps))
  return permWorse(
    [...names].flatMap((name) => {
      const [base, head] = [runsOf(before, name), runsOf(after, name)]
      return base.length === 0 || head.length === 0 ? [] : [{ base, head }]
    }),
  ).midP
}

function describe(
  stored: readonly StoredRun[],
  today: BaseToday,
  { p, since }: { readonly p: number; readonly since: string },
): Moved {
  const cases = [...today.levels].flatMap(([name, now]) => {
    const before = stored.flatMap((one) => one.levels.get(name) ?? [])
    return before.length === 0 ? [] : [{ name, runs: before.length, was: meanOf(before), now: meanOf(now) }]
  })
  const [was, now] = [meanOf(cases.map((one) => one.was)), meanOf(cases.map((one) => one.now))]
  const direction = now < was ? 1 : -1
  const movedCases = cases
    .map((one) => ({ name: one.name, by: direction * (one.was - one.now) }))
    .filter((one) => one.by >= 0.5)
    .sort((a, b) => b.by - a.by)
    .slice(0, EVIDENCE)
    .map((one) => one.name)
  const last = stored.at(-1)
  return {
    ...{ since, p, movedCases },
    runs: Math.max(...cases.map((one) => one.runs)),
    cases: cases.length,
    before: 100 * was,
    now: 100 * now,
    answered: { before: last?.answered ?? [], now: today.answered },
    fingerprints: { before: last?.fingerprints ?? [], now: today.fingerprints },
  }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
