// `prompt-parity noise`: an A/A run. Every eval set runs several times on one side; what differs between the runs is noise.

import { startEngine } from '../engine.ts'
import { EXIT, UserError } from '../errors.ts'
import { evaluate } from '../evaluate.ts'
import { formatUsd } from '../money.ts'
import { estimateRun } from '../plan/estimate.ts'
import { pricesOf } from '../prices/of-config.ts'
import { planOf } from '../report/build.ts'
import { logLines } from '../report/escape.ts'
import { planSentence } from '../report/sentences.ts'
import { type Flags, formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'
import { type NoiseReport, noiseOf } from './noise-figures.ts'
import { noiseText } from './noise-text.ts'
import { type OneSide, withHead } from './one-side.ts'

/** Of the flags of `run`, those that one side has no use for are left out. */
const { base: _, score: __, pr: ___, sha: ____, shard: _____, comment: ______, ...OWN } = JOB_FLAGS
const FLAGS = { ...OWN, passes: 'text' } as const
const FOLDER = '.parity/noise'
const DEFAULT_PASSES = 3
const MOST_PASSES = 50

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS, 0)
  const format = formatFlag(flags, ['text', 'json'])
  const passes = passesOf(flags)
  const job = localJob(flags)
  const evals = job.evals === 'affected' ? 'all' : job.evals
  const report = await withHead(job, flags.text('report-dir') || FOLDER, async (side) => {
    const { plans, notRun } = await side.select(evals)
    const made = plans.length === 0 ? null : await measured(side, { job, plans, passes })
    return { head: side.sides.head.ref, passes, plan: null, evalSets: [], calls: 0, usd: '0', ...made, notRun }
  })
  process.stdout.write(`${format === 'json' ? JSON.stringify(report, null, 2) : logLines(noiseText(report))}\n`)
  const failed = report.notRun.length > 0 || report.evalSets.some((one) => one.state === 'not-measured')
  return failed ? EXIT.notMeasured : EXIT.pass
}

function passesOf(flags: Flags): number {
  const text = flags.text('passes')
  const passes = text === '' ? DEFAULT_PASSES : Number(text)
  if (Number.isInteger(passes) && passes >= 2 && passes <= MOST_PASSES) return passes
  throw new UserError({
    what: `--passes is "${text.slice(0, 40)}".`,
    expected: `a whole number from 2 to ${MOST_PASSES}`,
    remedy: 'Correct it: noise is what differs between two runs.',
  })
}

type Wanted = {
  readonly job: ReturnType<typeof localJob>
  readonly plans: Awaited<ReturnType<OneSide['select']>>['plans']
  readonly passes: number
}

async function measured(side: OneSide, wanted: Wanted): Promise<Partial<NoiseReport>> {
  const { world, sides, tree, configs } = side
  const { config } = configs
  // The content key stays that of the set's own passes, so that more passes add to the runs that are stored.
  const plans = wanted.plans.map((plan) => ({ ...plan, head: { ...plan.head, passes: wanted.passes } }))
  const book = await pricesOf(config, world.environment)
  const estimate = estimateRun(plans, book, world.clock.now())
  const plan = planOf(estimate)
  if (wanted.job.dryRun) return { plan }
  world.log.info(`Plan: ${planSentence(plan)}`)
  const trees = { base: null, head: tree }
  const redact = config.redact
  const { job } = wanted
  const engine = await startEngine({ job, world, sides, trees, plans, config, book, estimate, redact })
  const evaluations = await evaluate(plans, engine.deps).finally(engine.close)
  const stats = engine.stats()
  return {
    evalSets: evaluations.map((one, i) => noiseOf(one, wanted.plans[i]?.head.passes ?? 1)),
    calls: stats.targetCalls + stats.judgeCalls,
    usd: stats.unpriced > 0 ? null : formatUsd(stats.pico),
  }
}
