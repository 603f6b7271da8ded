// What a configuration says of how calls are made: how many at once, how long each may take, and whose limits they share.

import type { Config } from '../config/config.ts'
import type { Target } from '../domain.ts'
import { hasBatches } from '../targets/batch/providers.ts'
import type { Work } from './work.ts'

/** The target of an eval set on a side. */
export type TargetOf = (name: string, side: 'base' | 'head') => Target

export function concurrencyOf({ request, trial }: Work, config: Config, targetOf: TargetOf): number | undefined {
  if (request.kind === 'model') return config.providers[request.provider]?.maxConcurrency
  if (request.kind !== 'command') return undefined
  const target = targetOf(trial.evalSet, trial.side)
  return target.kind === 'command' ? target.workers : undefined
}

export function withTimeout(work: Work, config: Config, targetOf: TargetOf): Work {
  const timeoutMs = timeoutOf(work, config, targetOf)
  return timeoutMs === undefined ? work : { ...work, timeoutMs }
}

function timeoutOf({ request, trial }: Work, config: Config, targetOf: TargetOf): number | undefined {
  if (request.kind === 'model') {
    const seconds = config.providers[request.provider]?.timeoutS
    return seconds === undefined ? undefined : 1000 * seconds
  }
  if (request.kind !== 'command' && request.kind !== 'http') return undefined
  const target = targetOf(trial.evalSet, trial.side)
  return target.kind === 'command' || target.kind === 'http' ? target.timeoutMs : undefined
}

/** A provider counts what a key asks for, whatever the entry is called that asks. */
export function accountOf({ request }: Work, { providers }: Config): string | undefined {
  const entry = request.kind === 'model' ? providers[request.provider] : undefined
  return entry?.apiKeyEnv === undefined ? undefined : `${entry.kind} ${entry.apiKeyEnv}`
}

/** As many as a batch may hold, for as long as one may take. */
const BATCH_AT_ONCE = 50_000
const BATCH_MS = 26 * 60 * 60 * 1000

/** How the calls of a run are made when it uses batch endpoints: in a lane of their own, with all the time of a batch. */
export function batched(work: Work): Work {
  const { request } = work
  if (request.kind !== 'model' || !hasBatches(request.provider)) return work
  return { ...work, batched: true, timeoutMs: BATCH_MS }
}

export const batchLane = ({ batched: isBatched, request }: Work) =>
  isBatched ? `batch ${request.provider}` : undefined
export const batchAtOnce = ({ batched: isBatched }: Work) => (isBatched ? BATCH_AT_ONCE : undefined)
