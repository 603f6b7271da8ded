// The scheduled run as the action does it: its own announcement, and an exit code that is red only for what was not measured.

import { exitCode } from '../gate/decide.ts'
import type { Job } from '../job.ts'
import type { Environment } from '../ports.ts'
import { runDrift } from '../run-drift.ts'
import { type Announced, announce } from './announce.ts'

export type DriftAt = {
  readonly root: string
  readonly token: string
  readonly environment: Environment
  readonly signal: AbortSignal
}

export async function driftAction(
  job: Job,
  { root, token, environment, signal }: DriftAt,
  to: Announced,
): Promise<number> {
  const server = environment('GITHUB_SERVER_URL')
  const authorization = server && token ? { authorization: { serverUrl: server, token } } : {}
  const options = { root, environment, log: to.log, signal, token, spread: null, ...authorization }
  const done = await runDrift(job, options)
  await announce(done, to)
  return exitCode(done.report.verdict)
}
