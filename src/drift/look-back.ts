// After a set's own verdict, which this does not move: is its base what it was, and how far is its head from its anchor?

import { metricOf } from '../compare.ts'
import type { Result } from '../domain.ts'
import type { Context } from '../evaluate/pairs.ts'
import { chunks, runOne } from '../evaluate/pairs.ts'
import { LEVEL_ROUNDS } from '../plan/runs.ts'
import { type LevelDrop, type LevelPair, levelDrop } from '../stats/level-drop.ts'
import type { Anchor } from './anchor.ts'
import { caseMark, measureOf } from './key.ts'
import { type BaseToday, type Moved, movedSince } from './moved.ts'
import type { Past, SetPast } from './set-history.ts'
import type { Trend } from './trend.ts'

/** Of `gates.since`. */
export type Guard =
  | {
      readonly state: 'measured'
      readonly anchor: Pick<Anchor, 'name' | 'at' | 'commit' | 'runs'>
      readonly matched: number
      /** Cases of the head that the anchor does not know, new or edited since. */
      readonly unmatched: number
      readonly drop: LevelDrop
      /** Beyond the limit, and not by luck. */
      readonly proven: boolean
      /** Complete rounds of the head behind the level. */
      readonly rounds: number
      /** Ids of the cases that lost most. */
      readonly lost: readonly string[]
    }
  | { readonly state: 'unknown'; readonly why: string; readonly remedy: string }

export type LookBack = {
  readonly trend: Trend | null
  readonly guard: Guard | null
  /** With the ids of the cases in place of their keys. */
  readonly moved: Moved | null
  readonly issue: number | null
  /** Levels of cases that the verdict did not need: those that it has are with the runs. */
  readonly levels: ReadonlyMap<string, number>
}

/** One-sided 99 %: up to four looks, each may err. */
const MARGIN = 2.32635
/** Fewer of the cases in common, and the anchor is of another exam. */
const LEAST_SHARE = 0.5
const REPEATED = 0.9
const EVIDENCE = 10
const STEPS = { pass: 1, score: 20 } as const

export function createLookBack(past: Past): (context: Context) => Promise<LookBack | undefined> {
  const compared = [...past.sets.values()].filter((one) => one.stored.length > 0).length
  return async (context) => {
    const set = past.sets.get(context.plan.name)
    if (set === undefined) return undefined
    const moved = movedOf(context, set, compared)
    const levels = new Map<string, number>()
    if (set.recorded)
      for (const [id, values] of await filled(context, allIds(context)))
        if (values.length > 0) levels.set(id, meanOf(values))
    const guard = await guardOf(context, set)
    return { trend: set.trend, issue: set.issue, moved, guard, levels }
  }
}

// ------------------------------------------------------------------------------------------ the base

function movedOf(context: Context, { stored }: SetPast, sets: number): Moved | null {
  if (stored.length === 0) return null
  const { plan } = context
  const today = baseToday(context)
  if (today.levels.size === 0) return null
  const found = movedSince(stored, today, { sets, steps: STEPS[plan.head.compare] })
  if (found === null) return null
  const ids = new Map([...plan.cases.values()].map(({ kase }) => [caseMark(kase), kase.id]))
  return { ...found, movedCases: found.movedCases.flatMap((key) => ids.get(key) ?? []) }
}

/** Drawn in this run: of complete passes, since re-runs are a selection; the answer of a tie is the base's, too. */
function baseToday({ plan, ledger }: Context): BaseToday {
  const metric = metricOf(plan.head.compare)
  const levels = new Map<string, readonly number[]>()
  const [answered, fingerprints] = [new Set<string>(), new Set<string>()]
  for (const { kase, role, identical } of plan.cases.values()) {
    if (role !== 'paired' && role !== 'quarantined') continue
    const { base, head } = ledger.runsOf(kase.id)
    const drawn = identical ? head.filter(isTie) : base.filter((one) => isPass(one, plan.head.passes) && !isLent(one))
    const values = drawn.flatMap((one) => (one.state === 'scored' ? (metric(one) ?? []) : []))
    if (values.length > 0) levels.set(caseMark(kase), values)
    for (const { outcome } of drawn) {
      if (outcome.state !== 'answered') continue
      if (outcome.answer.model !== undefined) answered.add(outcome.answer.model)
      if (outcome.answer.fingerprint !== undefined) fingerprints.add(outcome.answer.fingerprint)
    }
  }
  function isLent(result: Result): boolean {
    return ledger.lentFor(result.trial) !== undefined
  }
  return { levels, answered: [...answered].sort(), fingerprints: [...fingerprints].sort() }
}

const isTie = ({ trial }: Result) => trial.step === 'identical'
const isPass = ({ trial }: Result, passes: number) => trial.step === 'pass' && trial.index < passes

// ------------------------------------------------------------------------------------------ the head

const allIds = ({ plan }: Context) =>
  [...plan.cases.values()].filter((one) => one.role !== 'quarantined').map((one) => one.kase.id)

async function guardOf(context: Context, { anchor: found }: SetPast): Promise<Guard | null> {
  const { plan } = context
  const limit = plan.gates.since?.maxDropPoints.limit
  if (found === null || limit === undefined) return null
  if (found.state === 'none') return { state: 'unknown', why: found.why, remedy: found.remedy }
  const { anchor } = found
  if (anchor.compare !== plan.head.compare || (anchor.measure !== null && anchor.measure !== measureOf(plan)))
    return unknown(`answers are scored in another way than at ${anchor.name}`)
  const ids = allIds(context)
  const matched = ids.filter((id) => levelAt(context, anchor, id) !== undefined)
  const few = tooFew(matched.length, { anchor, now: ids.length })
  if (few !== null) return few
  return measured(context, { anchor, matched, unmatched: ids.length - matched.length, limit: limit / 100 })
}

function tooFew(matched: number, { anchor, now }: { anchor: Anchor; now: number }): Guard | null {
  if (matched > 0 && matched >= LEAST_SHARE * Math.max(now, anchor.cases)) return null
  return unknown(`only ${matched} of ${now} cases are what they were at ${anchor.name} (${anchor.cases} cases then)`)
}

const unknown = (why: string): Guard => ({
  ...{ state: 'unknown', why },
  remedy: 'Make a new anchor: accept the present level (`prompt-parity drift accept`), or release.',
})

function levelAt({ plan }: Context, anchor: Anchor, id: string): number | undefined {
  const kase = plan.cases.get(id)?.kase
  return kase === undefined ? undefined : anchor.levels.get(caseMark(kase))
}

type Matched = {
  readonly anchor: Anchor
  readonly matched: readonly string[]
  readonly unmatched: number
  readonly limit: number
}

/** Where the point is beyond the limit and may be luck, the head runs again, all of it, so that no case is selected. */
async function measured(context: Context, { anchor, matched, unmatched, limit }: Matched): Promise<Guard> {
  const runs = await filled(context, matched)
  for (let round = 1; ; round += 1) {
    const pairs = whole(
      matched.flatMap((id) => {
        const [earlier, now] = [levelAt(context, anchor, id), runs.get(id) ?? []]
        return earlier === undefined || now.length === 0 ? [] : [{ id, earlier, runs: anchor.runs, now }]
      }),
    )
    const few = tooFew(pairs.length, { anchor, now: matched.length + unmatched })
    if (few !== null) return few
    const drop = levelDrop(pairs)
    const proven = drop.drop - MARGIN * drop.se > limit
    const result = (): Guard => ({
      ...{ state: 'measured', anchor, unmatched, drop, proven, rounds: round },
      ...{ matched: pairs.length, lost: lostCases(pairs) },
    })
    if (proven || drop.drop <= limit + 1e-9 || round > LEVEL_ROUNDS) return result()
    const made = await levelRuns(context, matched, round)
    if (made.size === 0) return result()
    for (const [id, value] of made) runs.set(id, [...(runs.get(id) ?? []), value])
  }
}

type Pair = LevelPair & { readonly id: string }

/** A call that was lost in a further round must not hide the spread that the others show. */
function whole(pairs: readonly Pair[]): readonly Pair[] {
  const repeated = pairs.filter(({ now }) => now.length > 1)
  return repeated.length >= REPEATED * pairs.length ? repeated : pairs
}

function lostCases(pairs: readonly Pair[]): readonly string[] {
  return pairs
    .map(({ id, earlier, now }) => ({ id, loss: earlier - meanOf(now) }))
    .filter((one) => one.loss >= 0.5)
    .sort((a, b) => b.loss - a.loss)
    .slice(0, EVIDENCE)
    .map((one) => one.id)
}

/** The levels of complete passes; cases that the verdict left unrun are run once. */
async function filled(context: Context, ids: readonly string[]): Promise<Map<string, readonly number[]>> {
  const { plan, ledger } = context
  const metric = metricOf(plan.head.compare)
  const runs = new Map<string, readonly number[]>()
  for (const id of ids) {
    const own = ledger.runsOf(id).head.filter((one) => isTie(one) || isPass(one, plan.head.passes))
    if (own.length > 0)
      runs.set(
        id,
        own.flatMap((one) => (one.state === 'scored' ? (metric(one) ?? []) : [])),
      )
  }
  const made = await levelRuns(
    context,
    ids.filter((id) => !runs.has(id)),
    0,
  )
  for (const [id, value] of made) runs.set(id, [value])
  return runs
}

async function levelRuns(context: Context, ids: readonly string[], index: number): Promise<Map<string, number>> {
  const { plan } = context
  const metric = metricOf(plan.head.compare)
  const values = new Map<string, number>()
  for (const chunk of chunks(ids)) {
    const made = await Promise.all(
      chunk.map((caseId) => runOne(context, { evalSet: plan.name, caseId, side: 'head', step: 'level', index })),
    )
    for (const one of made) {
      const value = one.state === 'scored' ? metric(one) : null
      if (value !== null) values.set(one.trial.caseId, value)
    }
  }
  return values
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
