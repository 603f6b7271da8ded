// A drift run in the real world: the history is read, the sets are run, the issue and the history follow, and the report is
// written. Shared by both shells, and loaded by them on demand.

import { join } from 'node:path'
import { acceptRecord, driftingSets } from './drift/accept.ts'
import { driftReportOf, recordsOf, reportOf } from './drift/conclude.ts'
import { type Evidence, holdForecasts, loadEvidence } from './drift/held-forecasts.ts'
import { historyFiles } from './drift/history-files.ts'
import { type DriftRun, driftRun } from './drift/job.ts'
import { isFuture, ownRecords } from './drift/own.ts'
import { HISTORY_BRANCH } from './drift/records.ts'
import { registeredPrompts } from './drift/registered.ts'
import type { DriftReport } from './drift/report.ts'
import { UserError } from './errors.ts'
import { type HeadSide, headSideOf } from './head-side.ts'
import { repositoryRoot } from './io/checkout.ts'
import { refuseNested } from './io/folders.ts'
import { runGit } from './io/git-process.ts'
import { createHistoryBranch } from './io/history-branch.ts'
import { clearReportDir, writeReportDir } from './io/report-dir.ts'
import { RECORD_FILE } from './io/row-log.ts'
import { createStore } from './io/store.ts'
import { absolute, createWorld, type RealWorld } from './io/world.ts'
import { configName, type Job } from './job.ts'
import { callsOf } from './measure.ts'
import { outputsOf } from './outputs.ts'
import type { HistoryRead, HistoryStore, HistoryWrite, Store } from './ports.ts'
import { pricesOf } from './prices/of-config.ts'
import { type DriftPost, postDrift } from './publish/drift-post.ts'
import { renderAll } from './render.ts'
import { historyLine } from './report/drift-view.ts'
import { createRedactor } from './report/redact.ts'
import { noteOver } from './run/batch-file.ts'
import { type Done, ignoreOwnFolder, type JobWorld, VERSION } from './run-job.ts'

export type DriftOptions = JobWorld & {
  /** One baseline run a day instead of ten at once; null = as the configuration says. */
  readonly spread: boolean | null
  /** Of the workflow, for the issue; '' = none. */
  readonly token: string
}

export async function runDrift(job: Job, options: DriftOptions): Promise<Done> {
  if (job.shard !== null)
    throw new UserError({
      what: 'a drift run is not made in shards.',
      remedy: 'Leave out `shard`; `evals` shares the eval sets between jobs, whose records add up.',
    })
  return within(job, options, async (place) => {
    const { world, side, history, here } = place
    const reportDir = absolute(here, job.reportDir)
    const past = await history.read()
    for (const note of past.notes) world.log.warn(note)
    const spread = options.spread ?? side.configs.config.drift.baseline === 'spread'
    const { config } = side.configs
    const nowMs = world.clock.now()
    const loadBook = () => pricesOf(config, world.environment)
    const evidence = await loadEvidence(config, { tree: side.tree, nowMs, loadBook })
    const run = await driftRun({ job, world, side, history: past, spread })
    const drift = await written(run, { ...place, job, options, past, evidence })
    const report = reportOf(run, drift, {
      side,
      tool: world.tool,
      interrupted: world.signal.aborted,
      endedMs: world.clock.now(),
    })
    const redact = await createRedactor({ secrets: world.secrets, patterns: run.config.redact })
    const outputs = run.config.comment.outputs
    const key = configName(job)
    const rendered = await renderAll({ report, redact, outputs, key, record: [] })
    // What a comment would say belongs to a pull request.
    const { 'comment.md': _, ...rest } = rendered.files
    const files = { ...rest, [RECORD_FILE]: '' }
    clearReportDir(reportDir, [...Object.keys(files), ...world.begun])
    await writeReportDir(reportDir, files)
    return {
      result: { report, config: run.config, redact: run.config.redact, record: [], part: null },
      report: rendered.report,
      rendered,
      reportDir,
      outputs: outputsOf(rendered.report, { reportDir, reportJson: join(reportDir, 'report.json') }),
    }
  })
}

export type Accepted = { readonly evalSets: readonly string[]; readonly where: string }

/** A person takes the present level for good: the next run makes a new baseline. */
export async function acceptDrift(job: Job, options: DriftOptions, reason: string): Promise<Accepted> {
  return within(job, options, async ({ world, side, history, root }) => {
    const past = await history.read()
    if (past.state === 'unreachable') throw unreadable(past)
    const evalSets = await acceptedSets(job, side, past)
    const at = new Date(world.clock.now()).toISOString()
    const actor = options.environment('GITHUB_ACTOR') ?? (await userName(root))
    const record = acceptRecord({ config: configName(job), evalSets, reason, actor, at })
    const wrote = await history.append([record], await filesOf(job, side, world.clock.now()))
    if (wrote.state === 'written') return { evalSets, where: wrote.where }
    throw new UserError({
      what: `the accept could not be written to the branch ${HISTORY_BRANCH}: ${wrote.why.replace(/\.$/, '')}.`,
      remedy: `Give the job \`contents: write\`, or push from a clone that may.${wrote.files === null ? '' : ` What would have been written is in ${wrote.files}.`}`,
    })
  })
}

/** As git knows the person at this machine. */
async function userName(root: string): Promise<string | null> {
  const { code, stdout } = await runGit({ root, args: ['config', 'user.name'], options: { root } })
  return code === 0 ? stdout.trim() || null : null
}

async function acceptedSets(job: Job, side: HeadSide, past: HistoryRead): Promise<readonly string[]> {
  if (job.evals === 'all' || job.evals === 'affected') {
    const drifting = job.evals === 'all' ? await namesOf(side) : driftingSets(ownRecords(past.records, configName(job)))
    if (drifting.length > 0) return drifting
    throw new UserError({
      what: 'no eval set drifts.',
      remedy: 'Name the eval sets whose present level is to be their baseline by `--evals`.',
    })
  }
  const { plans } = await side.select(job.evals)
  return plans.map(({ name }) => name)
}

const namesOf = async (side: HeadSide) =>
  (await side.sets()).pairs.flatMap(({ name, head }) => (head === null ? [] : [name]))

function unreadable(past: HistoryRead): UserError {
  return new UserError({
    what: past.notes[0] ?? 'the history could not be read.',
    remedy: 'Try again when the remote answers.',
    exit: 3,
  })
}

// -------------------------------------------------------------------------------------------------- the world

type Place = {
  readonly world: RealWorld
  readonly side: HeadSide
  readonly history: HistoryStore
  /** The state directory. */
  readonly store: Store
  /** The working directory. */
  readonly here: string
  readonly root: string
}

async function within<T>(job: Job, options: DriftOptions, use: (place: Place) => Promise<T>): Promise<T> {
  const root = await repositoryRoot(options.root)
  const here = join(root, job.workingDirectory)
  const [reportDir, stateDir] = [absolute(here, job.reportDir), absolute(here, job.stateDir)]
  refuseNested({ reportDir, stateDir })
  ignoreOwnFolder(join(here, '.parity'), [reportDir, stateDir])
  const world = createWorld({ ...options, root, stateDir, reportDir, version: VERSION })
  const store = createStore(stateDir)
  const { authorization } = options
  const history = createHistoryBranch({
    ...{ root, store, reportDir, now: world.clock.now },
    ...(authorization === undefined ? {} : { authorization }),
  })
  try {
    return await use({ world, root, here, history, store, side: await headSideOf(job, world, 'today') })
  } finally {
    await store.close()
    await world.close()
  }
}

async function filesOf(job: Job, side: HeadSide, now: number) {
  const { plans } = await side.select('all').catch((error: unknown) => {
    // A set that cannot be read stays in the registry as it was.
    if (error instanceof UserError) return { plans: [] }
    throw error
  })
  return historyFiles({ prompts: registeredPrompts(plans), config: configName(job), now })
}

// ------------------------------------------------------------------------------------------ issue and history

type Writing = Place & {
  readonly job: Job
  readonly options: DriftOptions
  readonly past: HistoryRead
  readonly evidence: Evidence
}

/** The issue comes first: what became of it is written down with the run. */
async function written(run: DriftRun, writing: Writing): Promise<DriftReport> {
  const { job, past, history, world, side, options, evidence, store } = writing
  const branch = HISTORY_BRANCH
  const events = past.notes.map((message) => ({ kind: 'history', evalSet: null, at: run.at, message }) as const)
  const unwritten = (why: string) => ({ state: 'refused', branch, why, files: null }) as const
  const held = holdForecasts({
    ...{ evidence, routes: run.config.routes, book: run.book, at: run.at, config: run.name },
    records: ownRecords(past.records, run.name),
    evalSets: run.looked.flatMap(({ made }) => (made.shown === null ? [] : [callsOf(made.shown)])),
  })
  const told = [...events, ...held.events]
  const records = [...recordsOf(run), ...held.records]
  const before = { records: [...past.records, ...records], events: told, issue: null, forecasts: held.rows }
  if (run.plannedOnly !== null || world.signal.aborted)
    return driftReportOf(run, { ...before, history: unwritten('the run was interrupted') })
  const draft = driftReportOf(run, { ...before, history: unwritten('not yet') })
  const issue = await postDrift(await posting(draft, run, writing), { ...options, history, clock: world.clock })
  if (issue?.note) world.log.warn(issue.note)
  const all = [...records, ...(issue?.records ?? [])]
  const wrote = await history.append(all, await filesOf(job, side, world.clock.now()))
  if (wrote.state === 'refused') world.log.warn(historyLine(historyOf(wrote)))
  // After the history: a job that is killed before it has used nothing up.
  if (run.config.spend.batch === true) await noteOver(store, { at: run.at, config: run.name }, run.over)
  return driftReportOf(run, {
    records: wrote.records,
    forecasts: held.rows,
    events: [
      ...told,
      ...wrote.notes
        .filter((one) => !past.notes.includes(one))
        .map((message) => ({ kind: 'history', evalSet: null, at: run.at, message }) as const),
    ],
    history: historyOf(wrote),
    issue: issue === null ? null : { number: issue.number, url: issue.url, status: issue.status, note: issue.note },
  })
}

async function posting(report: DriftReport, run: DriftRun, { job, past: all, world }: Writing): Promise<DriftPost> {
  const own = ownRecords(all.records, run.name)
  const past = { ...all, records: own.filter((one) => !isFuture(one, run.startedMs)) }
  return {
    ...{ report, past, known: run.known, ended: run.ended, config: configName(job), runUrl: job.provenance.runUrl },
    redact: await createRedactor({ secrets: world.secrets, patterns: run.config.redact }),
    defaultBranch: job.request.kind === 'dispatch' ? job.request.defaultBranch : null,
  }
}

function historyOf(wrote: HistoryWrite): DriftReport['history'] {
  const branch = HISTORY_BRANCH
  if (wrote.state === 'refused') return { state: 'refused', branch, why: wrote.why, files: wrote.files }
  const why = wrote.commit === null ? 'nothing to write' : null
  return { state: wrote.where === 'local' ? 'local' : 'written', branch, why, files: null }
}
