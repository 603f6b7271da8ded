// `prompt-parity drift`: the scheduled job, from anywhere; and `drift accept`, which takes a new level for good.

import { UserError } from '../errors.ts'
import { exitCode } from '../gate/decide.ts'
import { fromEnvironment } from '../io/environment.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { createLog } from '../io/terminal.ts'
import { logLines } from '../report/escape.ts'
import { acceptDrift, type DriftOptions, runDrift } from '../run-drift.ts'
import { type Flags, formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'
import { printed } from './run.ts'

const FLAGS = { ...JOB_FLAGS, spread: 'switch', reason: 'text' } as const

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS)
  const [action, more] = flags.rest
  if (action === 'accept' && more === undefined) return accept(flags)
  if (action !== undefined)
    throw new UserError({
      what: `\`drift\` has no "${(more ?? action).slice(0, 60)}".`,
      expected: 'nothing, or `accept --reason "…"`',
      remedy: 'See `prompt-parity drift --help`.',
    })
  refuseReason(flags)
  const format = formatFlag(flags, ['text', 'markdown', 'json'])
  const interrupt = interruptSignal()
  const { options, end } = world(flags, interrupt.signal)
  const job = { ...localJob(flags), command: 'drift' as const }
  const done = await runDrift(job, options)
  end()
  process.stdout.write(`${(format === 'markdown' ? done.rendered.summary : printed(done, format)).trimEnd()}\n`)
  if (format === 'text') options.log.info(`Report: ${done.reportDir}/report.html`)
  interrupt.dispose()
  return exitCode(done.report.verdict)
}

/** Whoever gives a reason wants to accept, and would start a run that is paid for. */
function refuseReason(flags: Flags): void {
  if (!flags.given('reason')) return
  throw new UserError({
    what: '--reason is an option of `drift accept`.',
    remedy: 'Write `prompt-parity drift accept --reason "…"`, or leave it out.',
  })
}

async function accept(flags: Flags): Promise<number> {
  if (flags.given('dry-run'))
    throw new UserError({
      what: '`drift accept` makes no call, and has no dry run.',
      remedy: 'Leave --dry-run out; `prompt-parity drift --dry-run` says what a run would call.',
    })
  const reason = flags.text('reason').trim()
  if (reason === '')
    throw new UserError({
      what: 'no reason is given.',
      expected: '--reason "why the new level is right"',
      remedy: 'Say it: the history keeps it, and whoever reads the curve later will ask.',
    })
  const interrupt = interruptSignal()
  const { options, end } = world(flags, interrupt.signal)
  const { evalSets, where } = await acceptDrift({ ...localJob(flags), command: 'drift' }, options, reason)
  end()
  const place = where === 'local' ? 'the local history branch' : 'the history branch'
  process.stdout.write(
    logLines(`Accepted on ${place}: ${evalSets.join(', ')}. The next drift run makes a new baseline.\n`),
  )
  interrupt.dispose()
  return 0
}

function world(flags: Flags, signal: AbortSignal): { readonly options: DriftOptions; end(): void } {
  const log = createLog(process.stderr)
  const environment = fromEnvironment
  const options: DriftOptions = {
    ...{ root: process.cwd(), environment, log, signal },
    spread: flags.given('spread') ? true : null,
    token: environment('GITHUB_TOKEN') ?? '',
  }
  return { options, end: () => log.end() }
}
