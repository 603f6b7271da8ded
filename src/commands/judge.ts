// `prompt-parity judge`: a judge on outputs that people have graded. What it gets wrong there, it gets wrong in every run.

import { readFile, writeFile } from 'node:fs/promises'
import type { EvalSet, Result, ScorerSpec } from '../domain.ts'
import { startEngine } from '../engine.ts'
import { EXIT, UserError } from '../errors.ts'
import type { Job } from '../job.ts'
import { formatUsd } from '../money.ts'
import { estimateRun } from '../plan/estimate.ts'
import { planSet } from '../plan.ts'
import { describeModel } from '../prices/describe.ts'
import { pricesOf } from '../prices/of-config.ts'
import { logLines } from '../report/escape.ts'
import { type Graded, judgeIdentity } from '../scorers/calibration.ts'
import { checkScorer } from '../scorers/index.ts'
import { type Flags, formatFlag, readFlags } from './flags.ts'
import { type Labelled, type Labels, readLabels } from './judge-labels.ts'
import { type JudgeReport, judgeReport, judgeText } from './judge-report.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'
import { type OneSide, withHead } from './one-side.ts'
import { readReport } from './render.ts'

const FOLDER = '.parity/judge'
const DEFAULT_REPORT = '.parity/report/report.json'
const FLAGS = {
  ...JOB_FLAGS,
  model: 'text',
  rubric: 'text',
  'eval-set': 'text',
  scorer: 'text',
  report: 'text',
  out: 'text',
} as const

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS, 1)
  const format = formatFlag(flags, ['text', 'json'])
  const [path] = flags.rest
  if (path === undefined)
    throw new UserError({ what: 'no labels are named.', remedy: 'Give the path of a JSON Lines file with labels.' })
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) throw new UserError({ what: `${path} cannot be read.`, remedy: 'Name a file with labels.' })
  const job = localJob(flags)
  const report = await withHead(job, FOLDER, async (side) => {
    const set = await setOf(side, flags.text('eval-set'))
    const spec = await judgeOf(set, flags)
    const labels = readLabels(text, path, { report: await reportOf(flags), set })
    const judged = await judgeAll(side, { job, spec, labels })
    if (flags.text('out') !== '') await writeFile(flags.text('out'), recorded(judged.results, labels, spec))
    return reportFor({ spec, set, labels, judged })
  })
  process.stdout.write(`${format === 'json' ? JSON.stringify(report, null, 2) : logLines(judgeText(report))}\n`)
  return report.judged === 0 ? EXIT.notMeasured : EXIT.pass
}

async function setOf(side: OneSide, name: string): Promise<EvalSet | null> {
  if (name === '') return null
  const { plans } = await side.select([name])
  const plan = plans.find((one) => one.name === name)
  if (plan !== undefined) return plan.head
  throw new UserError({ what: `the eval set ${name.slice(0, 100)} cannot be run.`, remedy: 'Name one that loads.' })
}

/** The judge of the set, or one of the flags alone; what a flag says wins. */
async function judgeOf(set: EvalSet | null, flags: Flags): Promise<ScorerSpec> {
  const [model, rubric] = [flags.text('model'), flags.text('rubric')]
  if (set === null && (model === '' || rubric === ''))
    throw new UserError({
      what: 'no judge is named.',
      expected: '--model with --rubric, or --eval-set',
      remedy: 'Give `--model provider/model --rubric "…"`, or the eval set whose judge is meant.',
    })
  const own = set === null ? null : judgeOfSet(set, flags.text('scorer'), rubric === '' || model === '')
  const base: ScorerSpec = own ?? {
    type: 'llm-rubric',
    not: false,
    weight: 1,
    name: 'llm-rubric',
    options: {},
    place: { path: 'command line' },
  }
  const spec: ScorerSpec = {
    ...base,
    weight: 1,
    ...(rubric === '' ? {} : { value: rubric }),
    options: { ...base.options, ...(model === '' ? {} : { model }) },
  }
  const wrong = await checkScorer(spec)
  if (wrong !== null) throw new UserError(wrong)
  return spec
}

function judgeOfSet(set: EvalSet, name: string, needed: boolean): ScorerSpec | null {
  const judges = set.scorers.filter((one) => one.type === 'llm-rubric' && (name === '' || one.name === name))
  const [first, second] = judges
  if (second !== undefined)
    throw new UserError({
      what: `${set.name} has ${judges.length} judges.`,
      expected: `one of ${judges.map((one) => one.name).join(', ')}`,
      remedy: 'Name one by `--scorer`; give them a `name:` if they have the same.',
      place: { path: set.path },
    })
  if (first === undefined && needed)
    throw new UserError({
      what: `${set.name} has no judge${name === '' ? '' : ` called ${name.slice(0, 60)}`}.`,
      remedy: 'Give `--model` and `--rubric`.',
      place: { path: set.path },
    })
  return first ?? null
}

/** Null when nobody named a report and there is none at the usual place. */
async function reportOf(flags: Flags) {
  const named = flags.text('report')
  if (named !== '') return readReport(named)
  return readReport(DEFAULT_REPORT).catch((error: unknown) => {
    if (error instanceof UserError) return null
    throw error
  })
}

type Wanted = { readonly job: Job; readonly spec: ScorerSpec; readonly labels: Labels }
type Judged = { readonly results: readonly Result[]; readonly calls: number; readonly usd: string | null }

async function judgeAll(side: OneSide, { job, spec, labels }: Wanted): Promise<Judged> {
  const { world, sides, tree, configs } = side
  const { config } = configs
  const set = carrier(spec, labels.labelled)
  const input = { head: set, base: null, because: [], kinds: new Set<never>() }
  const context = { contentIds: { base: '', head: '' }, environment: world.environment }
  // A verdict belongs to the judge and the question: with more labels, those that were judged are not paid again.
  const plan = { ...planSet(input, context), contentKey: `judge ${judgeIdentity(spec)}` }
  const book = await pricesOf(config, world.environment)
  const estimate = estimateRun([plan], book, world.clock.now())
  const trees = { base: null, head: tree }
  const engine = await startEngine({
    ...{ job, world, sides, trees, config, book, estimate },
    plans: [plan],
    redact: config.redact,
  })
  const results = await Promise.all(
    [...plan.cases.values()].map(async (planned, i) => {
      if (planned.head.state === 'failed') throw new Error(planned.head.failure.message)
      const trial = { evalSet: set.name, caseId: planned.kase.id, side: 'head', step: 'pass', index: 0 } as const
      const answer = { text: labels.labelled[i]?.output ?? '', latencyMs: null }
      const result = await engine.deps.score(plan, planned, {
        trial,
        request: planned.head.request,
        outcome: { state: 'answered', answer },
      })
      engine.deps.onDone(plan, result)
      return result
    }),
  ).finally(engine.close)
  const stats = engine.stats()
  return { results, calls: stats.judgeCalls, usd: stats.unpriced > 0 ? null : formatUsd(stats.pico) }
}

/** The labelled outputs as cases of a set whose own target is never called. */
function carrier(spec: ScorerSpec, labelled: readonly Labelled[]): EvalSet {
  const prompt = { path: '', engine: 'none', messages: [], sources: [], partials: {}, line: 1, hash: '' } as const
  return {
    name: 'labels',
    path: labelled[0]?.kase.place.path ?? '',
    target: { kind: 'prompt', prompt, model: 'echo', parameters: {} },
    cases: labelled.map((one) => one.kase),
    slices: [],
    scorers: [spec],
    passes: 1,
    compare: 'pass',
    gates: {},
    mode: 'report',
    paths: [],
    candidates: [],
    waivers: [],
    sources: [],
    notCarried: [],
  }
}

type Made = {
  readonly spec: ScorerSpec
  readonly set: EvalSet | null
  readonly labels: Labels
  readonly judged: Judged
}

function reportFor({ spec, set, labels, judged }: Made): JudgeReport {
  const graded = judged.results.flatMap((result, i): readonly (Graded & { readonly id: string })[] => {
    const one = labels.labelled[i]
    return result.state === 'scored' && one !== undefined
      ? [{ id: one.kase.id, human: one.human, judge: result.pass }]
      : []
  })
  const model = String(spec.options.model)
  const under = set?.target.model ?? null
  return judgeReport({
    model,
    rubric: String(spec.value),
    identity: judgeIdentity(spec),
    pin: describeModel(model).pin,
    sameFamily: under !== null && isSameFamily(model, under) ? under : null,
    graded,
    unreadable: judged.results.flatMap((result, i) =>
      result.state === 'missing' ? [`${labels.labelled[i]?.kase.id ?? ''}: ${result.why}`] : [],
    ),
    skipped: labels.skipped,
    calls: judged.calls,
    usd: judged.usd,
  })
}

function isSameFamily(one: string, other: string): boolean {
  const [a, b] = [describeModel(one), describeModel(other)]
  return one === other || (a.family !== null && a.family === b.family)
}

/** The labels as written, each with the judge's verdict: what `labels:` of a scorer reads. */
function recorded(results: readonly Result[], labels: Labels, spec: ScorerSpec): string {
  const identity = judgeIdentity(spec)
  return results
    .flatMap((result, i) => {
      const one = labels.labelled[i]
      if (one === undefined || result.state !== 'scored') return []
      const verdict = { output: one.output, judge: result.pass ? 'pass' : 'fail', judge_id: identity }
      return [`${JSON.stringify({ ...one.row, ...verdict })}\n`]
    })
    .join('')
}
