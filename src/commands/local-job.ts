// A job of the command line: every action input but `command` and `github-token` is a flag of that name.

import { UserError } from '../errors.ts'
import { type Inputs, readSettings } from '../inputs.ts'
import type { Job } from '../job.ts'
import type { FlagSpec, Flags } from './flags.ts'

export const JOB_FLAGS = {
  base: 'text',
  head: 'text',
  config: 'text',
  'working-directory': 'text',
  evals: 'text',
  score: 'text',
  pr: 'text',
  sha: 'text',
  mode: 'text',
  'max-usd': 'text',
  'on-inconclusive': 'text',
  'on-not-measured': 'text',
  'allow-code': 'text',
  comment: 'text',
  shard: 'text',
  'report-dir': 'text',
  'state-dir': 'text',
  'dry-run': 'switch',
  'no-cache': 'switch',
  format: 'text',
} as const satisfies FlagSpec

/** @param fill says what the command line leaves out */
export function localJob(flags: Flags, fill: (input: Inputs) => Inputs = (input) => input): Job {
  refuseUnheard(flags)
  const input: Inputs = (name: string) =>
    JOB_SWITCHES.has(name) ? (flags.given(name) ? 'true' : '') : flags.text(name)
  return {
    command: 'run',
    request: requestOf(flags),
    provenance: { actor: null, event: 'laptop', pr: Number(flags.text('pr')) || null, runUrl: null, attempt: null },
    planOnly: null,
    ...readSettings(fill(input)),
  }
}

/** Inputs of the action that say nothing here, or are not what they should be. */
function refuseUnheard(flags: Flags): void {
  const score = flags.text('score')
  if (score !== '' && score !== 'head')
    throw new UserError({
      what: `--score is "${score.slice(0, 60)}".`,
      expected: '`head`: only an event of GitHub has a merge commit of its own',
      remedy: 'For a merge commit write `--base MERGE^1 --head MERGE`.',
    })
  const pr = flags.text('pr')
  if (pr !== '' && !/^[1-9]\d{0,9}$/.test(pr))
    throw new UserError({
      what: `--pr is "${pr.slice(0, 60)}".`,
      expected: 'the number of a pull request',
      remedy: 'Correct it.',
    })
}

const JOB_SWITCHES = new Set(['dry-run', 'no-cache'])

function requestOf(flags: Flags): Job['request'] {
  const sha = flags.text('sha')
  if (sha !== '')
    return { kind: 'untrusted', pr: Number(flags.text('pr')) || 0, sha, baseRef: flags.text('base') || 'main' }
  return { kind: 'laptop', base: flags.text('base') || null, head: flags.text('head') || null }
}
