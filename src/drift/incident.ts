// The life of the one issue, as data: which incident is open by the records, and what a run changes about it. Pure.

import type { EndedSeries } from './ended.ts'
import type { AcceptRecord, HistoryRecord, IncidentRecord } from './records.ts'
import type { DriftReport, DriftSet } from './report.ts'

/** A claim without an issue is anybody's after this: its job died before it could open one. */
export const CLAIM_MINUTES = 15

export type Incident = {
  readonly id: string
  readonly state: 'claimed' | 'opened'
  readonly issue: number | null
  /** What the issue tells of. */
  readonly evalSets: readonly string[]
  readonly worst: number | null
  /** Those whose series ended in drift, as the issue tells. */
  readonly ended: readonly string[]
  /** When it began. */
  readonly from: string
  /** Time of its last record. */
  readonly at: string
}

/**
 * The open incident of a configuration. Records may come in any order and more than once: closed outweighs opened, and opened
 * a claim, so that all readers see the same one. Of several the oldest.
 */
export function openIncident(records: readonly HistoryRecord[], config: string): Incident | null {
  const byId = new Map<string, IncidentRecord[]>()
  for (const record of records) {
    if (record.kind !== 'incident' || (record.config ?? config) !== config) continue
    byId.set(record.incident, [...(byId.get(record.incident) ?? []), record])
  }
  const open = [...byId.values()].flatMap(incidentOf)
  const rank = (one: Incident) => (one.state === 'opened' ? 0 : 1)
  return open.sort((a, b) => rank(a) - rank(b) || compare(a.from, b.from) || compare(a.id, b.id))[0] ?? null
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function incidentOf(records: readonly IncidentRecord[]): readonly Incident[] {
  if (records.some(({ state }) => state === 'closed')) return []
  const inOrder = [...records].sort((a, b) => compare(a.at, b.at) || compare(a.id, b.id))
  const last = inOrder.findLast(({ state }) => state === 'opened') ?? inOrder.at(-1)
  const [first] = inOrder
  if (last === undefined || first === undefined) return []
  const { incident: id, issue, evalSets, at } = last
  const state = last.state === 'opened' ? 'opened' : 'claimed'
  return [{ id, state, issue, evalSets, worst: last.worst ?? null, ended: last.ended ?? [], from: first.at, at }]
}

/** A claim from the future is no better than an old one: the clock of its runner was wrong. */
export function isStale(claim: Pick<Incident, 'at'>, nowMs: number): boolean {
  return !(Math.abs(nowMs - Date.parse(claim.at)) < CLAIM_MINUTES * 60_000)
}

/** Why a set is no longer part of the incident. */
export type Leaving = {
  readonly evalSet: string
  /**
   * `new-content`: what is asked was changed while it drifted, and the new content is inside a band of its own. `new-baseline`: the
   * one that it drifted from is not known any more. Neither is a recovery.
   */
  readonly how: 'recovered' | 'accepted' | 'new-content' | 'new-baseline' | 'removed'
  /** The accept that ended it. */
  readonly accept: AcceptRecord | null
}

/** Nobody saw it recover, accepted it or took it away: the issue is closed for want of anything to measure. */
export const isUnseen = ({ left }: Pick<IncidentStep, 'left'>): boolean =>
  left.some(({ how }) => how === 'new-content' || how === 'new-baseline')

export type IncidentStep = {
  /** Part of the incident after this run, in order. */
  readonly evalSets: readonly string[]
  readonly joined: readonly string[]
  /** Part of it, and ended in drift by another content; what is new among them is to be told. */
  readonly ended: readonly string[]
  readonly newlyEnded: readonly string[]
  readonly left: readonly Leaving[]
  readonly worse: boolean
  /** Points of the deepest fall now; null when no set of the incident could be measured. */
  readonly worst: number | null
}

export type StepInput = {
  readonly incident: Incident | null
  readonly report: DriftReport
  readonly records: readonly HistoryRecord[]
  /** Names of all eval sets of the configuration: one of the incident that is not among them was removed. */
  readonly known?: readonly string[]
  /** Sets whose last series ended in drift, by the history. */
  readonly ended?: ReadonlyMap<string, EndedSeries>
}

/** What this run changes about the incident; without one, what would open it. */
export function incidentStep({ incident, report, records, known, ended: found }: StepInput): IncidentStep {
  const sets = new Map(report.sets.map((set) => [set.evalSet, set]))
  const told = new Set(incident?.ended)
  const isEnded = (name: string) => told.has(name) || found?.has(name) === true
  const drifting = report.sets.filter(({ state }) => state === 'drift').map(({ evalSet }) => evalSet)
  const before = incident?.evalSets ?? []
  const accepts = records.filter((one) => one.kind === 'accept').filter(({ at }) => at >= (incident?.from ?? ''))
  const from = incident?.from ?? ''
  const left = before.flatMap((evalSet) =>
    leavingOf(evalSet, { set: sets.get(evalSet), accepts, known, isEnded: isEnded(evalSet), from }),
  )
  const gone = new Set(left.map(({ evalSet }) => evalSet))
  const joined = [...new Set(drifting.filter((name) => !before.includes(name)))].sort()
  const evalSets = [...before.filter((name) => !gone.has(name)), ...joined].sort()
  const ended = evalSets.filter((name) => isEnded(name) && sets.get(name)?.state !== 'drift')
  const newlyEnded = ended.filter((name) => !told.has(name))
  const falls = evalSets.flatMap((name) => fallOf(sets.get(name)))
  const worst = falls.length === 0 ? null : Math.max(...falls.map(({ drop }) => drop))
  const worse = incident !== null && falls.some(isWorse(incident.worst))
  return { evalSets, joined, left, ended, newlyEnded, worse, worst }
}

type Standing = {
  readonly set: DriftSet | undefined
  readonly accepts: readonly AcceptRecord[]
  readonly known: readonly string[] | undefined
  readonly isEnded: boolean
  /** When the incident began. */
  readonly from: string
}

/** A set that could not be measured, is suspect, or has just a new baseline, stays: no data is no recovery. */
function leavingOf(evalSet: string, { set, accepts, known, isEnded, from }: Standing): readonly Leaving[] {
  if (set === undefined) {
    const removed = known !== undefined && !known.includes(evalSet)
    return removed ? [{ evalSet, how: 'removed', accept: null }] : []
  }
  if (set.state === 'drift') return []
  const accept = accepts.findLast(({ evalSets }) => evalSets.includes(evalSet)) ?? null
  if (accept !== null) return [{ evalSet, how: 'accepted', accept }]
  if (set.state !== 'recovered' && set.state !== 'in-band') return []
  if (isEnded) return [{ evalSet, how: 'new-content', accept: null }]
  const isYounger = set.baseline !== null && Date.parse(set.baseline.at) > Date.parse(from)
  return [{ evalSet, how: isYounger ? 'new-baseline' : 'recovered', accept: null }]
}

type Fall = { readonly drop: number; readonly sd: number }

function fallOf(set: DriftSet | undefined): readonly Fall[] {
  if (set === undefined || set.state !== 'drift' || set.score === null || set.baseline === null) return []
  return [{ drop: set.baseline.score - set.score, sd: set.baseline.sd }]
}

/** Standard deviations of the difference of two runs: told anew only when it is no noise of the run that was told. */
const WORSE_SD = 3
const WORSE_POINTS = 3

function isWorse(told: number | null) {
  return ({ drop, sd }: Fall) => told !== null && drop - told > Math.max(WORSE_POINTS, WORSE_SD * Math.SQRT2 * sd)
}
