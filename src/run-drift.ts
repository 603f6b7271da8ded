// A drift run in the real world: the history is read, the sets are run, the issue and the history follow, and the report is
// written. Shared by both shells, and loaded by them on demand.

import { join, posix } from 'node:path'
import { acceptRecord, driftingSets } from './drift/accept.ts'
import { driftReportOf, recordsOf, reportOf } from './drift/conclude.ts'
import { historyFiles } from './drift/history-files.ts'
import { type DriftRun, driftRun } from './drift/job.ts'
import { HISTORY_BRANCH, type IncidentRecord } from './drift/records.ts'
import { registeredPrompts } from './drift/registered.ts'
import type { DriftReport } from './drift/report.ts'
import { UserError } from './errors.ts'
import { type HeadSide, headSideOf } from './head-side.ts'
import { createHistoryBranch } from './io/history-branch.ts'
import { writeReportDir } from './io/report-dir.ts'
import { RECORD_FILE } from './io/row-log.ts'
import { createStore } from './io/store.ts'
import { absolute, createWorld, type RealWorld } from './io/world.ts'
import type { Job } from './job.ts'
import { outputsOf } from './outputs.ts'
import type { HistoryRead, HistoryStore, HistoryWrite } from './ports.ts'
import { renderAll } from './render.ts'
import { driftSections } from './report/drift-sections.ts'
import { createRedactor } from './report/redact.ts'
import { type Done, ignoreOwnFolder, type JobWorld, repositoryRoot, VERSION } from './run-job.ts'

export type DriftOptions = JobWorld & {
  /** One baseline run a day instead of ten at once; null = as the configuration says. */
  readonly spread: boolean | null
  /** Of the workflow, for the issue; '' = none. */
  readonly token: string
}

export type DriftDone = Done & {
  /** What the terminal and the log show. */
  readonly text: readonly string[]
}

export async function runDrift(job: Job, options: DriftOptions): Promise<DriftDone> {
  return within(job, options, async (place) => {
    const { world, side, history, here } = place
    const reportDir = absolute(here, job.reportDir)
    const past = await history.read()
    for (const note of past.notes) world.log.warn(note)
    const spread = options.spread ?? side.configs.config.drift.baseline === 'spread'
    const run = await driftRun({ job, world, side, history: past, spread })
    const drift = await written(run, { ...place, job, options, past })
    const report = reportOf(run, drift, {
      side,
      tool: world.tool,
      interrupted: world.signal.aborted,
      endedMs: world.clock.now(),
    })
    const redact = await createRedactor({ secrets: world.secrets, patterns: run.config.redact })
    const outputs = run.config.comment.outputs
    const key = configKey(job)
    const rendered = renderAll({ report, redact, outputs, key, record: [], drift: driftSections })
    // What a comment would say belongs to a pull request.
    const { 'comment.md': _, ...files } = rendered.files
    await writeReportDir(reportDir, { ...files, [RECORD_FILE]: '' })
    return {
      result: { report, config: run.config, redact: run.config.redact, record: [], part: null },
      report: rendered.report,
      rendered,
      reportDir,
      outputs: outputsOf(rendered.report, { reportDir, reportJson: join(reportDir, 'report.json') }),
      text: driftSections(rendered.report)?.text ?? [],
    }
  })
}

export type Accepted = { readonly evalSets: readonly string[]; readonly where: string }

/** A person takes the present level for good: the next run makes a new baseline. */
export async function acceptDrift(job: Job, options: DriftOptions, reason: string): Promise<Accepted> {
  return within(job, options, async ({ world, side, history }) => {
    const past = await history.read()
    if (past.state === 'unreachable') throw unreadable(past)
    const evalSets = await acceptedSets(job, side, past)
    const at = new Date(world.clock.now()).toISOString()
    const record = acceptRecord({ evalSets, reason, actor: job.provenance.actor, at })
    const wrote = await history.append([record], await filesOf(side, world.clock.now()))
    if (wrote.state === 'written') return { evalSets, where: wrote.where }
    throw new UserError({
      what: `the accept could not be written to the branch ${HISTORY_BRANCH}: ${wrote.why}`,
      remedy: `Give the job \`contents: write\`, or push from a clone that may.${wrote.files === null ? '' : ` What would have been written is in ${wrote.files}.`}`,
    })
  })
}

async function acceptedSets(job: Job, side: HeadSide, past: HistoryRead): Promise<readonly string[]> {
  if (job.evals === 'all' || job.evals === 'affected') {
    const drifting = job.evals === 'all' ? await namesOf(side) : driftingSets(past.records)
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
  /** The working directory. */
  readonly here: string
}

async function within<T>(job: Job, options: DriftOptions, use: (place: Place) => Promise<T>): Promise<T> {
  const root = await repositoryRoot(options.root)
  const here = join(root, job.workingDirectory)
  const [reportDir, stateDir] = [absolute(here, job.reportDir), absolute(here, job.stateDir)]
  ignoreOwnFolder(join(here, '.parity'), [reportDir, stateDir])
  const world = createWorld({ ...options, root, stateDir, reportDir, version: VERSION })
  const store = createStore(stateDir)
  const { authorization } = options
  const history = createHistoryBranch({
    ...{ root, store, reportDir, now: world.clock.now },
    ...(authorization === undefined ? {} : { authorization }),
  })
  try {
    return await use({ world, here, history, side: await headSideOf(job, world, 'today') })
  } finally {
    await store.close()
    await world.close()
  }
}

const configKey = (job: Job) => posix.join(job.workingDirectory, job.configPath)

async function filesOf(side: HeadSide, now: number) {
  const { plans } = await side.select('all').catch((error: unknown) => {
    // A set that cannot be read stays in the registry as it was.
    if (error instanceof UserError) return { plans: [] }
    throw error
  })
  return historyFiles({ prompts: registeredPrompts(plans), now })
}

// ------------------------------------------------------------------------------------------ issue and history

type Writing = Place & { readonly job: Job; readonly options: DriftOptions; readonly past: HistoryRead }

/** The issue comes first: what became of it is written down with the run. */
async function written(run: DriftRun, writing: Writing): Promise<DriftReport> {
  const { past, history, world, side } = writing
  const branch = HISTORY_BRANCH
  const events = past.notes.map((message) => ({ kind: 'history', evalSet: null, at: run.at, message }) as const)
  const unwritten = (why: string) => ({ state: 'refused', branch, why, files: null }) as const
  const before = { records: [...past.records, ...recordsOf(run)], events, issue: null }
  if (run.plannedOnly !== null || world.signal.aborted)
    return driftReportOf(run, { ...before, history: unwritten('the run was interrupted') })
  const draft = driftReportOf(run, { ...before, history: unwritten('not yet') })
  const issue = await published(draft, run, writing)
  const records = [...recordsOf(run), ...(issue?.records ?? [])]
  const wrote = await history.append(records, await filesOf(side, world.clock.now()))
  return driftReportOf(run, {
    records: wrote.records,
    events: [
      ...events,
      ...wrote.notes.map((message) => ({ kind: 'history', evalSet: null, at: run.at, message }) as const),
    ],
    history: historyOf(wrote),
    issue: issue === null ? null : { number: issue.number, url: issue.url, status: issue.status },
  })
}

function historyOf(wrote: HistoryWrite): DriftReport['history'] {
  const branch = HISTORY_BRANCH
  if (wrote.state === 'refused') return { state: 'refused', branch, why: wrote.why, files: wrote.files }
  return { state: wrote.where === 'local' ? 'local' : 'written', branch, why: null, files: null }
}

type Published = Pick<NonNullable<DriftReport['issue']>, 'number' | 'url' | 'status'> & {
  readonly records: readonly IncidentRecord[]
}

/** Null where there is no GitHub to open an issue at. */
async function published(_draft: DriftReport, _run: DriftRun, { options }: Writing): Promise<Published | null> {
  const repository = options.environment('GITHUB_REPOSITORY')
  if (repository === undefined || options.token === '') return null
  return null
}
