// The stricter of both sides' gates applies to this change; a gate that the head loosens takes effect after the merge.

import type { Gates, Limit } from '../domain.ts'

export type LoosenedGate = { readonly gate: string; readonly base: string; readonly head: string }
export type EffectiveGates = { readonly gates: Gates; readonly loosened: readonly LoosenedGate[] }

/** A limit with the way it gets stricter. */
type Direction = 'lower-is-stricter' | 'higher-is-stricter'
type Flat = ReadonlyMap<string, { readonly limit: Limit; readonly direction: Direction }>

export function stricterGates(base: Gates | null, head: Gates): EffectiveGates {
  if (base === null) return { gates: head, loosened: [] }
  const [before, after] = [flatten(base), flatten(head)]
  const loosened = [...before].flatMap(([gate, old]) => {
    const now = after.get(gate)
    if (now && !isLooser(now.limit, old.limit, old.direction)) return []
    return [{ gate, base: describe(old.limit), head: now ? describe(now.limit) : 'removed' }]
  })
  const dropped = (base.mustPass ?? []).filter((rule) => !(head.mustPass ?? []).includes(rule))
  const proof =
    base.require === 'proof' && head.require !== 'proof' ? [{ gate: 'require', base: 'proof', head: 'removed' }] : []
  const anchor =
    base.since !== undefined && head.since !== undefined && base.since.ref !== head.since.ref
      ? [{ gate: 'since.ref', base: base.since.ref, head: head.since.ref }]
      : []
  const rules = dropped.map((rule) => ({ gate: 'must_pass', base: rule, head: 'removed' }))
  return { gates: merge(base, head), loosened: [...loosened, ...rules, ...proof, ...anchor] }
}

type Mode = 'enforce' | 'report'

/** `mode: report` in a change would take its own failure out of the check: it counts from the next one on. */
export function stricterMode(
  base: Mode | null,
  head: Mode,
): { readonly mode: Mode; readonly loosened: readonly LoosenedGate[] } {
  if (base !== 'enforce' || head === 'enforce') return { mode: head, loosened: [] }
  return { mode: base, loosened: [{ gate: 'mode', base, head }] }
}

export function isLooser(now: Limit, old: Limit, direction: Direction): boolean {
  if (old.level === 'fail' && now.level === 'warn') return true
  return direction === 'lower-is-stricter' ? now.limit > old.limit : now.limit < old.limit
}

export function stricter(a: Limit | undefined, b: Limit | undefined, direction: Direction): Limit | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const limit = direction === 'lower-is-stricter' ? Math.min(a.limit, b.limit) : Math.max(a.limit, b.limit)
  return { limit, level: a.level === 'fail' || b.level === 'fail' ? 'fail' : 'warn' }
}

const LOW = 'lower-is-stricter'
const HIGH = 'higher-is-stricter'

function merge(base: Gates, head: Gates): Gates {
  const mustPass = [...new Set([...(base.mustPass ?? []), ...(head.mustPass ?? [])])]
  return defined({
    maxDropPoints: stricter(base.maxDropPoints, head.maxDropPoints, LOW),
    minScore: stricter(base.minScore, head.minScore, HIGH),
    mustPass: mustPass.length > 0 ? mustPass : undefined,
    slices: mergeGroups(base.slices, head.slices, { maxDropPoints: LOW, minScore: HIGH }),
    scorers: mergeGroups(base.scorers, head.scorers, { maxRatePercent: LOW, minScore: HIGH, maxDropPoints: LOW }),
    latency: mergeGroup(base.latency, head.latency, { maxRatio: LOW, p95Ms: LOW }),
    tokens: mergeGroup(base.tokens, head.tokens, { maxInput: LOW, maxOutput: LOW }),
    cost: mergeGroup(base.cost, head.cost, { maxRatio: LOW, perRequestUsd: LOW }),
    require: base.require ?? head.require,
    since: mergeSince(base.since, head.since),
  })
}

/** Two anchors cannot be compared: the base's stays, with the lower limit of both. */
function mergeSince(base: Gates['since'], head: Gates['since']): Gates['since'] {
  if (base === undefined || head === undefined) return base ?? head
  return { ref: base.ref, maxDropPoints: stricter(base.maxDropPoints, head.maxDropPoints, LOW) ?? base.maxDropPoints }
}

type Group = { readonly [limit: string]: Limit | undefined }

function mergeGroup<G extends Group>(
  base: G | undefined,
  head: G | undefined,
  directions: { readonly [K in keyof G]-?: Direction },
): G | undefined {
  if (base === undefined || head === undefined) return base ?? head
  const keys = Object.keys(directions) as (keyof G & string)[]
  return defined(Object.fromEntries(keys.map((key) => [key, stricter(base[key], head[key], directions[key])]))) as G
}

function mergeGroups<G extends Group>(
  base: { readonly [name: string]: G } | undefined,
  head: { readonly [name: string]: G } | undefined,
  directions: { readonly [K in keyof G]-?: Direction },
): { readonly [name: string]: G } | undefined {
  if (base === undefined || head === undefined) return base ?? head
  const names = [...new Set([...Object.keys(base), ...Object.keys(head)])]
  return Object.fromEntries(
    names.flatMap((name) => {
      const merged = mergeGroup(base[name], head[name], directions)
      return merged ? [[name, merged] as const] : []
    }),
  )
}

function flatten(gates: Gates): Flat {
  const flat = new Map<string, { limit: Limit; direction: Direction }>()
  const add = (gate: string, limit: Limit | undefined, direction: Direction = LOW) => {
    if (limit) flat.set(gate, { limit, direction })
  }
  add('max_drop_points', gates.maxDropPoints)
  add('min_score', gates.minScore, HIGH)
  for (const [name, one] of Object.entries(gates.slices ?? {})) {
    add(`slices.${name}.max_drop_points`, one.maxDropPoints)
    add(`slices.${name}.min_score`, one.minScore, HIGH)
  }
  for (const [name, one] of Object.entries(gates.scorers ?? {})) {
    add(`scorers.${name}.max_rate_percent`, one.maxRatePercent)
    add(`scorers.${name}.min_score`, one.minScore, HIGH)
    add(`scorers.${name}.max_drop_points`, one.maxDropPoints)
  }
  add('latency.max_ratio', gates.latency?.maxRatio)
  add('latency.p95_ms', gates.latency?.p95Ms)
  add('tokens.max_input', gates.tokens?.maxInput)
  add('tokens.max_output', gates.tokens?.maxOutput)
  add('cost.max_ratio', gates.cost?.maxRatio)
  add('cost.per_request_usd', gates.cost?.perRequestUsd)
  add('since.max_drop_points', gates.since?.maxDropPoints)
  return flat
}

const describe = (limit: Limit) => (limit.level === 'warn' ? `${limit.limit} (warn)` : `${limit.limit}`)

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>
}
