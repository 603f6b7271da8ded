// registry.json: which prompts there are, whose they are, why they are as they are, and what they scored last. Read by
// `prompt-parity log` and by whoever else wants to know; prompts that this run did not see stay as they were.

import { isObject } from '../config/cases.ts'
import type { Json } from '../domain.ts'
import type { Usd } from '../report/report.ts'
import type { HistoryRecord, RunRecord } from './records.ts'

/** What a job knows of a prompt that its eval sets use. */
export type RegisteredPrompt = {
  readonly prompt: string
  readonly symbol: string | null
  readonly hash: string
  readonly owner: string | null
  readonly reason: string | null
  readonly model: string | null
  readonly evalSets: readonly string[]
}

export type RegistryEntry = RegisteredPrompt & {
  /** Points on 0-100, of the set that does worst; null = not known. */
  readonly score: number | null
  /** Per request, of the set that costs most. */
  readonly cost: Usd
  readonly lastRun: string | null
}

export type RegistryInput = {
  /** Of the configuration whose prompts they are: sets of other ones may have the same names. */
  readonly records: readonly HistoryRecord[]
  /** Text of the registry that is there. */
  readonly previous: string | null
  readonly prompts: readonly RegisteredPrompt[]
}

/** One entry for each prompt, sorted by its name: the version that was seen last. */
export function registryOf({ records, previous, prompts }: RegistryInput): readonly RegistryEntry[] {
  const known = new Map<string, RegisteredPrompt & Partial<RegistryEntry>>()
  for (const entry of parseRegistry(previous)) known.set(nameOf(entry), entry)
  for (const prompt of prompts) known.set(nameOf(prompt), withKnown(prompt, known.get(nameOf(prompt))))
  const seen = new Set(prompts.map(nameOf))
  const runs = records.filter(
    (record) => record.kind === 'run' && (record.role === 'pinned' || record.role === 'merge'),
  )
  const lastRuns = lastOfSet(runs as readonly RunRecord[])
  return [...known.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, entry]): RegistryEntry => {
      const { prompt, symbol, hash, owner, reason, model, evalSets } = entry
      return {
        prompt,
        symbol,
        hash,
        owner,
        reason,
        model,
        evalSets,
        ...lastFigures(entry, seen.has(nameOf(entry)) ? lastRuns : NO_RUNS),
      }
    })
}

/** What another configuration wrote of its prompts stays as it is. */
const NO_RUNS: ReadonlyMap<string, RunRecord> = new Map()

/** What a job does not know of the same version may have been known before. */
function withKnown(prompt: RegisteredPrompt, before: RegisteredPrompt | undefined): RegisteredPrompt {
  if (before === undefined || before.hash !== prompt.hash) return prompt
  return { ...before, ...prompt, owner: prompt.owner ?? before.owner, reason: prompt.reason ?? before.reason }
}

const nameOf = ({ prompt, symbol }: { prompt: string; symbol: string | null }) =>
  symbol === null ? prompt : `${prompt}#${symbol}`

/** By eval set and version of the prompt, so that a new version has no score before it was run. */
function lastOfSet(runs: readonly RunRecord[]): ReadonlyMap<string, RunRecord> {
  return new Map(runs.map((run) => [lastKey(run.evalSet, run.prompt ?? ''), run]))
}

const lastKey = (evalSet: string, hash: string) => JSON.stringify([evalSet, hash])

function lastFigures(
  entry: RegisteredPrompt & Partial<RegistryEntry>,
  lastRuns: ReadonlyMap<string, RunRecord>,
): Pick<RegistryEntry, 'score' | 'cost' | 'lastRun'> {
  const runs = entry.evalSets.flatMap((set) => lastRuns.get(lastKey(set, entry.hash)) ?? [])
  if (runs.length === 0) return { score: entry.score ?? null, cost: entry.cost ?? null, lastRun: entry.lastRun ?? null }
  const scores = runs.flatMap(({ figures }) => figures.score ?? [])
  const costs = runs.flatMap(({ figures }) => figures.costUsd ?? [])
  return {
    score: scores.length === 0 ? null : Math.min(...scores),
    cost: costs.reduce<Usd>((most, cost) => (most === null || Number(cost) > Number(most) ? cost : most), null),
    lastRun: runs.map(({ at }) => at).reduce((last, at) => (at > last ? at : last)),
  }
}

/** What is no entry is left out: the file may have been edited by hand. */
export function parseRegistry(text: string | null): readonly RegistryEntry[] {
  let value: unknown
  try {
    value = JSON.parse(text ?? '[]')
  } catch {
    return []
  }
  return Array.isArray(value) ? value.flatMap(entryOf) : []
}

function entryOf(value: Json): readonly RegistryEntry[] {
  if (!isObject(value)) return []
  const [prompt, hash] = [textOf(value.prompt), textOf(value.hash)]
  if (prompt === null || hash === null) return []
  const { evalSets, score } = value
  return [
    {
      ...{ prompt, hash, symbol: textOf(value.symbol), owner: textOf(value.owner), reason: textOf(value.reason) },
      model: textOf(value.model),
      evalSets: Array.isArray(evalSets) ? evalSets.flatMap((set: Json) => textOf(set) ?? []) : [],
      score: typeof score === 'number' && Number.isFinite(score) ? score : null,
      cost: usdOf(value.cost),
      lastRun: textOf(value.lastRun),
    },
  ]
}

const textOf = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? value : null)
const usdOf = (value: Json | undefined) => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? value : null)

export function registryText(entries: readonly RegistryEntry[]): string {
  return `${JSON.stringify(entries, null, 1)}\n`
}
