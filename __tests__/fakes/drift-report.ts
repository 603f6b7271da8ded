// Reports of drift runs as the issue gets them.

import type { DriftReport, DriftSet } from '../../src/drift/report.ts'

export function driftSet(over: Partial<DriftSet> = {}): DriftSet {
  return {
    evalSet: 'support-answers',
    path: 'evals/support.eval.yaml',
    owner: '@acme/support-ai',
    model: 'openai/gpt-4.1',
    state: 'drift',
    why: null,
    score: 82.7,
    baseline: { score: 92.1, sd: 2.2, runs: 10, at: '2026-11-01T05:17:00Z' },
    z: 4.1,
    cusum: 6.3,
    confirmedZ: 3.9,
    since: '2026-11-20T05:17:00Z',
    live: null,
    shifts: [],
    flips: [
      { caseId: 'refund-31', baseline: 1, today: 0 },
      { caseId: 'refund-07', baseline: 0.9, today: 0 },
    ],
    trend: [92, 93, 91, 92, 94, 92, 90, 92, 93, null, 91, 92, 85, 83, 82.7],
    advice: [
      'Pin the version that answered until 2026-11-19: `model: openai/gpt-4.1-2025-04-14` in `evals/support.eval.yaml`.',
    ],
    ...over,
  }
}

export function calm(over: Partial<DriftSet> = {}): DriftSet {
  return driftSet({
    state: 'in-band',
    score: 91.8,
    z: 0.1,
    cusum: 0,
    confirmedZ: null,
    since: null,
    flips: [],
    ...over,
  })
}

export function driftReport(sets: readonly DriftSet[], over: Partial<DriftReport> = {}): DriftReport {
  return {
    sets,
    events: [],
    fallbacks: [],
    monthUsd: '3.20',
    nextShutdown: null,
    history: { state: 'written', branch: 'prompt-parity-history', why: null, files: null },
    issue: null,
    ...over,
  }
}
