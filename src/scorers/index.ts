// The table of scorers, and how a written name finds its entry.

import type { ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { endsWith, startsWith } from './affixes.ts'
import { contains, containsAll, containsAny, icontains, icontainsAll, icontainsAny } from './contains.ts'
import { equals } from './equals.ts'
import { isRefusal } from './is-refusal.ts'
import { javascript } from './javascript.ts'
import { containsJson, isJson } from './json.ts'
import { levenshtein } from './levenshtein.ts'
import { llmRubric } from './llm-rubric.ts'
import { cost, finishReason, latency, tokens, wordCount } from './measures.ts'
import { notRunnable } from './not-runnable.ts'
import { regex } from './regex.ts'
import { rougeN } from './rouge-n.ts'
import type { Scorer } from './scorer.ts'
import { selectBest } from './select-best.ts'

export { judgeKey } from './judge.ts'
export { notRunnable } from './not-runnable.ts'
export type { JudgeCall, JudgeRequest, ScoreInput, Scorer, Verdict } from './scorer.ts'

/** Names and meanings are those of promptfoo 0.123. */
export const scorers = {
  equals,
  contains,
  icontains,
  'contains-all': containsAll,
  'contains-any': containsAny,
  'icontains-all': icontainsAll,
  'icontains-any': icontainsAny,
  'starts-with': startsWith,
  'ends-with': endsWith,
  regex,
  'is-json': isJson,
  'contains-json': containsJson,
  levenshtein,
  'rouge-n': rougeN,
  latency,
  cost,
  tokens,
  'word-count': wordCount,
  'finish-reason': finishReason,
  'is-refusal': isRefusal,
  'llm-rubric': llmRubric,
  'select-best': selectBest,
  javascript,
} satisfies Record<string, Scorer>

export const scorerAliases = { 'json-schema': 'is-json', judge: 'llm-rubric' } as const satisfies Record<
  string,
  keyof typeof scorers
>

const byName: ReadonlyMap<string, Scorer> = new Map(Object.entries(scorers))
const aliases: ReadonlyMap<string, string> = new Map(Object.entries(scorerAliases))

/** Every name that may be written, aliases included, without `not-`. */
export const scorerNames: readonly string[] = [...byName.keys(), ...aliases.keys()]

export type ResolvedName =
  | { readonly state: 'known'; readonly type: string; readonly not: boolean }
  | { readonly state: 'not-runnable'; readonly why: string }
  | { readonly state: 'unknown'; readonly nearest: string | null }

/** What a written scorer name (`not-` and aliases allowed) stands for. */
export function resolveScorer(written: string): ResolvedName {
  const refused = Object.hasOwn(notRunnable, written) ? notRunnable[written] : undefined
  if (refused !== undefined) return { state: 'not-runnable', why: refused }
  const not = written.startsWith('not-')
  const name = not ? written.slice('not-'.length) : written
  const type = aliases.get(name) ?? name
  if (byName.has(type)) return { state: 'known', type, not }
  const why = Object.hasOwn(notRunnable, name) ? notRunnable[name] : undefined
  if (why !== undefined) return { state: 'not-runnable', why }
  const close = nearest(name, scorerNames)
  return { state: 'unknown', nearest: close === null ? null : `${not ? 'not-' : ''}${close}` }
}

/** The scorer of a type, or undefined for a name that `resolveScorer` does not know. */
export function scorerOf(type: string): Scorer | undefined {
  return byName.get(type)
}

/** What is wrong with a scorer as configured, or null. Loads a regex or schema engine only where one is needed. */
export async function checkScorer(spec: ScorerSpec): Promise<Problem | null> {
  const scorer = scorerOf(spec.type)
  const why = scorer ? await scorer.check(spec) : 'there is no scorer of this name'
  if (why === null) return null
  const remedy = 'Correct it, or remove the scorer.'
  const { file } = spec.options
  const place = typeof file === 'string' ? { path: file } : spec.place
  return { what: `The scorer ${spec.name} cannot be used: ${why}.`, place, remedy }
}
