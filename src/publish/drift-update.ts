// What a run does about an incident that has its issue: edit it in place, tell a change of state once, close it when it is over.

import { contentHash } from '../config/canonical.ts'
import { confirmations } from '../drift/earlier-events.ts'
import { type Incident, type IncidentStep, isUnseen } from '../drift/incident.ts'
import { closedRecord } from '../drift/incident-records.ts'
import { GitHubFailure, type Issue, type IssueChange } from '../ports.ts'
import {
  bodyOver,
  changeMarker,
  type IssueContext,
  renderDriftBody,
  renderDriftTitle,
  toldOfBody,
} from '../report/drift-issue.ts'
import { renderDriftChange, renderDriftOver } from '../report/drift-issue-comment.ts'
import { type Desk, type PublishedDrift, stepOf } from './drift-issue.ts'
import { openedRecord, openIssue } from './drift-open.ts'
import { isLive, isOurs, keepLowest, ownIssues } from './drift-own.ts'
import { patientWrite } from './patient-write.ts'

/** One issue, with what the run makes of it. */
type Case = { readonly incident: Incident; readonly step: IncidentStep; readonly issue: Issue }

export async function updateIssue(desk: Desk, incident: Incident): Promise<PublishedDrift> {
  const named = incident.issue === null ? null : await desk.github.issue(incident.issue)
  const ours = named !== null && isOurs(named, desk) ? named : null
  const open = (await ownIssues(desk, 'open')).filter(isLive)
  const kept = await keepLowest(desk, ours?.state === 'open' ? [ours, ...open] : open)
  const step = stepOf(desk, incident)
  if (kept !== null) return updateOpen(desk, { incident, step, issue: kept })
  return ours === null ? updateGone(desk, incident, step) : updateSilenced(desk, { incident, step, issue: ours })
}

async function updateOpen(desk: Desk, of: Case): Promise<PublishedDrift> {
  const { incident, step, issue } = of
  if (step.evalSets.length === 0) return closeOver(desk, of)
  if (isChange(step)) return tell(desk, of)
  // Another one than the history names, where two were opened at the same moment.
  const records = incident.issue === issue.number ? [] : [openedRecord(desk, recordOf(of, told(incident, step)))]
  const body = renderDriftBody(desk.report, contextOf(desk, incident, told(incident, step)))
  // Figures of the day before are better than none.
  const isMeasured = desk.report.sets.some(({ evalSet, score }) => score !== null && step.evalSets.includes(evalSet))
  if (!isMeasured || sameText(body, issue.body)) return published('unchanged', issue, { records })
  return published('updated', await edit(desk, issue, { body }), { records })
}

const isChange = ({ joined, left, newlyEnded, worse }: IncidentStep) =>
  joined.length > 0 || left.length > 0 || newlyEnded.length > 0 || worse

/** Without a change of state the issue goes on telling of what it told before. */
const told = ({ worst }: Incident, step: IncidentStep): IncidentStep => ({ ...step, worst: worst ?? step.worst })

const recordOf = ({ incident, issue }: Case, step: IncidentStep) => ({
  incident: incident.id,
  issue: issue.number,
  step,
})

/** Edits first: the comment is what people are told by, and it is written once for each change. */
async function tell(desk: Desk, of: Case, more: IssueChange = {}): Promise<PublishedDrift> {
  const { incident, step, issue } = of
  const context = contextOf(desk, incident, step)
  const change = changeOf(incident, step)
  const body = renderDriftBody(desk.report, context)
  const edited = await edit(desk, issue, { title: renderDriftTitle(desk.report, context), body, ...more })
  const comment = renderDriftChange({ report: desk.report, step, context, change, before: incident.worst })
  const note = await commentOnce(desk, issue, { change, comment })
  return published('updated', edited, { note, records: [openedRecord(desk, recordOf(of, step))] })
}

async function closeOver(desk: Desk, { incident, step, issue }: Case): Promise<PublishedDrift> {
  const change = changeOf(incident, step)
  const context = contextOf(desk, incident, step)
  const comment = renderDriftOver({ report: desk.report, step, context, change })
  const note = await commentOnce(desk, issue, { change, comment })
  const reason = isUnseen(step) ? 'not_planned' : 'completed'
  const closed = await edit(desk, issue, { body: bodyOver(issue.body), state: 'closed', reason })
  return published('closed', closed, { note, records: [closedRecord(incident, desk.by)] })
}

/** Somebody closed it: that is respected until another set joins or it gets worse. */
async function updateSilenced(desk: Desk, of: Case): Promise<PublishedDrift> {
  const { incident, step, issue } = of
  if (toldOfBody(issue.body)?.over) {
    // We closed it, and the record of that was lost.
    const drifts = desk.report.sets.some(({ state }) => state === 'drift')
    if (drifts) return openIssue(desk, incident)
    return published('unchanged', issue, { records: [closedRecord(incident, desk.by)] })
  }
  if (step.evalSets.length === 0) {
    const edited = await edit(desk, issue, { body: bodyOver(issue.body) })
    return published('closed', edited, { records: [closedRecord(incident, desk.by)] })
  }
  if (step.joined.length > 0 || step.worse) return tell(desk, of, { state: 'open' })
  const isSame = step.left.length === 0 && step.newlyEnded.length === 0
  const records = isSame ? [] : [openedRecord(desk, recordOf(of, step))]
  return published('unchanged', issue, { note: 'Somebody closed the issue; the drift goes on as it was.', records })
}

/** Deleted, or moved to another repository: as good as closed by hand. */
async function updateGone(desk: Desk, incident: Incident, step: IncidentStep): Promise<PublishedDrift> {
  const gone = { status: 'unchanged', number: null, url: null } as const
  if (step.evalSets.length === 0) return { ...gone, note: null, records: [closedRecord(incident, desk.by)] }
  if (step.joined.length > 0 || step.worse) return openIssue(desk, incident)
  const note = `Issue ${incident.issue ?? ''} is no longer here; the drift goes on as it was.`
  const kept = { incident: incident.id, issue: incident.issue, step }
  return { ...gone, note, records: step.left.length === 0 ? [] : [openedRecord(desk, kept)] }
}

function contextOf(desk: Desk, incident: Incident, step: IncidentStep): IssueContext {
  const { config, by, runUrl, past, report } = desk
  const { evalSets, worst } = step
  const confirmed = confirmations(past.records, report.sets)
  const ended = new Map(
    [...step.ended, ...step.left.map((one) => one.evalSet)].map(
      (name) => [name, desk.ended?.get(name) ?? null] as const,
    ),
  )
  return { config, incident: incident.id, evalSets, worst, ended, confirmed, now: by.at, runUrl, mention: false }
}

/** The same for every job that makes this change of this state, whatever noise its own figures have. */
function changeOf({ id, at }: Incident, { joined, left, newlyEnded, worse }: IncidentStep): string {
  return contentHash([id, at, joined, left.map(({ evalSet }) => evalSet), newlyEnded, worse]).slice(0, 16)
}

function edit({ github, clock }: Desk, { number }: Issue, change: IssueChange): Promise<Issue> {
  return patientWrite({ write: () => github.updateIssue(number, change), sleep: (ms) => clock.sleep(ms) })
}

type Comment = { readonly change: string; readonly comment: string }

/** @returns a note when the issue is locked, which is not worth a failure */
async function commentOnce(desk: Desk, issue: Issue, { change, comment }: Comment): Promise<string | null> {
  const { github, clock, login } = desk
  const marker = changeMarker(change)
  const own = async () =>
    (await github.comments(issue.number)).filter(({ author, body }) => author === login && body.startsWith(marker))
  if ((await own()).length > 0) return null
  const done = async () => (await own())[0] ?? null
  const write = () => github.createComment(issue.number, comment)
  try {
    await patientWrite({ write, done, sleep: (ms) => clock.sleep(ms) })
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 403 && /locked/i.test(error.message))
      return `Issue ${issue.number} is locked: no comment could be written.`
    throw error
  }
  const [, ...doubles] = (await own()).sort((a, b) => a.id - b.id)
  const sleep = (ms: number) => clock.sleep(ms)
  for (const { id } of doubles) await patientWrite({ write: () => github.deleteComment(id), sleep }).catch(() => null)
  return null
}

function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll('\r', '').trim()
  return plain(a) === plain(b)
}

type More = { readonly note?: string | null; readonly records: PublishedDrift['records'] }

function published(status: PublishedDrift['status'], { number, url }: Issue, { note, records }: More): PublishedDrift {
  return { status, number, url, note: note ?? null, records }
}
