// What happened to an eval set beside its scores: other models that answered, merges, new content, accepts.

import { formatPoints } from '../report/numbers.ts'
import type { BaselineRecord, RunRecord } from './records.ts'
import type { SetSeries } from './series.ts'

export type Happening = {
  readonly kind: 'model' | 'fingerprint' | 'tier' | 'content' | 'baseline' | 'merge' | 'accept' | 'drift'
  /** ISO 8601, UTC. */
  readonly at: string
  readonly text: string
}

/** Oldest first. */
export function happeningsOf(set: SetSeries): readonly Happening[] {
  const all = [
    ...providerHappenings(set.pinned),
    ...contentHappenings(set.pinned),
    ...departures(set.pinned),
    ...set.merges.map(mergeHappening),
    ...set.baselines.filter(isWhole).map(({ at, runs, figures }): Happening => {
      return { kind: 'baseline', at, text: `baseline of ${runs} runs, ${formatPoints(figures.score)} points` }
    }),
    ...set.accepts.map(({ at, reason, actor }): Happening => {
      return { kind: 'accept', at, text: `accepted${actor === null ? '' : ` by ${actor}`}: ${reason}` }
    }),
  ]
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** A baseline that is spread over days is written anew each day: the last of them is told. */
function isWhole({ key }: BaselineRecord, at: number, all: readonly BaselineRecord[]): boolean {
  const next = all[at + 1]
  return next === undefined || next.key !== key || next.runs <= (all[at]?.runs ?? 0)
}

function mergeHappening({ at, commit, pr, figures }: RunRecord): Happening {
  const what = pr === undefined || pr === null ? `commit ${commit.slice(0, 7)}` : `#${pr} (${commit.slice(0, 7)})`
  return { kind: 'merge', at, text: `merged ${what}, ${formatPoints(figures.score)} points` }
}

function* providerHappenings(runs: readonly RunRecord[]): Generator<Happening> {
  const fingerprints = new Set(runs[0]?.figures.fingerprints)
  let [answered, tiers] = [runs[0]?.figures.answered ?? [], runs[0]?.figures.tiers ?? []]
  for (const { at, figures } of runs.slice(1)) {
    if (isOther(answered, figures.answered))
      yield { kind: 'model', at, text: change('answered by', answered, figures.answered) }
    if (isOther(tiers, figures.tiers)) yield { kind: 'tier', at, text: change('service tier', tiers, figures.tiers) }
    // Providers serve several at a time: only one that was never seen tells something.
    const unseen = figures.fingerprints.filter((one) => !fingerprints.has(one))
    if (unseen.length > 0 && fingerprints.size > 0)
      yield { kind: 'fingerprint', at, text: `new fingerprint ${unseen.join(', ')}` }
    for (const one of unseen) fingerprints.add(one)
    if (figures.answered.length > 0) answered = figures.answered
    if (figures.tiers.length > 0) tiers = figures.tiers
  }
}

const isOther = (before: readonly string[], now: readonly string[]) =>
  before.length > 0 && now.length > 0 && before.join('\n') !== now.join('\n')

const change = (what: string, before: readonly string[], now: readonly string[]) =>
  `${what} ${now.join(', ')} instead of ${before.join(', ')}`

function* contentHappenings(runs: readonly RunRecord[]): Generator<Happening> {
  let before = runs[0]
  for (const run of runs.slice(1)) {
    if (before !== undefined && run.key !== before.key) {
      const prompt =
        run.prompt !== before.prompt
          ? `prompt version ${run.prompt?.slice(0, 12) ?? 'unknown'}`
          : 'other cases or scorers'
      yield { kind: 'content', at: run.at, text: `new content: ${prompt}` }
    }
    before = run
  }
}

/** Only where the state changes: a drift that lasts is one. */
function* departures(runs: readonly RunRecord[]): Generator<Happening> {
  let inDrift = false
  for (const { at, monitor } of runs) {
    if (monitor === undefined) continue
    const now = monitor.state === 'drift'
    if (now && !inDrift) yield { kind: 'drift', at, text: 'drift confirmed' }
    if (!now && inDrift && monitor.state === 'in-band') yield { kind: 'drift', at, text: 'back inside the band' }
    if (now || monitor.state === 'in-band') inDrift = now
  }
}
