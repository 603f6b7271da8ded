// Histories from a seed: what years of scheduled runs and merges leave behind.

import { levelsOf } from '../../src/drift/levels.ts'
import { recordId } from '../../src/drift/lines.ts'
import type { BaselineRecord, Figures, HistoryRecord, KeyRecord, RunRecord } from '../../src/drift/records.ts'
import { fraction, hash32, normal } from './draw.ts'

const DAY_MS = 86_400_000

export type Past = {
  readonly sets: number
  readonly days: number
  readonly cases: number
  /** First day, ISO 8601. */
  readonly from: string
  /** Points added to the score of a set on a day; 0 by default. */
  readonly shift?: (set: number, day: number) => number
  readonly seed?: string
  /** Merges a week, spread over the sets. */
  readonly mergesPerWeek?: number
  /** Days without a run, for outages. */
  readonly gap?: (day: number) => boolean
}

const hex = (length: number, ...key: readonly (string | number)[]) => {
  let text = ''
  for (let at = 0; text.length < length; at++)
    text += hash32([...key, at].join('/'))
      .toString(16)
      .padStart(8, '0')
  return text.slice(0, length)
}

export const setName = (set: number) =>
  ['support-answers', 'refund-policy', 'ticket-triage'][set] ?? `eval-set-${set + 1}`

export function figuresOf(scores: readonly (number | null)[], over: Partial<Figures> = {}): Figures {
  const known = scores.filter((score) => score !== null)
  const mean = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length)
  return {
    n: known.length,
    missing: scores.length - known.length,
    score: known.length === 0 ? null : Math.round(mean * 10_000) / 100,
    inputTokens: 812.4,
    outputTokens: 140.25,
    latencyMs: 870,
    refusals: 0.01,
    costUsd: '0.0031185',
    answered: ['gpt-4.1-2025-04-14'],
    fingerprints: ['fp_49f1ad3d61'],
    tiers: ['default'],
    ...over,
  }
}

export function runRecord(over: Partial<RunRecord> & { readonly at: string }): RunRecord {
  const { evalSet = 'support-answers', key = hex(64, 'key', evalSet), role = 'pinned' } = over
  const scores = Array.from({ length: 10 }, (_, at) => (at === 3 ? 0 : 1))
  return {
    v: 1,
    kind: 'run',
    id: recordId('run', role, evalSet, key, over.at),
    role,
    evalSet,
    key,
    model: 'openai/gpt-4.1-2025-04-14',
    commit: hex(40, over.at),
    prompt: hex(64, 'prompt', evalSet),
    figures: figuresOf(scores),
    levels: levelsOf(scores),
    ...over,
  }
}

/** Chronological. The same past gives the same records. */
export function pastOf(past: Past): readonly HistoryRecord[] {
  const start = Date.parse(past.from)
  const sets = Array.from({ length: past.sets }, (_, set) => set)
  const days = Array.from({ length: past.days }, (_, day) => day).filter((day) => past.gap?.(day) !== true)
  const first = sets.flatMap((set) => firstRecords(past, set, start))
  return [...first, ...days.flatMap((day) => sets.flatMap((set) => dayRecords(past, set, { start, day })))]
}

function firstRecords(past: Past, set: number, start: number): readonly HistoryRecord[] {
  const evalSet = setName(set)
  const key = hex(64, 'key', evalSet)
  const at = new Date(start - 3_600_000).toISOString()
  const levels = Array.from({ length: past.cases }, (_, one) => level(past, set, one))
  const about = { v: 1, at, evalSet, key } as const
  const cases = Array.from({ length: past.cases }, (_, one) => hex(12, 'case', evalSet, one))
  const keyRecord: KeyRecord = { ...about, kind: 'key', id: recordId('key', evalSet, key), compare: 'pass', cases }
  const baseline: BaselineRecord = {
    ...about,
    kind: 'baseline',
    id: recordId('baseline', evalSet, key, at),
    model: 'openai/gpt-4.1-2025-04-14',
    commit: hex(40, 'first'),
    runs: 10,
    figures: figuresOf(levels),
    cases: levels.map((one, i) => ({ level: one, logOutput: 4.9 + (i % 7) / 100, logLatency: 6.77 + (i % 5) / 100 })),
  }
  return [keyRecord, baseline]
}

/** How often a case passes: most always, some never, a few now and then. */
function level(past: Past, set: number, one: number): number {
  const draw = fraction(past.seed ?? 'past', 'level', set, one)
  return draw < 0.1 ? 0 : draw < 0.2 ? 0.7 : 1
}

function dayRecords(past: Past, set: number, { start, day }: { start: number; day: number }): readonly HistoryRecord[] {
  const seed = past.seed ?? 'past'
  const ms = start + day * DAY_MS + set * 61_000
  const at = new Date(ms).toISOString()
  const shift = (past.shift?.(set, day) ?? 0) / 100
  const scores = Array.from({ length: past.cases }, (_, one) => {
    const chance = Math.max(0, Math.min(1, level(past, set, one) + shift))
    return fraction(seed, 'run', set, day, one) < chance ? 1 : 0
  })
  const model = day < past.days * 0.6 ? 'gpt-4.1-2025-04-14' : 'gpt-4.1-2026-02-01'
  const figures = figuresOf(scores, {
    latencyMs: Math.round(870 * Math.exp(0.08 * normal(seed, 'latency', set, day))),
    outputTokens: Math.round(140 * Math.exp(0.02 * normal(seed, 'tokens', set, day)) * 100) / 100,
    costUsd: (0.0031185 * Math.exp(0.01 * normal(seed, 'cost', set, day))).toFixed(7),
    answered: [model],
    fingerprints: [`fp_${hex(10, 'fingerprint', Math.floor(day / 45))}`],
  })
  const z = -normal(seed, 'z', set, day) - shift * 45
  const evalSet = setName(set)
  const key = hex(64, 'key', evalSet)
  const run = runRecord({
    ...{ at, evalSet, key, figures, levels: levelsOf(scores) },
    monitor: {
      baseline: recordId('baseline', evalSet, key, new Date(start - 3_600_000).toISOString()),
      z: Math.round(z * 1000) / 1000,
      cusum: Math.max(0, Math.round(z * 1000) / 1000),
      state: z > 4 ? 'drift' : z > 2 ? 'suspect' : 'in-band',
    },
    runUrl: `https://github.com/acme/app/actions/runs/${10_000_000_000 + day}`,
  })
  const merged = fraction(seed, 'merge', set, day) < (past.mergesPerWeek ?? 0) / 7 / past.sets
  if (!merged) return [run]
  const when = new Date(ms + 5 * 3_600_000).toISOString()
  const { monitor: _, ...rest } = run
  const id = recordId('run', 'merge', evalSet, key, when)
  return [run, { ...rest, id, role: 'merge', at: when, pr: 400 + day }]
}
