// The whole program on one screen. Pull request, merge queue, push and laptop differ only in the job's sides.

import { type Conclusion, conclude } from './conclude.ts'
import type { Config } from './config/config.ts'
import { contextOf } from './context.ts'
import { projectCost } from './cost/project.ts'
import { detect } from './detect.ts'
import type { RecordRow } from './domain.ts'
import { evaluate } from './evaluate.ts'
import type { Job } from './job.ts'
import { loadConfigs, loadSets } from './load.ts'
import { callsOf, measure } from './measure.ts'
import { estimateRun } from './plan/estimate.ts'
import { select } from './plan/select.ts'
import type { Git, Log, Tree } from './ports.ts'
import { loadPrices } from './prices/index.ts'
import { buildReport } from './report/build.ts'
import type { Report } from './report/report.ts'
import { type EngineWorld, startEngine } from './run/engine.ts'
import { resolveSides } from './sides.ts'

export type World = EngineWorld & {
  readonly git: Git
  readonly log: Log
  readonly tool: { readonly version: string; readonly node: string }
}

export type Outcome = {
  readonly report: Report
  readonly config: Config
  readonly record: readonly RecordRow[]
  readonly baseRedact: readonly string[]
}

export async function parity(job: Job, world: World): Promise<Outcome> {
  const startedMs = world.clock.now()
  const sides = await resolveSides(job.request, world.git)
  const trees = { base: treeOf(world.git, sides.base), head: treeOf(world.git, sides.head) ?? world.git.workingTree() }
  const trusted = sides.head.trust === 'trusted'
  const context = await contextOf(job, { sides, trees, git: world.git })
  const configs = await loadConfigs(context.configPath, trees, trusted)
  const sets = await loadSets({ trees, configs, files: context.files })
  const detection = await detect({
    files: context.files,
    sets,
    trees,
    config: { ...configs.config, path: context.configPath, changed: configs.changed },
  })
  const selection = select({
    job,
    detection,
    sets,
    configs,
    trusted,
    context,
    environment: world.environment,
    workingTree: sides.head.sha === null,
  })
  const book = await loadPrices(configs.config.prices, configs.config.models)
  const estimate = estimateRun(selection.plans, book, startedMs)
  const plannedOnly = job.dryRun ? 'a dry run' : job.planOnly
  const engine =
    plannedOnly === null && selection.plans.length > 0
      ? await startEngine({ job, world, sides, trees, selection, configs, book, estimate })
      : null
  const evaluations = engine === null ? [] : await evaluate(selection.plans, engine.deps).finally(engine.close)
  const costs = projectCost({
    evalSets: evaluations.map(callsOf),
    routes: configs.config.routes,
    book,
    atMs: startedMs,
    limit: configs.config.cost,
  })
  const measured = evaluations.map((one) => measure(one, costs))
  const conclusion: Conclusion = conclude({
    job,
    configs,
    selection,
    detection,
    measured,
    costs,
    estimate,
    plannedOnly,
    engine: engine?.stats() ?? null,
    baseSha: sides.base?.sha ?? null,
    startedMs,
  })
  const report = buildReport({
    job,
    world,
    sides,
    configs,
    detection,
    selection,
    measured,
    costs,
    estimate,
    plannedOnly,
    conclusion,
    engine: engine?.stats() ?? null,
    startedMs,
  })
  return {
    report,
    config: configs.config,
    record: evaluations.flatMap((one) => one.published),
    baseRedact: configs.base?.redact ?? [],
  }
}

function treeOf(git: Git, side: { readonly sha: string | null } | null): Tree | null {
  return side?.sha == null ? null : git.tree(side.sha)
}
