// When an attempt counts as hung: four times the 99th percentile of the answers seen, per provider and model.

import type { RunLimits } from './limits.ts'

const FACTOR = 4
/** The latest answers count: a provider's speed changes over a long run. */
const REMEMBERED = 256

export type Patience = {
  note(latencyMs: number): void
  /**
   * Milliseconds that an attempt may take; doubles with each fault before it, and the last attempt has the whole timeout,
   * so that one answer that is slow by nature is not lost.
   */
  limitMs(faults: number, timeoutMs: number): number
}

export function createPatience(limits: RunLimits): Patience {
  const latencies: number[] = []
  let seen = 0
  let p99: number | null = null
  const note = (latencyMs: number) => {
    latencies[seen % REMEMBERED] = latencyMs
    seen += 1
    p99 = null
  }
  const limitMs = (faults: number, timeoutMs: number) => {
    if (seen < limits.patienceAnswers || faults >= limits.maxAttempts - 1) return timeoutMs
    p99 ??= percentile99(latencies)
    return Math.min(timeoutMs, Math.max(limits.patienceFloorMs, FACTOR * p99) * 2 ** faults)
  }
  return { note, limitMs }
}

/** Nearest rank. A typed array sorts numbers many times faster, and this is asked for after every answer. */
function percentile99(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0
}
