// A year of three eval sets: one that drifts now, one that did and was accepted, one that is calm; with an outage and merges.

import { historyFiles } from '../../src/drift/history-files.ts'
import type { HistoryRecord } from '../../src/drift/records.ts'
import type { RegisteredPrompt } from '../../src/drift/registry.ts'
import { pastOf, setName } from '../fakes/drift-records.ts'

export const NOW = Date.parse('2026-11-28T06:00:00Z')
const DAY_MS = 86_400_000
const before = (days: number) => new Date(NOW - days * DAY_MS).toISOString()

export function yearOf(sets: number, days: number): readonly HistoryRecord[] {
  const past = pastOf({
    ...{ sets, days, cases: 100, from: before(days), mergesPerWeek: 4 },
    shift: (set, day) =>
      set === 1 && day > days - 12 ? -12 : set === 2 && day > days * 0.4 && day < days * 0.45 ? -10 : 0,
    gap: (day) => day > days * 0.7 && day < days * 0.72,
  })
  const incident = { v: 1, kind: 'incident', incident: 'x', evalSets: [setName(1)] } as const
  return [
    ...past,
    { ...incident, id: 'i1', at: before(10), state: 'claimed', issue: null },
    { ...incident, id: 'i2', at: before(9.99), state: 'opened', issue: 57 },
    {
      v: 1,
      kind: 'accept',
      id: 'a1',
      at: before(100),
      evalSets: [setName(2)],
      reason: 'shorter answers',
      actor: 'ada',
    },
  ]
}

export function promptsOf(records: readonly HistoryRecord[]): readonly RegisteredPrompt[] {
  const versions = new Map(
    records.flatMap((one) => (one.kind === 'run' && one.prompt ? [[one.evalSet, one.prompt]] : [])),
  )
  return [...versions].map(([evalSet, hash]) => ({
    ...{ prompt: `prompts/${evalSet}.prompt.yml`, symbol: null, hash, owner: '@acme/support-ai' },
    ...{ reason: 'Answers name the deadline', model: 'openai/gpt-4.1-2025-04-14', evalSets: [evalSet] },
  }))
}

export function filesOf(records: readonly HistoryRecord[], now = NOW) {
  return historyFiles({ prompts: promptsOf(records), config: 'parity.yaml', now })({ records, registry: null })
}
