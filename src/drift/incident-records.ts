// Records of the one issue. Each belongs to one job: written twice it is still one record.

import { contentHash } from '../config/canonical.ts'
import type { Incident } from './incident.ts'
import type { IncidentRecord } from './records.ts'

export type Recorder = {
  readonly config: string
  /** Names the job that writes, unique for each attempt of a run. */
  readonly claimant: string
  /** ISO 8601, UTC. */
  readonly at: string
}

type Said = Pick<IncidentRecord, 'state' | 'incident' | 'issue' | 'evalSets' | 'ended'> & {
  readonly worst: number | null
}

export function incidentRecord(said: Said, { config, claimant, at }: Recorder): IncidentRecord {
  const writer = contentHash([config, claimant, at]).slice(0, 16)
  return { v: 1, kind: 'incident', id: `incident/${said.incident}/${said.state}/${writer}`, at, config, ...said }
}

export function newIncidentId({ config, claimant, at }: Recorder): string {
  return `${at.slice(0, 10)}-${contentHash(['incident', config, claimant, at]).slice(0, 8)}`
}

export function closedRecord(incident: Incident, by: Recorder): IncidentRecord {
  const { id, issue, evalSets, worst } = incident
  return incidentRecord({ state: 'closed', incident: id, issue, evalSets, worst }, by)
}
