// `prompt-parity demo`: the example as a scratch repository with a change in it, and the main job on that, for real.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT, UserError } from '../errors.ts'
import { fromEnvironment } from '../io/environment.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { createLog } from '../io/terminal.ts'
import type { Job } from '../job.ts'
import { runJob } from '../run-job.ts'
import { readFlags } from './flags.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { keep: 'text' }, 0)
  const log = createLog(process.stderr)
  const folder = flags.text('keep') || mkdtempSync(join(tmpdir(), 'prompt-parity-demo-'))
  const repository = join(folder, 'repository')
  const report = join(folder, 'report')
  scratchRepository(exampleFolder(), repository)
  const interrupt = interruptSignal()
  const done = await runJob(demoJob(report, join(folder, 'state')), {
    root: repository,
    environment: fromEnvironment,
    log,
    signal: interrupt.signal,
  })
  log.end()
  interrupt.dispose()
  rmSync(repository, { recursive: true, force: true })
  process.stdout.write(`${done.rendered.comment.trimEnd()}\n`)
  log.info(
    `\nThis is the comment that a pull request would get; its check would be ${done.report.verdict.blocks ? 'red' : 'green'}.`,
  )
  log.info(`Full report: ${join(report, 'report.html')}`)
  return EXIT.pass
}

/** Beside dist/, or beside src/ when run from the sources. */
function exampleFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let up = 0; up < 4; up++) {
    if (existsSync(join(folder, 'evals-example', 'parity.yaml'))) return join(folder, 'evals-example')
    folder = dirname(folder)
  }
  throw new UserError({
    what: 'the example project is not beside this program.',
    remedy: 'Run the demo from a checkout of Prompt Parity.',
  })
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Demo',
  GIT_AUTHOR_EMAIL: 'demo@example.invalid',
  GIT_COMMITTER_NAME: 'Demo',
  GIT_COMMITTER_EMAIL: 'demo@example.invalid',
}
/** Fixed, so that commits (and with them the report) are the same every time. */
const DATE = { GIT_AUTHOR_DATE: '2026-11-02T09:00:00Z', GIT_COMMITTER_DATE: '2026-11-02T09:00:00Z' }

function scratchRepository(example: string, repository: string): void {
  rmSync(repository, { recursive: true, force: true })
  mkdirSync(repository, { recursive: true })
  cpSync(example, repository, {
    recursive: true,
    filter: (path) => !path.startsWith(join(example, 'demo')) && !path.includes('.parity'),
  })
  git(repository, ['init', '--quiet', '--initial-branch=main'])
  commit(repository, 'Support assistant')
  git(repository, ['checkout', '--quiet', '-b', 'friendlier-answers'])
  cpSync(join(example, 'demo', 'head'), repository, { recursive: true })
  commit(repository, 'Friendlier answers, and a newer model')
}

function commit(repository: string, message: string): void {
  git(repository, ['add', '--all'])
  git(repository, ['-c', 'commit.gpgsign=false', 'commit', '--quiet', '--no-verify', '-m', message])
}

function git(cwd: string, args: readonly string[]): void {
  const env = { ...process.env, ...IDENTITY, ...DATE, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const made = spawnSync('git', args, { cwd, env, encoding: 'utf8' })
  if (made.status === 0) return
  throw new UserError({
    what: `git ${args[0]} failed (${(made.error?.message ?? made.stderr).trim()}).`,
    remedy: 'The demo needs git 2.28 or later on PATH.',
  })
}

function demoJob(reportDir: string, stateDir: string): Job {
  return {
    command: 'run',
    request: { kind: 'laptop', base: 'main', head: 'HEAD' },
    workingDirectory: '',
    configPath: 'parity.yaml',
    evals: 'affected',
    mode: null,
    maxUsd: null,
    onInconclusive: 'pass',
    onNotMeasured: 'fail',
    allowCode: 'trusted',
    comment: null,
    shard: null,
    reportDir,
    stateDir,
    dryRun: false,
    useStored: true,
    provenance: { actor: null, event: 'demo', pr: null, runUrl: null, attempt: null },
    planOnly: null,
  }
}
