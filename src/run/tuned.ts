// What a configuration says of how calls are made: how many at once, how long each may take, and whose limits they share.

import type { Config } from '../config/config.ts'
import type { Target } from '../domain.ts'
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
  if (request.kind !== 'command') return undefined
  const target = targetOf(trial.evalSet, trial.side)
  return target.kind === 'command' ? target.timeoutMs : undefined
}

/** A provider counts what a key asks for, whatever the entry is called that asks. */
export function accountOf({ request }: Work, { providers }: Config): string | undefined {
  const entry = request.kind === 'model' ? providers[request.provider] : undefined
  return entry?.apiKeyEnv === undefined ? undefined : `${entry.kind} ${entry.apiKeyEnv}`
}
