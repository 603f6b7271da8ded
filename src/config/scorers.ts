// Scorers as written -> ScorerSpec. Four spellings: `is-json`, `- contains: "x"`, `- contains: {value, weight, ...}`
// and promptfoo's `- {type: contains, value: "x"}`; each with an optional `not-`.

import type { Json, JsonObject, Place, ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { ScorerNames } from './scorer-names.ts'
import { show } from './validate.ts'

export type ScorerOutcome =
  | { readonly ok: true; readonly spec: ScorerSpec }
  /** `notRunnable`: a name we know and cannot run; foreign files name it, our own refuse it. */
  | { readonly ok: false; readonly problem: Problem; readonly notRunnable: boolean }

const SETTINGS = ['value', 'threshold', 'weight', 'name', 'metric', 'model', 'provider', 'labels']
const OWN = new Set(['type', 'value', 'threshold', 'weight', 'name', 'metric'])

/** Reads one entry of `scorers` (or `assert`). */
export function readScorer(entry: Json, place: Place, known: ScorerNames): ScorerOutcome {
  const written = spelling(entry, known)
  if (!written) {
    const problem = {
      what: `A scorer is ${show(entry)}.`,
      expected: EXPECTED,
      remedy: 'Write one scorer per item.',
      place,
    }
    return { ok: false, problem, notRunnable: false }
  }
  const { name, settings } = written
  const resolved = resolveName(name, known)
  if ('why' in resolved) {
    const problem = {
      what: `The scorer "${name}" cannot be run: ${resolved.why.replace(/\.$/, '')}.`,
      remedy: 'Use another scorer.',
      place,
    }
    return { ok: false, problem, notRunnable: true }
  }
  if (!('type' in resolved)) return { ok: false, problem: unknownScorer(name, known, place), notRunnable: false }
  const wrong = settingProblem(settings, place)
  if (wrong) return { ok: false, problem: wrong, notRunnable: false }
  return { ok: true, spec: specOf({ ...resolved, name }, settings, place) }
}

const EXPECTED = 'a name, {name: value}, {name: {value, threshold, weight, name}} or {type, value}'

function spelling(entry: Json, known: ScorerNames): { name: string; settings: JsonObject } | undefined {
  if (typeof entry === 'string') return { name: entry, settings: {} }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined
  const map = entry as JsonObject
  if (typeof map.type === 'string') return { name: map.type, settings: map }
  const keys = Object.keys(map)
  const name = keys.find((key) => 'type' in resolveName(key, known)) ?? keys.find((key) => !SETTINGS.includes(key))
  if (name === undefined) return undefined
  const { [name]: value = null, ...siblings } = map
  return { name, settings: isSettings(value) ? { ...value, ...siblings } : { ...asValue(value), ...siblings } }
}

/** `{value: …}`, or a map of settings only, is not itself the value; `equals: {a: 1}` and inline schemas are. */
function isSettings(value: Json): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  return keys.includes('value') || (keys.length > 0 && keys.every((key) => SETTINGS.includes(key)))
}

function asValue(value: Json): JsonObject {
  return value === null || value === true ? {} : { value }
}

type Resolved = { readonly type: string; readonly not: boolean } | { readonly why: string } | Record<never, never>

function resolveName(name: string, { names, aliases, notRunnable }: ScorerNames): Resolved {
  for (const not of [false, true]) {
    if (not && !name.startsWith('not-')) break
    const bare = not ? name.slice(4) : name
    const type = Object.hasOwn(aliases, bare) ? aliases[bare] : bare
    if (type !== undefined && names.includes(type)) return { type, not }
    if (Object.hasOwn(notRunnable, bare)) return { why: notRunnable[bare] ?? '' }
  }
  return {}
}

function unknownScorer(name: string, { names, aliases, notRunnable }: ScorerNames, place: Place): Problem {
  const bare = name.replace(/^not-/, '')
  const near = nearest(bare, [...names, ...Object.keys(aliases), ...Object.keys(notRunnable)])
  return {
    what: `There is no scorer "${name.slice(0, 100)}".`,
    remedy: near === null ? `Use one of ${names.join(', ')}.` : `Did you mean "${bare === name ? '' : 'not-'}${near}"?`,
    place,
  }
}

function settingProblem(settings: JsonObject, place: Place): Problem | undefined {
  for (const key of ['threshold', 'weight']) {
    const value = settings[key]
    if (value === undefined || (typeof value === 'number' && value >= 0)) continue
    return { what: `"${key}" is ${show(value)}.`, expected: 'a number, 0 or more', remedy: 'Correct the value.', place }
  }
  // Each scorer has settings of its own; only slips of the shared ones can be told here.
  const slip = Object.keys(settings).find((key) => !OWN.has(key) && !SETTINGS.includes(key) && nearest(key, SHARED))
  if (slip === undefined) return undefined
  return { what: `Unknown key "${slip}".`, remedy: `Did you mean "${nearest(slip, SHARED)}"?`, place }
}

const SHARED = ['threshold', 'weight', 'metric', 'labels']

function specOf(
  { type, not, name }: { readonly type: string; readonly not: boolean; readonly name: string },
  settings: JsonObject,
  place: Place,
): ScorerSpec {
  const { value, threshold, weight } = settings
  const label = settings.name ?? settings.metric
  return {
    type,
    not,
    ...(value === undefined ? {} : { value }),
    ...(typeof threshold === 'number' ? { threshold } : {}),
    weight: typeof weight === 'number' ? weight : 1,
    name: typeof label === 'string' ? label : name,
    options: Object.fromEntries(Object.entries(settings).filter(([key]) => !OWN.has(key))),
    place,
  }
}
