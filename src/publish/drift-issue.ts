// The one issue about drift: opened, updated and closed, by however many jobs run at the same time. Never decides what drift is.

import { earlierEvents } from '../drift/earlier-events.ts'
import type { EndedSeries } from '../drift/ended.ts'
import { type Incident, type IncidentStep, incidentStep, isStale, openIncident } from '../drift/incident.ts'
import { closedRecord, type Recorder } from '../drift/incident-records.ts'
import type { IncidentRecord } from '../drift/records.ts'
import type { DriftReport, IssueStatus } from '../drift/report.ts'
import { type Clock, type GitHub, GitHubFailure, type HistoryRead, type HistoryStore } from '../ports.ts'
import type { Redactor } from '../report/redact.ts'
import { redactDrift } from '../report/redact-report.ts'
import { openIssue } from './drift-open.ts'
import { adopted, isLive, ownIssues } from './drift-own.ts'
import { updateIssue } from './drift-update.ts'

export type DriftIssueJob = {
  /** What the run measured; its free texts are redacted here. */
  readonly report: DriftReport
  readonly redact: Redactor
  /** What is known of the history before this run's own records. */
  readonly past: Pick<HistoryRead, 'records' | 'state'>
  /** Names the configuration: working directory and path. */
  readonly config: string
  /** Names this job, unique for each attempt of a run: two jobs never share it. */
  readonly claimant: string
  readonly runUrl: string | null
  /** Names of all eval sets of the configuration; left out when the run looked at some only. */
  readonly known?: readonly string[]
  /** Sets whose last series ended in drift by another content. */
  readonly ended?: ReadonlyMap<string, EndedSeries>
  /** Whether owners come from a trusted configuration (the default branch's own): only then are they mentioned. */
  readonly mention: boolean
}

export type DriftIssueWorld = {
  readonly github: GitHub
  readonly history: HistoryStore
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

export type PublishedDrift = {
  /** `off`: there is no issue, and none is needed. */
  readonly status: IssueStatus
  readonly number: number | null
  readonly url: string | null
  /** For the summary and the log: why it failed, or why nothing was done. */
  readonly note: string | null
  /** To be appended to the history with the records of the run. */
  readonly records: readonly IncidentRecord[]
}

/** What every step of publishing needs. */
export type Desk = DriftIssueJob & DriftIssueWorld & { readonly by: Recorder; readonly login: string }

const NOTHING: PublishedDrift = { status: 'off', number: null, url: null, note: null, records: [] }

/** Rejects only for what is no failure of GitHub, such as a history that a later release has written. */
export async function publishDrift(job: DriftIssueJob, world: DriftIssueWorld): Promise<PublishedDrift> {
  const { config, claimant } = job
  const by = { config, claimant, at: new Date(world.clock.now()).toISOString() }
  try {
    return await publish(job, world, by)
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error
    return failed(error)
  }
}

async function publish(job: DriftIssueJob, world: DriftIssueWorld, by: Recorder): Promise<PublishedDrift> {
  const incident = openIncident(job.past.records, job.config)
  const isDrifting = job.report.sets.some(({ state }) => state === 'drift')
  const isOpened = incident?.state === 'opened'
  if (!isOpened && !isDrifting && !mayBeForgotten(job, incident, by)) return NOTHING
  const login = await ownLogin(world.github)
  const earlier = earlierEvents(job.past.records, job.report.sets)
  const report = redactDrift({ ...job.report, events: [...earlier, ...job.report.events] }, job.redact)
  const desk: Desk = { ...job, ...world, report, by, login }
  if (isOpened) return updateIssue(desk, incident)
  return isDrifting ? openIssue(desk, null) : forgotten(desk, incident)
}

/** A token that may not ask who it is belongs to the workflow. Of a GitHub that does not answer nothing is taken for granted. */
async function ownLogin(github: GitHub): Promise<string> {
  try {
    return await github.ownLogin()
  } catch (error) {
    if (!(error instanceof GitHubFailure) || error.status === null || error.status >= 500) throw error
    return 'github-actions[bot]'
  }
}

/** An issue may be there that the history does not know: its job died after opening it, or the history was lost. */
function mayBeForgotten({ past }: DriftIssueJob, incident: Incident | null, { at }: Recorder): boolean {
  return incident === null ? past.state !== 'found' : isStale(incident, Date.parse(at))
}

async function forgotten(desk: Desk, claim: Incident | null): Promise<PublishedDrift> {
  const found = (await ownIssues(desk, 'open')).find(isLive)
  if (found !== undefined) return updateIssue(desk, adopted(found, desk, claim?.id))
  return claim === null ? NOTHING : { ...NOTHING, records: [closedRecord(claim, desk.by)] }
}

/** What this run changes about an incident. */
export function stepOf({ report, past, known, ended, redact }: Desk, incident: Incident | null): IncidentStep {
  const records = past.records
  const optional = { ...(known === undefined ? {} : { known }), ...(ended === undefined ? {} : { ended }) }
  const step = incidentStep({ incident, report, records, ...optional })
  const left = step.left.map((one) =>
    one.accept === null ? one : { ...one, accept: { ...one.accept, reason: redact(one.accept.reason) } },
  )
  return { ...step, left }
}

export function failed(failure: GitHubFailure): PublishedDrift {
  return { ...NOTHING, status: 'failed', note: `The drift issue could not be written: ${whyFailed(failure)}` }
}

function whyFailed({ status, message, permission }: GitHubFailure): string {
  if (status === 410)
    return 'issues are switched off in this repository. Switch them on in its settings; until then this summary is the only alarm.'
  if (/rate limit/i.test(message)) return `GitHub limits the rate of requests (${message}). The next run tries again.`
  if (status === 401) return `GitHub does not know the token (${message}). Give the action a valid \`github-token\`.`
  if (status !== 403 && status !== 404) return `${message}. The next run tries again.`
  const named = permission?.includes('issues') ? ` (GitHub asks for \`${permission}\`)` : ''
  return `GitHub refused it: ${message}. The job needs the permission \`issues: write\`${named}.`
}
