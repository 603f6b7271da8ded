// From a GitHub event to the sides of a run. The payload is what GitHub says, not what we hope: each field is looked at.

import { UserError } from './errors.ts'
import type { Provenance } from './job.ts'
import type { SideRequest } from './sides.ts'

export type EventContext = {
  readonly name: string
  readonly payload: unknown
  readonly env: (name: string) => string | undefined
}
export type ChosenCommand = 'run' | 'drift' | 'detect' | 'candidates' | 'merge' | 'publish'
export type EventJob = {
  readonly request: SideRequest
  readonly provenance: Provenance
  /** The head comes from a fork or from Dependabot, whose runs get no secrets. */
  readonly withoutSecrets: string | null
}

const RUN_EVENTS = ['pull_request', 'merge_group', 'push', 'workflow_run', 'pull_request_target', 'workflow_dispatch']
const COMMANDS: readonly ChosenCommand[] = ['run', 'drift', 'detect', 'candidates', 'merge', 'publish']

export function chooseCommand(input: string, event: string): ChosenCommand {
  const named = COMMANDS.find((command) => command === input.replace(/^ci /, ''))
  if (named) return named
  if (input !== '' && input !== 'auto') {
    throw new UserError({
      what: `the input \`command\` is "${input.slice(0, 60)}".`,
      expected: `auto, ${COMMANDS.join(', ')}`,
      remedy: 'Correct it.',
    })
  }
  if (event === 'schedule') return 'drift'
  if (RUN_EVENTS.includes(event)) return 'run'
  throw new UserError({
    what: `the event \`${event}\` does not say what to do.`,
    remedy: 'Set the input `command` (`run`, `drift`, `detect`, `candidates`, `merge` or `publish`).',
  })
}

export type EventInputs = { readonly base: string; readonly score: string; readonly pr: string; readonly sha: string }

export function jobOfEvent(context: EventContext, inputs: EventInputs): EventJob {
  checkPair(context.name, inputs)
  const payload = payloadOf(context.payload)
  const provenance = provenanceOf(context, payload)
  if (
    inputs.pr !== '' ||
    inputs.sha !== '' ||
    context.name === 'pull_request_target' ||
    context.name === 'workflow_run'
  ) {
    return untrusted(context, payload, { inputs, provenance })
  }
  switch (context.name) {
    case 'pull_request':
      return pullRequest(context, payload, { inputs, provenance })
    case 'merge_group':
      return plain(
        {
          kind: 'merge-group',
          baseSha: payload.text('merge_group.base_sha'),
          headSha: payload.text('merge_group.head_sha'),
        },
        provenance,
      )
    case 'push':
      return plain(
        {
          kind: 'push',
          before: payload.text('before'),
          after: payload.text('after'),
          ref: payload.text('ref'),
          defaultBranch: payload.optional('repository.default_branch') ?? null,
        },
        provenance,
      )
    default:
      return plain(
        {
          kind: 'dispatch',
          sha: env(context, 'GITHUB_SHA'),
          ref: env(context, 'GITHUB_REF'),
          base: inputs.base || null,
          defaultBranch: payload.optional('repository.default_branch') ?? null,
        },
        provenance,
      )
  }
}

/** Which pull request a report of another job belongs to, as far as the event says, and what its head must be. */
export function publishTarget(
  { payload: root }: EventContext,
  inputs: Pick<EventInputs, 'pr' | 'sha'>,
): { readonly pr: number | null; readonly headSha: string | null } {
  const payload = payloadOf(root)
  const pr = Number(
    inputs.pr || payload.optional('pull_request.number') || payload.optional('workflow_run.pull_requests.0.number'),
  )
  const sha = inputs.sha || payload.optional('pull_request.head.sha') || payload.optional('workflow_run.head_sha')
  return { pr: Number.isInteger(pr) && pr > 0 ? pr : null, headSha: sha ?? null }
}

/** Words that would be passed over, so that another pair is compared than the workflow says. */
function checkPair(event: string, { score, base, pr, sha }: EventInputs): void {
  if (score !== '' && score !== 'head' && score !== 'merge')
    throw new UserError({
      what: `the input \`score\` is "${score.slice(0, 60)}".`,
      expected: '`head` or `merge`',
      remedy: 'Correct it.',
    })
  const fixed = score === 'merge' ? '`score: merge`' : pr !== '' || sha !== '' ? 'a reviewed commit' : null
  const whose = fixed ?? (event === 'push' || event === 'merge_group' ? `the event \`${event}\`` : null)
  if (base !== '' && whose !== null)
    throw new UserError({
      what: `the input \`base\` is "${base.slice(0, 60)}", and ${whose} has a base of its own.`,
      expected: 'no `base`',
      remedy: 'Leave it out; for another pair use `workflow_dispatch`, or the command line.',
    })
}

type With = { readonly inputs: EventInputs; readonly provenance: Provenance }
const plain = (request: SideRequest, provenance: Provenance): EventJob => ({
  request,
  provenance,
  withoutSecrets: null,
})

function pullRequest(context: EventContext, payload: Payload, { inputs, provenance }: With): EventJob {
  const headRepository = payload.optional('pull_request.head.repo.full_name')
  const fork = headRepository !== payload.text('pull_request.base.repo.full_name')
  const dependabot =
    context.env('GITHUB_ACTOR') === 'dependabot[bot]' ||
    payload.optional('pull_request.user.login') === 'dependabot[bot]'
  const request: SideRequest = {
    kind: 'pull-request',
    pr: payload.number('pull_request.number'),
    headSha: payload.text('pull_request.head.sha'),
    headRef: payload.text('pull_request.head.ref'),
    baseRef: payload.text('pull_request.base.ref'),
    mergeSha: context.env('GITHUB_SHA') ?? null,
    score: inputs.score === 'merge' ? 'merge' : 'head',
    base: inputs.base || null,
    fork,
  }
  const why = fork
    ? 'the pull request comes from a fork, whose runs get no secrets'
    : dependabot
      ? 'runs of Dependabot get no secrets'
      : null
  return { request, provenance, withoutSecrets: why }
}

function untrusted(context: EventContext, payload: Payload, { inputs, provenance }: With): EventJob {
  const pr = Number(
    inputs.pr || payload.optional('pull_request.number') || payload.optional('workflow_run.pull_requests.0.number'),
  )
  const sha = inputs.sha || payload.optional('pull_request.head.sha') || payload.optional('workflow_run.head_sha') || ''
  if (!Number.isInteger(pr) || pr < 1 || !/^[0-9a-f]{40}$/.test(sha)) {
    throw new UserError({
      what: `the event \`${context.name}\` does not name the reviewed commit of a pull request.`,
      remedy: 'Set the inputs `pr` (a number) and `sha` (the full 40 digits of the commit that was reviewed).',
    })
  }
  const baseRef = payload.optional('pull_request.base.ref') ?? payload.optional('repository.default_branch') ?? 'main'
  return plain({ kind: 'untrusted', pr, sha, baseRef }, { ...provenance, pr })
}

function provenanceOf(context: EventContext, payload: Payload): Provenance {
  const [server, repository, run] = ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'].map(context.env)
  const attempt = Number(context.env('GITHUB_RUN_ATTEMPT'))
  const pr = Number(payload.optional('pull_request.number'))
  return {
    actor: context.env('GITHUB_ACTOR') ?? null,
    event: context.name,
    pr: Number.isInteger(pr) && pr > 0 ? pr : null,
    runUrl: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : null,
    attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : null,
  }
}

function env(context: EventContext, name: string): string {
  const value = context.env(name)
  if (value) return value
  throw new UserError({
    what: `${name} is not set.`,
    remedy: 'The action runs inside GitHub Actions; on a laptop use `prompt-parity run`.',
  })
}

type Payload = {
  optional(path: string): string | undefined
  text(path: string): string
  number(path: string): number
}

/** Reads dotted paths of an event payload; a missing field is an error that names it. */
function payloadOf(root: unknown): Payload {
  const optional = (path: string) => {
    const value = path.split('.').reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), root)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
  const text = (path: string) => {
    const value = optional(path)
    if (value !== undefined) return value
    throw new UserError({
      what: `the event payload has no \`${path}\`.`,
      remedy: 'Run the action on the event that it names, or set `command`, `base`, `pr` and `sha`.',
    })
  }
  return { optional, text, number: (path) => Number(text(path)) }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
