// Who may open the issue: the job whose claim is on the history branch first. A claim that no issue followed is taken over.

import { type Incident, isStale, openIncident } from '../drift/incident.ts'
import { closedRecord, incidentRecord, newIncidentId, type Recorder } from '../drift/incident-records.ts'
import type { IncidentRecord } from '../drift/records.ts'
import type { HistoryStore, KnownHistory } from '../ports.ts'

export type Claim =
  | Held
  /** Another job is opening it, or has opened it since the history was read. */
  | { readonly state: 'other'; readonly incident: Incident }
  | { readonly state: 'opened'; readonly incident: Incident }

/** `unclaimed`: the branch cannot be written, and only the list of issues keeps two from being opened. */
export type Held = { readonly state: 'mine' | 'unclaimed'; readonly incident: string; readonly at: string }

export type ClaimInput = {
  readonly by: Recorder
  readonly evalSets: readonly string[]
  /** An incident whose issue is gone for good; this one follows it. */
  readonly replacing: Incident | null
}

export async function claimIncident(history: HistoryStore, input: ClaimInput): Promise<Claim> {
  const { by } = input
  // Asked again whenever another writer came first: the last look at the branch is the one that counts.
  const looks: Look[] = []
  const written = await history.append((known) => {
    const look = lookAt(known, input)
    looks.push(look)
    return look.records
  })
  const look = looks.at(-1)
  if (look === undefined) throw new Error('the history was not asked')
  const { claim, found } = look
  if (look.isMine || (written.state === 'written' && written.added.includes(claim.id)))
    return { state: 'mine', incident: claim.incident, at: by.at }
  if (written.state === 'refused' || found === null) return { state: 'unclaimed', incident: claim.incident, at: by.at }
  return found.state === 'opened' ? { state: 'opened', incident: found } : { state: 'other', incident: found }
}

type Look = {
  readonly found: Incident | null
  readonly claim: IncidentRecord
  /** It is there already: the answer to an earlier attempt of this write was lost. */
  readonly isMine: boolean
  /** Empty where somebody holds the incident. */
  readonly records: readonly IncidentRecord[]
}

function lookAt({ records }: KnownHistory, { by, evalSets, replacing }: ClaimInput): Look {
  const found = openIncident(records, by.config)
  const claimOf = (incident: string) =>
    incidentRecord({ state: 'claimed', incident, issue: null, evalSets, worst: null }, by)
  const again = found === null ? null : claimOf(found.id)
  if (again !== null && records.some(({ id }) => id === again.id))
    return { found, claim: again, isMine: found?.state === 'claimed', records: [] }
  const isReplaced = found !== null && found.id === replacing?.id
  const isDead = found?.state === 'claimed' && isStale(found, Date.parse(by.at))
  const claim = again !== null && isDead && !isReplaced ? again : claimOf(newIncidentId(by))
  const kept = isReplaced && found !== null ? [closedRecord(found, by)] : []
  const isFree = found === null || isDead || isReplaced
  return { found, claim, isMine: false, records: isFree ? [...kept, claim] : [] }
}
