// Opens the issue: claim, look, create, look again.

import { confirmations } from '../drift/earlier-events.ts'
import { CLAIM_MINUTES, type Incident, type IncidentStep } from '../drift/incident.ts'
import { incidentRecord } from '../drift/incident-records.ts'
import type { IncidentRecord } from '../drift/records.ts'
import { GitHubFailure, type Issue } from '../ports.ts'
import { incidentOfBody, renderDriftBody, renderDriftTitle } from '../report/drift-issue.ts'
import { claimIncident, type Held } from './drift-claim.ts'
import { type Desk, failed, type PublishedDrift, stepOf } from './drift-issue.ts'
import { adopted, isLive, keepLowest, ownIssues } from './drift-own.ts'
import { updateIssue } from './drift-update.ts'
import { patientWrite } from './patient-write.ts'

const LABELS = ['drift'] as const

/** @param replacing an incident whose issue is gone for good */
export async function openIssue(desk: Desk, replacing: Incident | null): Promise<PublishedDrift> {
  const before = replacing === null ? null : stepOf(desk, replacing).evalSets
  const evalSets = before ?? stepOf(desk, null).evalSets
  const claim = await claimIncident(desk.history, { by: desk.by, evalSets, replacing })
  if (claim.state === 'opened') return updateIssue(desk, claim.incident)
  if (claim.state === 'other') {
    const note = 'Another run has found drift at the same moment and opens the issue.'
    return { status: 'unchanged', number: null, url: null, note, records: [] }
  }
  try {
    return await openClaimed(desk, claim, evalSets)
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error
    return { ...failed(error), records: claim.state === 'mine' ? [released(desk, claim)] : [] }
  }
}

/** Given up, so that the next run need not wait until the claim is stale. */
function released({ by }: Desk, { incident }: Held): IncidentRecord {
  return incidentRecord({ state: 'closed', incident, issue: null, evalSets: [], worst: null }, by)
}

async function openClaimed(desk: Desk, claim: Held, evalSets: readonly string[]): Promise<PublishedDrift> {
  const found = await ownIssues(desk, 'all')
  const live = found.find(({ state }) => state === 'open') ?? found.findLast(isLive)
  if (live !== undefined) return takeUp(desk, claim, live)
  const step = { ...stepOf(desk, null), evalSets }
  const made = await create(desk, claim, step)
  const open = (await ownIssues(desk, 'open')).filter(isLive)
  const kept = (await keepLowest(desk, [made, ...open])) ?? made
  const { number, url } = kept
  const isMine = number === made.number
  const record = openedRecord(desk, { incident: claim.incident, issue: number, step })
  const note = isMine ? null : `It was opened twice at the same moment; issue ${number} stays.`
  return { status: isMine ? 'opened' : 'unchanged', number, url, note, records: [record] }
}

/** An issue that the history does not know: its job died, the history was lost, or somebody opened it again. */
async function takeUp(desk: Desk, claim: Held, issue: Issue): Promise<PublishedDrift> {
  const incident = adopted(issue, desk, claim.incident)
  const done = await updateIssue(desk, incident)
  if (done.records.length > 0 || done.status === 'failed') return done
  const { evalSets, worst } = incident
  const said = { state: 'opened', incident: incident.id, issue: issue.number, evalSets, worst } as const
  return { ...done, records: [incidentRecord(said, desk.by)] }
}

async function create(desk: Desk, claim: Held, step: IncidentStep): Promise<Issue> {
  const { report, config, by, runUrl, mention, github, clock, past } = desk
  const confirmed = confirmations(past.records, report.sets)
  const { incident } = claim
  const { evalSets, worst } = step
  const context = { config, incident, evalSets, worst, confirmed, now: by.at, runUrl, mention }
  const issue = {
    title: renderDriftTitle(report, context),
    body: renderDriftBody(report, context),
    labels: LABELS,
  }
  const byThisClaim = async () =>
    (await ownIssues(desk, 'open')).find(({ body }) => incidentOfBody(body) === incident) ?? null
  const write = () => {
    if (isNearlyStale(desk, claim))
      throw new GitHubFailure('it took so long that another run may open it by now', null, null)
    return github.createIssue(issue)
  }
  return patientWrite({ write, done: byThisClaim, sleep: (ms) => clock.sleep(ms) })
}

/** Two thirds of the time after which another run takes the claim over. */
function isNearlyStale({ clock }: Desk, { at }: Held): boolean {
  return clock.now() - Date.parse(at) > (CLAIM_MINUTES * 60_000 * 2) / 3
}

type Opened = { readonly incident: string; readonly issue: number | null; readonly step: IncidentStep }

export function openedRecord({ by }: Desk, { incident, issue, step }: Opened): IncidentRecord {
  const { evalSets, worst, ended } = step
  const told = ended.length === 0 ? {} : { ended }
  return incidentRecord({ state: 'opened', incident, issue, evalSets, worst, ...told }, by)
}
