// The action: inputs and event → job; report → outputs, summary, comment, annotations, exit code. Twin of cli.ts.

import { readFileSync } from 'node:fs'
import * as core from '@actions/core'
import { UserError } from './errors.ts'
import { chooseCommand, jobOfEvent, publishTarget } from './event.ts'
import { exitCode } from './gate/decide.ts'
import { readSettings } from './inputs.ts'
import { repositoryRoot } from './io/checkout.ts'
import { fromEnvironment } from './io/environment.ts'
import { defectText, guarded } from './io/guarded.ts'
import { interruptSignal } from './io/interrupt.ts'
import { createLog } from './io/terminal.ts'
import type { Job } from './job.ts'
import { announce } from './publish/announce.ts'
import { refuseMoved } from './publish/moved.ts'
import { publishComment } from './publish/publish.ts'
import { tellRunner } from './publish/runner-file.ts'
import { reportFolder, runJob } from './run-job.ts'
import { orAsShards } from './shard/asked.ts'
import { type FoundShard, joinShards } from './shard/join.ts'

const log = createLog(process.stdout)

async function main(): Promise<void> {
  const environment = fromEnvironment
  const input = (name: string) => core.getInput(name)
  const event = environment('GITHUB_EVENT_NAME') ?? ''
  const command = chooseCommand(input('command'), event)
  const token = input('github-token')
  if (token !== '') core.setSecret(token)
  const context = { name: event, payload: readPayload(environment('GITHUB_EVENT_PATH')), env: environment }
  const inputs = { base: input('base'), score: input('score'), pr: input('pr'), sha: input('sha') }
  const root = environment('GITHUB_WORKSPACE') ?? process.cwd()
  if (command === 'publish') {
    const { publishReports } = await import('./publish/reports.ts')
    const target = publishTarget(context, inputs)
    process.exitCode = await publishReports(
      { target, root, token, environment, settings: readSettings(input) },
      { core, log },
    )
    return
  }
  const { request, provenance, withoutSecrets } = jobOfEvent(context, inputs)
  const interrupt = interruptSignal()
  const own = readSettings(input)
  const found = command === 'merge' ? await shardsBelow(await reportFolder(root, own)) : null
  const settings = found === null ? own : readSettings(orAsShards(input, joinShards(found).shards))
  // Every leg of a matrix may have the input; what joins the legs is none of them.
  const shard = command === 'merge' ? null : settings.shard
  const jobCommand = command === 'detect' || command === 'candidates' ? command : 'run'
  const job: Job = { command: jobCommand, request, provenance, planOnly: withoutSecrets, ...settings, shard }
  if (command === 'detect') return detectOnly(job, root)
  if (command === 'drift') {
    const { driftAction } = await import('./publish/drift-action.ts')
    process.exitCode = await driftAction(
      { ...job, command },
      { root, token, environment, signal: interrupt.signal },
      { core, log },
    )
    return interrupt.dispose()
  }
  if (request.kind === 'untrusted') await refuseMoved(request, { token, environment })
  const server = environment('GITHUB_SERVER_URL')
  const authorization = server && token ? { authorization: { serverUrl: server, token } } : {}
  const done = await runJob(job, { root, environment, log, signal: interrupt.signal, ...authorization }, found)
  await announce(done, { core, log })
  // What other models would do is no word on a pull request.
  if (command === 'candidates') {
    interrupt.dispose()
    process.exitCode = exitCode(done.report.verdict)
    return
  }
  const comment = await publishComment({
    ...done,
    job,
    token,
    environment,
    fork: request.kind === 'pull-request' && request.fork,
  })
  if (comment.note !== null) core.notice(comment.note)
  await tellRunner(log, 'The outputs about the comment', () => {
    core.setOutput('comment-status', comment.status)
    core.setOutput('comment-url', comment.url ?? '')
  })
  interrupt.dispose()
  process.exitCode = exitCode(done.report.verdict)
}

async function shardsBelow(folder: string): Promise<readonly FoundShard[]> {
  const { findShards } = await import('./io/shard-folders.ts')
  return findShards([folder])
}

function readPayload(path: string | undefined): unknown {
  if (path === undefined) return {}
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Changed prompts, pins and parameters as outputs, for steps that decide by them. */
async function detectOnly(job: Job, root: string): Promise<void> {
  const { survey } = await import('./parity.ts')
  const { createGit } = await import('./io/git.ts')
  const { detection } = await survey(job, createGit({ root: await repositoryRoot(root) }), Date.now())
  core.setOutput('changes', JSON.stringify(detection.changes))
  for (const change of detection.changes) log.info(`${change.kind} ${change.path}: ${change.why}`)
}

guarded(main, (error) => {
  core.setFailed(error instanceof UserError ? error.message : defectText(error))
})
