// The spend cap of a run: whose word counts, what a shard and a merge have of it, and when it cannot be kept.

import type { Config } from '../config/config.ts'
import type { Outcome } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Job } from '../job.ts'
import { parseUsd } from '../money.ts'
import type { Estimate } from '../plan/estimate.ts'

/** What the run is asked for, else the configuration's. A head that is not trusted may spend the smaller of both. */
export function capOf(job: Pick<Job, 'maxUsd' | 'request'>, { spend }: Pick<Config, 'spend'>): string | null {
  const configured = spend.maxUsd === undefined ? null : String(spend.maxUsd)
  if (job.maxUsd === null || configured === null) return job.maxUsd ?? configured
  return isForeign(job.request) && Number(configured) < Number(job.maxUsd) ? configured : job.maxUsd
}

const isForeign = (request: Job['request']) =>
  request.kind === 'untrusted' || (request.kind === 'pull-request' && request.fork)

/** A cap is of the whole run: each shard has an equal part of it, and a merge what the shards have left. */
export function shareOfCap(pico: bigint, shard: Job['shard'], spent: bigint): bigint {
  if (shard !== null) return pico / BigInt(shard.of)
  return spent > pico ? 0n : pico - spent
}

export function shareOfCalls(calls: number | undefined, shard: Job['shard'], made: number): number | null {
  if (calls === undefined) return null
  return shard === null ? Math.max(0, calls - made) : Math.ceil(calls / shard.of)
}

const REMEDY =
  'Add the model to `prices:` in parity.yaml, say by `models:` what the deployment stands for, ask for no service tier whose price is not known, or remove the cap.'

const unpricedCap = (cap: string, models: string) =>
  `a spend cap of $${cap} is set, but the price of ${models} is not known, so that the cap could not be kept`

/** Null where the plan's prices are known, or need not be. */
export function unpricedPlan(cap: string | null, { unpriced }: Pick<Estimate, 'unpriced'>): UnpricedCall | null {
  return cap === null || unpriced.length === 0 ? null : { why: unpricedCap(cap, unpriced.join(', ')), remedy: REMEDY }
}

export function refuseUnpricedCap(cap: string | null, estimate: Estimate): void {
  const problem = unpricedPlan(cap, estimate)
  if (problem !== null) throw new UserError({ what: `${problem.why}.`, remedy: problem.remedy })
}

/** Why a cap cannot be kept, and what to do. */
export type UnpricedCall = { readonly why: string; readonly remedy: string }

export type UnpricedStop = {
  /** Aborted with the first such call: what is still to be asked would be paid for a run that shows nothing. */
  readonly signal: AbortSignal
  /** Ends the run where a cap is set; true when the call may be made all the same. */
  pass(model: string): boolean
  call(): UnpricedCall | null
}

export function createUnpricedStop(cap: string | null): UnpricedStop {
  const stop = new AbortController()
  let first: UnpricedCall | null = null
  const pass = (model: string) => {
    if (cap === null) return true
    first ??= { why: unpricedCap(cap, `${model}, which an application asks for,`), remedy: REMEDY }
    stop.abort(first.why)
    return false
  }
  return { signal: stop.signal, pass, call: () => first }
}

export function picoOf(usd: string): bigint {
  const parsed = parseUsd(usd)
  if (parsed.state === 'ok') return parsed.pico
  throw new UserError({
    what: `the spend cap "${usd}" is no amount of US dollars.`,
    remedy: 'Write it like `5` or `0.50`.',
  })
}

/** The run had no more to spend, in money or in calls. */
export const isNotMadeForCap = ({ outcome }: { readonly outcome: Outcome }): boolean =>
  outcome.state === 'failed' && outcome.failure.cause === 'budget'
