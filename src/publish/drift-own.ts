// Issues that are ours: by our own author and with the marker of this configuration at the beginning.

import type { Incident } from '../drift/incident.ts'
import type { Issue } from '../ports.ts'
import { incidentOfBody, issueMarker, toldHash, toldOfBody } from '../report/drift-issue.ts'
import { renderDriftDouble } from '../report/drift-issue-comment.ts'
import type { Desk } from './drift-issue.ts'
import { patientWrite } from './patient-write.ts'

/** All pages, lowest number first. */
export async function ownIssues(desk: Desk, state: 'open' | 'all'): Promise<readonly Issue[]> {
  const listed = await desk.github.issues({ author: desk.login, state })
  return listed.filter((issue) => isOurs(issue, desk))
}

/** A stranger can paste the marker, and a line of the history can name any issue: neither is enough alone. */
export function isOurs(issue: Issue, { login, config }: Pick<Desk, 'login' | 'config'>): boolean {
  return issue.author === login && issue.body.trimStart().startsWith(issueMarker(config))
}

/** Not one that we have declared over. */
export function isLive(issue: Issue): boolean {
  return toldOfBody(issue.body)?.over !== true
}

/** The incident that an issue tells of, when the history does not. */
export function adopted(issue: Issue, desk: Desk, id = incidentOfBody(issue.body)): Incident {
  const told = toldOfBody(issue.body)
  const hashes = new Set(told?.over ? [] : told?.sets)
  const names = new Set([...(desk.known ?? []), ...desk.report.sets.map(({ evalSet }) => evalSet)])
  const evalSets = [...names].filter((name) => hashes.has(toldHash(name))).sort()
  const { at } = desk.by
  return {
    id: id ?? `issue-${issue.number}`,
    state: 'opened',
    issue: issue.number,
    evalSets,
    worst: told?.worst ?? null,
    ended: [],
    from: at,
    at: `told ${told?.worst ?? '-'} ${told?.sets.join() ?? ''}`,
  }
}

/** Of issues opened at the same moment the lowest number stays; the others are closed with a pointer to it. */
export async function keepLowest(desk: Desk, open: readonly Issue[]): Promise<Issue | null> {
  const byNumber = new Map(open.map((issue) => [issue.number, issue]))
  const [kept, ...doubles] = [...byNumber.values()].sort((a, b) => a.number - b.number)
  if (kept === undefined) return null
  for (const double of doubles) await closeDouble(desk, double, kept.number)
  return kept
}

async function closeDouble({ github, clock }: Desk, { number }: Issue, kept: number): Promise<void> {
  const sleep = (ms: number) => clock.sleep(ms)
  await patientWrite({ write: () => github.updateIssue(number, { state: 'closed', reason: 'not_planned' }), sleep })
  // Closed already, it only lacks the pointer: not worth a failure.
  await github.createComment(number, renderDriftDouble(kept)).catch(() => null)
}
