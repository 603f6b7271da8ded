// Two lists of scorers, and in words what the second has less of.

import { canonicalJson } from '../config/canonical.ts'
import type { Json, ScorerSpec } from '../domain.ts'
import { scorerKey } from '../plan/scoring.ts'

export function loosenings(base: readonly ScorerSpec[], head: readonly ScorerSpec[]): readonly string[] {
  if (base === head) return []
  const left = { base: base.filter((one) => one.weight > 0), head: [...head] }
  const found: string[] = []
  const pair = (
    matches: (old: ScorerSpec, now: ScorerSpec) => boolean,
    say: (old: ScorerSpec, now: ScorerSpec) => string[],
  ) => {
    for (const old of [...left.base]) {
      const at = left.head.findIndex((now) => matches(old, now))
      const now = left.head[at]
      if (now === undefined) continue
      left.base.splice(left.base.indexOf(old), 1)
      left.head.splice(at, 1)
      found.push(...say(old, now))
    }
  }
  const sameType = (old: ScorerSpec, now: ScorerSpec) => old.type === now.type && old.not === now.not
  const sameValue = (old: ScorerSpec, now: ScorerSpec) => canonicalJson(old.value) === canonicalJson(now.value)
  pair(
    (old, now) => scorerKey(old) === scorerKey(now),
    () => [],
  )
  pair((old, now) => sameType(old, now) && sameValue(old, now), easier)
  pair((old, now) => old.type === now.type && sameValue(old, now), flipped)
  pair((old, now) => sameType(old, now) && old.name === now.name, easier)
  pair(sameType, easier)
  return [...found, ...left.base.map((old) => `${nameOf(old)} was removed`)]
}

const nameOf = ({ name, type, not, value }: ScorerSpec) => {
  const written = `${not ? 'not-' : ''}${type}`
  const shown =
    typeof value === 'string' ? ` ${JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)}` : ''
  return name === written ? `${written}${shown}` : `${name} (${written}${shown})`
}

const flipped = (old: ScorerSpec, now: ScorerSpec) => [
  `${nameOf(old)} was turned into ${now.not ? 'not-' : ''}${now.type}`,
  ...weightless(old, now),
]

const weightless = (old: ScorerSpec, now: ScorerSpec) =>
  now.weight > 0 ? [] : [`${nameOf(old)} no longer counts (weight ${old.weight} to ${now.weight})`]

function easier(old: ScorerSpec, now: ScorerSpec): string[] {
  const limits = [limit(old, now), ...bounds(old, now), ...lists(old, now)].filter((one) => one !== null)
  return [...weightless(old, now), ...limits]
}

/** Scorers whose threshold is a maximum: a higher one lets more through. */
const MAXIMA: ReadonlySet<string> = new Set(['latency', 'cost', 'levenshtein'])
/** What holds where no threshold is written. */
const DEFAULTS: { readonly [type: string]: number } = { levenshtein: 5, 'rouge-n': 0.75 }

function limit(old: ScorerSpec, now: ScorerSpec): string | null {
  const of = ({ type, threshold, value }: ScorerSpec) =>
    threshold ?? (MAXIMA.has(type) && typeof value === 'number' ? value : DEFAULTS[type])
  return moved({ of: old, name: 'threshold', isMaximum: MAXIMA.has(old.type), from: of(old), to: of(now) })
}

/** `{min, max}` and `{max_input, …}`: a bound that is gone lets everything through. */
function bounds(old: ScorerSpec, now: ScorerSpec): readonly (string | null)[] {
  const [from, to] = [old.value, now.value]
  if (!isMap(from) || !isMap(to)) return []
  const keys = Object.keys(from).filter((key) => /^m(?:in|ax)(?:_|$)/.test(key))
  return keys.map((name) => {
    const isMaximum = name.startsWith('max')
    const open = isMaximum ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    const number = (value: Json | undefined) => (typeof value === 'number' ? value : undefined)
    return moved({
      of: old,
      name,
      isMaximum,
      from: number(from[name]),
      to: to[name] === undefined ? open : number(to[name]),
    })
  })
}

type Move = {
  readonly of: ScorerSpec
  readonly name: string
  readonly isMaximum: boolean
  readonly from: number | undefined
  readonly to: number | undefined
}

function moved({ of, name, isMaximum, from, to }: Move): string | null {
  if (from === undefined || to === undefined || from === to) return null
  // `not-` turns a scorer round, and with it what is easier.
  const isLooser = to > from === (isMaximum !== of.not)
  if (!isLooser) return null
  return `${name} of ${of.name} went from ${from} to ${Number.isFinite(to) ? to : 'none'}`
}

/** One of more texts is easier to say; all of fewer, too. */
function lists(old: ScorerSpec, now: ScorerSpec): readonly (string | null)[] {
  const family = /^i?contains-(any|all)$/.exec(old.type)?.[1]
  const [from, to] = [old.value, now.value]
  if (family === undefined || !Array.isArray(from) || !Array.isArray(to)) return []
  const [wide, narrow] = (family === 'any') !== old.not ? [to, from] : [from, to]
  const within = (narrow as Json[]).every((item) => (wide as Json[]).includes(item))
  return within && wide.length > narrow.length
    ? [`${old.name} asks for ${family} of ${to.length} texts instead of ${from.length}`]
    : []
}

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
