// `model-shutdown`: models in use that stop within 60 days, louder within 14. Needs no call.

import type { Finding } from '../domain.ts'
import { resolved } from '../policy/model-names.ts'
import { USES, type UsedModel } from '../policy/used-models.ts'
import type { Lifecycle } from '../prices/lifecycle.ts'
import { plural } from '../report/numbers.ts'
import { type KnownEnd, takenBack } from './book.ts'
import { daysUntil, type Ends, isScheduled, knownEnd } from './shutdowns.ts'

export const SOON_DAYS = 60
export const URGENT_DAYS = 14

export function shutdownFindings(used: readonly UsedModel[], ends: Ends, nowMs: number): readonly Finding[] {
  const byModel = new Map<string, UsedModel[]>()
  for (const use of used) byModel.set(use.id, [...(byModel.get(use.id) ?? []), use])
  const ofModels = [...byModel].flatMap(([id, uses]) => {
    const known = knownEnd(id, ends)
    return known === null ? [] : [...endFinding({ id, uses, known, nowMs }), ...conflictFinding(id, uses, known)]
  })
  const back = [...byModel].flatMap(([id, uses]) => takenBackFinding(id, uses, ends))
  return [...ofModels, ...back]
}

type Ending = {
  readonly id: string
  readonly uses: readonly UsedModel[]
  readonly known: KnownEnd
  readonly nowMs: number
}

function endFinding({ id, uses, known, nowMs }: Ending): readonly Finding[] {
  const { end } = known
  const days = daysUntil(end.shutdown, nowMs)
  if (days > SOON_DAYS) return []
  const scheduled = isScheduled(known)
  return [
    {
      ...about(uses),
      rule: 'model-shutdown',
      level: scheduled ? 'warn' : 'note',
      message: `${id}${described(uses)} ${scheduled ? scheduledEnd(end, days) : unsureEnd(known)} (${end.source}).`,
      threshold: `${days > URGENT_DAYS ? SOON_DAYS : URGENT_DAYS} days`,
      value: end.shutdown,
      remedy: scheduled ? remedyOf(end, days <= 0) : LOOK,
    },
  ]
}

/** What an end means, in more words the nearer it is. */
function scheduledEnd(end: Lifecycle, days: number): string {
  const { shutdown, precision, rerouted, replacement } = end
  const after =
    rerouted === true && replacement !== undefined
      ? `the provider answers with ${replacement} in its place, at the price of that model`
      : 'calls to it fail'
  if (precision === 'earliest') {
    return days > 0
      ? `stops on ${shutdown} at the earliest, in ${plural(days, 'day')}`
      : `was to stop on ${shutdown} at the earliest: it may be gone any day, and then ${after}`
  }
  if (days <= 0) return `was to stop on ${shutdown}: since then ${after}`
  if (days <= URGENT_DAYS) return `stops on ${shutdown}, in only ${plural(days, 'day')}: from then on ${after}`
  return `stops on ${shutdown}, in ${plural(days, 'day')}`
}

function unsureEnd({ end, clock, channel, noticeDays }: KnownEnd): string {
  if (clock === 'publisher' && end.tentative !== true)
    return `stops on ${end.shutdown} at its publisher; when ${channel ?? 'the channel it is reached through'} lets it go is not known`
  const notice = noticeDays === null ? '' : `, with a notice of at least ${plural(noticeDays, 'day')}`
  return `is only promised until ${end.shutdown}; an end is not announced${notice}`
}

const LOOK = 'Look at the page of whoever serves it.'

function remedyOf({ replacement }: Lifecycle, isOver: boolean): string {
  const when = isOver ? '' : ' before that day'
  if (replacement === undefined)
    return `Choose a successor, compare it under \`candidates:\` of the eval set, and move the pin${when}.`
  return `Compare ${replacement} under \`candidates:\` of the eval set, and move the pin${when}.`
}

function conflictFinding(id: string, uses: readonly UsedModel[], { end, conflict }: KnownEnd): readonly Finding[] {
  if (conflict === null || conflict.ours === null) return []
  const says = `${end.shutdown}${end.tentative === true ? ' at the earliest, not announced' : ''}`
  return [conflicting(id, uses, { feed: conflict.feed, says, ours: conflict.ours })]
}

function takenBackFinding(id: string, uses: readonly UsedModel[], ends: Ends): readonly Finding[] {
  const back = takenBack(ends.lifecycle, { id, stands: resolved(id, ends.models) })
  return back === null ? [] : [conflicting(id, uses, { ...back, says: 'that no end is scheduled' })]
}

type Conflict = { readonly feed: string; readonly says: string; readonly ours: Lifecycle }

/** The feed counts, and a reader is told that it does. */
function conflicting(id: string, uses: readonly UsedModel[], { feed, says, ours }: Conflict): Finding {
  return {
    ...about(uses),
    rule: 'model-shutdown',
    level: 'note',
    message: `About ${id} the feed ${feed} says ${says}, and our own table ${ours.shutdown} (${ours.source}). The feed counts.`,
    threshold: null,
    value: null,
    remedy: 'Look at the page of the provider if in doubt.',
  }
}

function about(uses: readonly UsedModel[]): Pick<Finding, 'evalSet' | 'evidence' | 'place'> {
  const sets = [...new Set(uses.flatMap(({ evalSet }) => (evalSet === null ? [] : [evalSet])))]
  const [first] = uses
  return {
    evalSet: sets.length === 1 ? (sets[0] ?? null) : null,
    ...(sets.length > 1 ? { evidence: sets.slice(0, 20) } : {}),
    ...(first === undefined ? {} : { place: first.place }),
  }
}

/** ` (a judge)`, where it is used as nothing else. */
function described(uses: readonly UsedModel[]): string {
  const words = [...new Set(uses.map(({ use }) => USES[use]))]
  return words.includes(null) ? '' : ` (${words.join(', ')})`
}
