// The head against its anchor: what `gates.since` asks for. It runs what the verdict of the set left unrun, and the head again where
// its level lies beyond the limit and could be luck.

import { metricOf } from '../compare.ts'
import type { Result } from '../domain.ts'
import type { Context } from '../evaluate/pairs.ts'
import { chunks, runOne } from '../evaluate/pairs.ts'
import { isTooMany } from '../gate/score/levels.ts'
import { LEVEL_ROUNDS } from '../plan/runs.ts'
import { type LevelDrop, type LevelPair, levelDrop } from '../stats/level-drop.ts'
import { normQuantile } from '../stats/normal.ts'
import type { Anchor } from './anchor.ts'
import { caseMark, measureOf } from './key.ts'
import type { SetPast } from './set-history.ts'

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
  | {
      readonly state: 'unknown'
      readonly why: string
      readonly remedy: string
      /** Where it is unknown because too many of the head's answers were lost. */
      readonly unanswered?: { readonly cases: readonly string[]; readonly of: number }
    }

/** One-sided, shared by the guarded sets of a run; up to four looks, of which each may err. */
const LEVEL = 0.01
/** Fewer of the cases in common, and the anchor is of another exam. */
const LEAST_SHARE = 0.5
const REPEATED = 0.9
const EVIDENCE = 10

export const allIds = ({ plan }: Context) =>
  [...plan.cases.values()].filter((one) => one.role !== 'quarantined').map((one) => one.kase.id)

/** @param guarded sets of the run that have an anchor */
export async function guardOf(context: Context, { anchor: found }: SetPast, guarded: number): Promise<Guard | null> {
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
  const margin = -normQuantile(LEVEL / Math.max(1, guarded))
  return measured(context, { anchor, matched, unmatched: ids.length - matched.length, limit: limit / 100, margin })
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
  /** Standard errors. */
  readonly margin: number
}

/** Where the point is beyond the limit and may be luck, the head runs again, all of it, so that no case is selected. */
async function measured(context: Context, { anchor, matched, unmatched, limit, margin }: Matched): Promise<Guard> {
  const runs = await filled(context, matched)
  const unanswered = matched.filter((id) => (runs.get(id) ?? []).length === 0)
  if (isTooMany(unanswered.length, matched.length))
    return {
      ...{ state: 'unknown', why: `${unanswered.length} of ${matched.length} cases have no answer of the head` },
      ...{ remedy: 'Run it again when the provider answers.', unanswered: { cases: unanswered, of: matched.length } },
    }
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
    const proven = drop.drop - margin * drop.se > limit
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
export async function filled(context: Context, ids: readonly string[]): Promise<Map<string, readonly number[]>> {
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

export const isTie = ({ trial }: Result) => trial.step === 'identical'
export const isPass = ({ trial }: Result, passes: number) => trial.step === 'pass' && trial.index < passes
