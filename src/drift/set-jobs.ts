// What a drift run asks of each set, and what it cannot ask and why.

import type { Config } from '../config/config.ts'
import { UserError } from '../errors.ts'
import { configName } from '../job.ts'
import type { World } from '../parity.ts'
import { providersOf } from '../plan/asked-providers.ts'
import type { Selection } from '../plan/select.ts'
import type { PlanContext, SetPlan } from '../plan.ts'
import type { PriceBook } from '../prices/book.ts'
import { plural } from '../report/numbers.ts'
import { checkKeys } from '../targets/providers.ts'
import { BASELINE_RUNS } from './baseline.ts'
import type { DriftInput } from './job.ts'
import { contentKey } from './key.ts'
import { isFuture, withoutOthers } from './own.ts'
import { type Past, pastOf } from './past.ts'
import { fallbackPlans, liveModelOf, livePlan, withPasses } from './plans.ts'
import type { SetJob } from './set-run.ts'

type Planning = { readonly selection: Selection; readonly book: PriceBook; readonly startedMs: number }
type Jobs = { readonly jobs: readonly SetJob[]; readonly notes: readonly string[] }

export async function setJobs({ job, world, side, history, spread }: DriftInput, planning: Planning): Promise<Jobs> {
  const { selection, book, startedMs } = planning
  const files = await side.tree.list()
  const context: PlanContext = {
    contentIds: { base: await side.contentId(), head: await side.contentId() },
    environment: world.environment,
    listed: side.configs.config.environment,
    today: new Date(startedMs).toISOString().slice(0, 10),
  }
  const { runs } = side.configs.config.drift
  const notes: string[] = []
  const refusal = (plan: SetPlan) => keyProblem(plan, side.configs.config, world)
  const known = withoutOthers(history.records, configName(job))
  const own = known.filter((one) => !isFuture(one, startedMs))
  const jobs: SetJob[] = []
  for (const plan of selection.plans) {
    const key = contentKey(plan, files)
    const past = pastOf(own, plan.name, key)
    const refused = unknownPast(past, history) ?? (await refusal(plan)) ?? modelProblem(plan) ?? requestProblem(plan)
    const live = liveModelOf(plan.head, book, startedMs)
    const others = [
      ...(live === null ? [] : [{ ...livePlan(plan, live, context), role: 'live' as const }]),
      ...fallbackPlans(plan, context).map((one) => ({ ...one, role: 'fallback' as const })),
    ]
    const asked: typeof others = []
    for (const one of refused === null ? others : []) {
      const why = await refusal(one.plan)
      if (why === null) asked.push(one)
      else notes.push(`${plan.name}: the ${one.role} model ${one.model} was not run: ${why}`)
    }
    jobs.push({
      ...{ plan, key, past, refused },
      passes: refused === null ? passesWanted(past.baseline?.runs ?? 0, { spread, runs }) : 0,
      live: asked.find(({ role }) => role === 'live') ?? null,
      fallbacks: asked.filter(({ role }) => role === 'fallback'),
    })
  }
  return { jobs, notes: [...notes, ...futureNote(known.length - own.length)] }
}

const futureNote = (count: number): readonly string[] =>
  count === 0
    ? []
    : [
        `${plural(count, 'record')} of the history ${count === 1 ? 'is' : 'are'} from the future and ${count === 1 ? 'is' : 'are'} not counted: the clock of a machine that wrote ${count === 1 ? 'it' : 'them'} was wrong, or that of this one is.`,
      ]

function passesWanted(known: number, { spread, runs }: { readonly spread: boolean; readonly runs: number }): number {
  return spread || known >= BASELINE_RUNS ? 1 : Math.max(1, runs - known)
}

/** Nobody knows whether there is a baseline: to make another one would cost ten runs, and split the history. */
function unknownPast({ baseline }: Past, { state, records }: DriftInput['history']): string | null {
  if (baseline !== null) return null
  if (state === 'lost' && records.length === 0)
    return 'the history is lost, and nothing of it is known here: put the branch back, or the next run makes a new baseline'
  if (state !== 'unreachable') return null
  return 'the history could not be read, and no baseline of it is known here'
}

/** A key that is missing leaves its sets unmeasured, and the others as they are. */
async function keyProblem(plan: SetPlan, config: Config, world: World): Promise<string | null> {
  const { environment, credentialFile } = world
  try {
    await checkKeys(providersOf([plan]), { environment, credentialFile, configProviders: config.providers })
    return null
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]?.what ?? error.message
    throw error
  }
}

/** What answers from a file, or with the question, cannot drift. */
function modelProblem({ head: { target } }: SetPlan): string | null {
  if (target.kind !== 'prompt') return null
  if (target.replay !== undefined) return 'its answers are recorded ones (`target.replay`), which cannot drift'
  return target.model === 'echo' ? 'its model is `echo`, which cannot drift' : null
}

/** What cannot be asked at all says nothing of the provider, and would be a baseline of nothing. */
function requestProblem({ cases }: SetPlan): string | null {
  const failures = [...cases.values()].map(({ head }) => (head.state === 'failed' ? head.failure.message : null))
  const [first] = failures
  return first === undefined || first === null || failures.includes(null) ? null : `no request could be built: ${first}`
}

/** The pass beside the live model is one of the pin's. */
export function plansOf({ plan, passes, live, fallbacks, refused }: SetJob): readonly SetPlan[] {
  if (refused !== null) return []
  const alone = live === null ? passes : passes - 1
  return [
    ...(live === null ? [] : [live.plan]),
    ...(alone > 0 || live !== null ? [withPasses(plan, alone)] : []),
    ...fallbacks.map((one) => one.plan),
  ]
}

/** What the trials of a set are called: its own name first, then those of the models beside it. */
export const namesOf = ({ plan, live, fallbacks }: SetJob): readonly string[] => [
  plan.name,
  ...(live === null ? [] : [live.plan.name]),
  ...fallbacks.map((one) => one.plan.name),
]
