// Scores and costs that somebody wrote down for a version: a registry of the history branch, and the last report.
// Both may be of another release or broken: what is not understood is not recorded.

import { isObject } from '../config/cases.ts'
import type { Json, JsonObject } from '../domain.ts'

export type Recorded = {
  readonly path: string
  readonly symbol: string | null
  readonly hash: string
  readonly evalSet: string | null
  /** Points on 0-100. */
  readonly score: number | null
  readonly costUsd: string | null
  readonly model: string | null
  readonly at: string | null
  readonly source: 'history' | 'report'
}

const MIN_HASH = 8

export function isOfVersion(one: Recorded, hashes: readonly string[]): boolean {
  const { hash } = one
  return hash.length >= MIN_HASH && hashes.some((known) => known.startsWith(hash) || hash.startsWith(known))
}

/** A list of entries, or entries by prompt; anywhere in the file. */
export function fromRegistry(text: string | null): readonly Recorded[] {
  const value = parsed(text)
  return value === null ? [] : entries(value, '', 0)
}

const MAX_DEPTH = 6

function entries(value: Json, key: string, depth: number): readonly Recorded[] {
  if (depth > MAX_DEPTH) return []
  if (Array.isArray(value)) return value.flatMap((one: Json) => entries(one, key, depth + 1))
  if (!isObject(value)) return []
  if (typeof value.hash === 'string') return entry(value, key)
  return Object.entries(value).flatMap(([name, one]) => entries(one, name, depth + 1))
}

function entry(value: JsonObject, key: string): readonly Recorded[] {
  const named = word(value.prompt) ?? word(value.path) ?? key
  const hash = word(value.hash)
  if (hash === null || named === '') return []
  const at = named.lastIndexOf('#')
  const sets = value.evalSets ?? value.eval_sets ?? value.evalSet ?? null
  return [
    {
      path: at > 0 ? named.slice(0, at) : named,
      symbol: word(value.symbol) ?? (at > 0 ? named.slice(at + 1) : null),
      hash,
      evalSet: Array.isArray(sets) ? sets.map((set: Json) => nameOf(set)).join(', ') || null : word(sets),
      score: number(value.score),
      costUsd: amount(value.costUsd ?? value.cost_usd ?? value.cost),
      model: word(value.model),
      at: word(value.lastRun ?? value.last_run ?? value['last run']),
      source: 'history',
    },
  ]
}

const nameOf = (set: Json) => (typeof set === 'string' ? set : isObject(set) ? (word(set.name) ?? '') : '')

/** The head of a report, for every eval set that has a prompt. */
export function fromReport(text: string | null): readonly Recorded[] {
  const report = parsed(text)
  if (!isObject(report) || report.schema !== 'prompt-parity/1' || !Array.isArray(report.evalSets)) return []
  return report.evalSets.flatMap((set: Json): readonly Recorded[] => {
    if (!isObject(set)) return []
    const [path, hash] = [word(set.promptPath), word(field(set.promptHash, 'head'))]
    if (path === null || hash === null) return []
    return [
      {
        ...{ path, symbol: null, hash, source: 'report' },
        evalSet: word(set.name),
        score: number(set.score),
        costUsd: amount(field(set.cost, 'perRequestUsd')),
        model: word(field(set.model, 'head')),
        at: word(report.startedAt),
      },
    ]
  })
}

function parsed(text: string | null): Json {
  try {
    return text === null ? null : (JSON.parse(text) as Json)
  } catch {
    return null
  }
}

const field = (value: Json | undefined, name: string) => (isObject(value) ? value[name] : undefined)
const word = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? value : null)

/** The number itself, or the head's where both sides are given. */
function number(value: Json | undefined): number | null {
  const one = isObject(value) ? (value.head ?? value.value) : value
  return typeof one === 'number' && Number.isFinite(one) ? one : null
}

function amount(value: Json | undefined): string | null {
  const one = isObject(value) ? (value.head ?? value.perRequestUsd ?? value.usd) : value
  if (typeof one === 'number' && Number.isFinite(one)) return String(one)
  if (isObject(one)) return amount(one.head ?? null)
  return typeof one === 'string' && /^\d+(\.\d+)?$/.test(one) ? one : null
}
