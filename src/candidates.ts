// Models compared on one commit: the pipeline with the model in use as the base and each candidate as the head. The model
// in use is run once for all of them.

import { concludeModels } from './candidates/conclude.ts'
import type { PlannedSet } from './candidates/plans.ts'
import type { Compared } from './candidates/row.ts'
import { candidateSets, judgesOf } from './candidates/sets.ts'
import { type Shared, shareBase } from './candidates/share.ts'
import { type Survey, surveyModels } from './candidates/survey.ts'
import { incompleteBecause } from './conclude.ts'
import { candidateLevers } from './cost/levers/candidate.ts'
import { projectCost } from './cost/project.ts'
import type { RecordRow } from './domain.ts'
import { type Engine, startEngine } from './engine.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import { judgeSet } from './gate/set-verdict.ts'
import type { Job } from './job.ts'
import { callsOf, measure } from './measure.ts'
import type { ParityResult, World } from './parity.ts'
import { estimateRun } from './plan/estimate.ts'
import { buildReport, planOf } from './report/build.ts'
import { planSentence } from './report/sentences.ts'
import { answeredBefore } from './run/answered-before.ts'

export async function candidates(job: Job, world: World): Promise<ParityResult> {
  const { clock, signal, tool } = world
  const startedMs = clock.now()
  const found = await surveyModels(job, world, startedMs)
  const { sets, configs, book, sides, tree } = found
  const { config } = configs
  const concurrencyOf = (provider: string) => config.providers[provider]?.maxConcurrency
  const plannedOnly = job.dryRun ? 'a dry run' : job.planOnly
  const isAnswered = plannedOnly !== null && job.useStored ? await answeredBefore(() => world.openStore()) : undefined
  const estimate = estimateRun(allPlans(sets), book, startedMs, { concurrencyOf, ...(isAnswered && { isAnswered }) })
  const ran = plannedOnly === null ? await run({ job, world, found, estimate }) : NOTHING_RAN
  const compared = comparedOf(ran, found, startedMs)
  const measured = compared.map((one) => one.measured)
  const prices = { book, atMs: startedMs, routes: config.routes, profiles: found.profiles }
  const elsewhere = { tree, directory: job.workingDirectory, config }
  const rows = await candidateSets({ ...found, compared, plannedOnly: plannedOnly !== null, prices, elsewhere })
  const stats = ran.engine?.stats() ?? null
  const ended = { interrupted: signal.aborted, outOfTime: stats?.outOfTime ?? false }
  const input = {
    ...{ job, configs, estimate, plannedOnly, startedMs, measured, engine: stats, trusted: true, joined: null },
    selection: { plans: comparisonsOf(sets), notRun: found.named.notRun, findings: [] },
    detection: { changes: [], uncovered: [], selections: [], texts: [], pins: [] },
    found: [...found.denied.values()],
    costs: projectCost({ evalSets: [], routes: [], book, atMs: startedMs }),
    incomplete: stats?.refused ?? incompleteBecause(measured, ended),
    baseSha: sides.base?.sha ?? null,
    estimated: null,
  }
  const conclusion = concludeModels({ input, compared, sets: rows })
  const levers = candidateLevers(rows)
  const about = { sides, tool, unread: found.unread, levers, endedMs: clock.now() }
  const report = buildReport({ ...input, ...about, conclusion })
  return {
    report: { ...report, candidates: { named: found.named.by, sets: rows } },
    ...{ config, redact: config.redact, record: published(ran.evaluations), part: null },
  }
}

const comparisonsOf = (sets: readonly PlannedSet[]) => sets.flatMap((set) => set.comparisons.map(({ plan }) => plan))

/** With the runs of the model in use, which belong to no comparison alone. */
const allPlans = (sets: readonly PlannedSet[]) => [...sets.flatMap(({ base }) => base ?? []), ...comparisonsOf(sets)]

type Ran = {
  readonly evaluations: readonly Evaluation[]
  readonly shared: Shared | null
  readonly engine: Engine | null
}
const NOTHING_RAN: Ran = { evaluations: [], shared: null, engine: null }

type Running = {
  readonly job: Job
  readonly world: World
  readonly found: Survey
  readonly estimate: ReturnType<typeof estimateRun>
}

async function run({ job, world, found, estimate }: Running): Promise<Ran> {
  const { sets, configs, book, sides, tree } = found
  const plans = allPlans(sets)
  if (plans.length === 0) return NOTHING_RAN
  world.log.info(`Plan: ${planSentence(planOf(estimate))}`)
  const { config } = configs
  const trees = { base: tree, head: tree }
  const engine = await startEngine({ job, world, sides, trees, plans, config, book, estimate, redact: config.redact })
  const shared = shareBase(engine.deps, sets)
  const evaluations = await evaluate(comparisonsOf(sets), shared.deps).finally(engine.close)
  return { evaluations, shared, engine }
}

function comparedOf({ evaluations, shared }: Ran, found: Survey, atMs: number): readonly Compared[] {
  const costs = projectCost({ evalSets: evaluations.map(callsOf), routes: [], book: found.book, atMs })
  const today = new Date(atMs).toISOString().slice(0, 10)
  const byName = new Map(evaluations.map((one) => [one.plan.name, one]))
  return found.sets.flatMap((planned) =>
    planned.comparisons.flatMap(({ model, plan }) => {
      const evaluation = byName.get(plan.name)
      if (evaluation === undefined) return []
      const measured = measure(evaluation, costs)
      const evalSet = planned.set.name
      return [
        {
          ...{ evalSet, model, evaluation, measured, judges: judgesOf(planned) },
          verdict: judgeSet(measured, { baseSha: null, waivers: [], today }),
          calls: { ...callsOf(evaluation), name: evalSet },
          refusal: shared?.refusalOf(plan.name) ?? null,
          baseRefusal: shared?.refusalOf(evalSet) ?? null,
        },
      ]
    }),
  )
}

function* published(evaluations: readonly Evaluation[]): Generator<RecordRow> {
  for (const one of evaluations) yield* one.published
}
