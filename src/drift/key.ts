// What a baseline belongs to. Gates, passes and quarantines are no part of it: they change what is allowed, not what is measured.

import { listHash, sha256 } from '../config/canonical.ts'
import { globMatcher } from '../config/globs.ts'
import type { Case, EvalSet } from '../domain.ts'
import { asWritten } from '../plan/request.ts'
import { NO_ENVIRONMENT } from '../plan/side-environment.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import type { TreeEntry } from '../ports.ts'

/** Requests, cases, scorers and judge of the head of a plan. `files` are those of the head's side. */
export function contentKey(plan: SetPlan, files: readonly TreeEntry[]): string {
  const { head, scorerHash } = plan
  const key = listHash('cases', {
    before: { application: applicationId(head, files) },
    after: { run: [head.compare, head.threshold ?? null], scorers: scorerHash },
  })
  for (const one of inOrder(plan)) key.add([one.kase.id, one.kase.hash, requestOf(one, plan)])
  return key.end()
}

/** How an answer becomes a level: levels under other scorers say nothing about these. */
export const measureOf = ({ head, scorerHash }: SetPlan): string =>
  sha256([scorerHash, head.compare, head.threshold ?? ''].join('\n')).slice(0, 12)

/** The cases as the levels of a run list them: by id, whatever their order in the files. */
export function inOrder(plan: SetPlan): readonly PlannedCase[] {
  return [...plan.cases.values()].sort((a, b) => (a.kase.id < b.kase.id ? -1 : a.kase.id > b.kase.id ? 1 : 0))
}

/** Twelve hex digits: the same case with other content is another one. */
export const caseMark = ({ id, hash }: Case): string => sha256(`${id}\n${hash}`).slice(0, 12)

/**
 * An application is asked the same whatever its code is: there the files stand for it. So it is wherever it runs: an address that
 * is new with every deployment would end its baseline each time, with no merge that changed anything.
 */
function requestOf({ head }: PlannedCase, { head: { target }, environments }: SetPlan): string {
  if (target.kind === 'command') return ''
  return head.state === 'ready'
    ? asWritten(head.request, target, environments?.head ?? NO_ENVIRONMENT).hash
    : head.failure.message
}

/** Of an application: its command and the files that `paths` names, else all. A commit elsewhere must not end its baseline. */
function applicationId({ target, paths }: EvalSet, files: readonly TreeEntry[]): unknown {
  if (target.kind !== 'command') return null
  const belongs = paths.length === 0 ? () => true : globMatcher(paths)
  return [target, files.filter(({ path }) => belongs(path)).map(({ path, id }) => [path, id])]
}
