// One job in the real world, from start to written report. Shared by both shells.

import { closeSync, constants, lstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from './errors.ts'
import { repositoryRoot } from './io/checkout.ts'
import { clearShard } from './io/clear-shard.ts'
import { makeFolder, refuseNested } from './io/folders.ts'
import { clearReportDir, writeReportDir } from './io/report-dir.ts'
import { RECORD_FILE } from './io/row-log.ts'
import { absolute, createWorld, type WorldOptions } from './io/world.ts'
import { configName, type Job } from './job.ts'
import { outputsOf } from './outputs.ts'
import { type ParityResult, parity, type World } from './parity.ts'
import { type Rendered, renderAll } from './render.ts'
import { createRedactor, type Redactor } from './report/redact.ts'
import { headerOf } from './shard/header.ts'
import { type FoundShard, type Joined, type JoinedRuns, joinShards, without } from './shard/join.ts'
import { createMadeRuns } from './shard/made.ts'

export const VERSION = process.env.PROMPT_PARITY_VERSION ?? '0.0.0-source'

export type JobWorld = Omit<WorldOptions, 'stateDir' | 'reportDir' | 'version'>
export type Done = {
  readonly result: ParityResult
  readonly report: Rendered['report']
  readonly rendered: Rendered
  readonly reportDir: string
  readonly outputs: { readonly [name: string]: string }
}

/** @param found the shards that this job joins; none for a run of its own */
export async function runJob(job: Job, options: JobWorld, found: readonly FoundShard[] | null = null): Promise<Done> {
  const root = await repositoryRoot(options.root)
  const here = join(root, job.workingDirectory)
  const reportDir = absolute(here, job.reportDir)
  const stateDir = absolute(here, job.stateDir)
  refuseNested({ reportDir, stateDir })
  ignoreOwnFolder(join(here, '.parity'), [reportDir, stateDir])
  const shards = found === null ? null : await joinedRuns(joinShards(found), { job, reportDir })
  if (shards === null) clearShard(reportDir)
  const callsBefore = shards?.joined.shards.map((one) => one.folder) ?? []
  const world = createWorld({ ...options, root, stateDir, reportDir, version: VERSION, callsBefore })
  try {
    const result = await resultOf(job, world, shards)
    const redact = await createRedactor({ secrets: world.secrets, patterns: result.redact })
    const key = configName(job)
    const rendered = await renderAll({
      report: result.report,
      redact,
      outputs: result.config.comment.outputs,
      key,
      record: result.record,
    })
    const files = { ...rendered.files, [RECORD_FILE]: rendered.record }
    clearReportDir(reportDir, [...Object.keys(files), ...world.begun])
    await writeReportDir(reportDir, files)
    await writePart(result, { job, reportDir, redact })
    const outputs = outputsOf(rendered.report, { reportDir, reportJson: join(reportDir, 'report.json') })
    return { result, report: rendered.report, rendered, reportDir, outputs }
  } finally {
    await world.close()
  }
}

async function resultOf(job: Job, world: World, shards: JoinedRuns | null): Promise<ParityResult> {
  if (job.command !== 'candidates') return parity(job, world, shards)
  return (await import('./candidates.ts')).candidates(job, world)
}

async function writePart(
  { part, config }: ParityResult,
  { job, reportDir, redact }: { readonly job: Job; readonly reportDir: string; readonly redact: Redactor },
): Promise<void> {
  const { shard } = job
  if (part === null || shard === null) return
  const [{ writeShard }, { runLine, runsOf }] = await Promise.all([
    import('./io/shard-folders.ts'),
    import('./shard/run-line.ts'),
  ])
  const rules = { redact, texts: config.comment.outputs === 'show' }
  const lines = function* () {
    for (const one of part.evaluations) for (const made of runsOf(one)) yield runLine(made, rules)
  }
  await writeShard(reportDir, lines(), (runs) => headerOf(part, { job, shard, version: VERSION, runs, redact }))
}

async function joinedRuns(joined: Joined, { job, reportDir }: { job: Job; reportDir: string }): Promise<JoinedRuns> {
  const own = joined.shards.find(({ folder }) => resolve(folder) === reportDir)
  if (own !== undefined)
    throw new UserError({
      what: `shard ${own.header.index}/${joined.identity.of} lies in ${reportDir}, where the joined report is to be written.`,
      remedy: 'Download the shards into folders of their own below it, or name another `report-dir`.',
    })
  const made = createMadeRuns({ of: joined.identity.of, startedAt: joined.startedAt })
  const plansOnly = job.dryRun || job.planOnly !== null
  const unusable = plansOnly ? [] : await (await import('./io/shard-folders.ts')).readRuns(joined, made)
  const whole = without(joined, unusable)
  for (const { index, why } of whole.missing) made.giveUp(index, why)
  return { joined: whole, made }
}

/** What we write into a checkout must not look like a change of it: the folder ignores itself. */
export function ignoreOwnFolder(folder: string, used: readonly string[]): void {
  const inside = used.filter((path) => path.startsWith(`${folder}/`))
  if (inside.length === 0) return
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants
  const flag = O_WRONLY | O_CREAT | O_TRUNC | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0)
  try {
    const ignored = join(folder, '.gitignore')
    for (const path of [folder, ignored, ...inside]) refuseLink(path)
    makeFolder(folder)
    if (holds(ignored, EVERYTHING)) return
    const file = openSync(ignored, flag, 0o644)
    writeFileSync(file, EVERYTHING)
    closeSync(file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError({
      what: `the folder ${folder} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
      remedy: 'Make it writable, or name folders elsewhere by `report-dir` and `state-dir`.',
    })
  }
}

const EVERYTHING = '*\n'

function holds(path: string, text: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there?.isFile() !== true || there.size !== text.length) return false
  try {
    return readFileSync(path, 'latin1') === text
  } catch {
    return false // it may be written, and not be read
  }
}

function refuseLink(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return
  throw new UserError({
    what: `${path} is a symbolic link, which may have come with a commit: nothing is written through it.`,
    remedy: 'Remove it; `report-dir` and `state-dir` name folders elsewhere.',
  })
}

/** Where the report is written, and where a merge finds the shards. */
export async function reportFolder(root: string, job: Pick<Job, 'workingDirectory' | 'reportDir'>): Promise<string> {
  return absolute(join(await repositoryRoot(root), job.workingDirectory), job.reportDir)
}
