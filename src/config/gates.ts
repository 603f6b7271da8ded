// Gates as written (snake case, number or {limit, level}) to Gates.

import type { Gates, Json, JsonObject, Level, Limit } from '../domain.ts'

/** Limit on drops of a set that names none, in points; what the shown verdict of a set without that gate is measured against. */
export const DEFAULT_DROP_POINTS = 5

export const dropLimitPoints = ({ maxDropPoints }: Gates): number => maxDropPoints?.limit ?? DEFAULT_DROP_POINTS

/** A number fails the check; `{limit, level}` says otherwise. The schema has checked the shape. */
export function readLimit(value: Json): Limit {
  if (typeof value === 'number') return { limit: value, level: 'fail' }
  const { limit, level } = value as { readonly limit: number; readonly level?: Level }
  return { limit, level: level ?? 'fail' }
}

/** Gates of an eval file or parity.yaml that the schema has checked. */
export function readGates(gates: JsonObject): Gates {
  return Object.fromEntries(Object.entries(gates).map(([key, value]) => [camelKey(key), readGate(key, value)]))
}

function readGate(key: string, value: Json): unknown {
  if (key === 'must_pass' || key === 'require') return value
  if (key === 'since') {
    const since = value as { readonly ref: string; readonly max_drop_points: Json }
    return { ref: since.ref, maxDropPoints: readLimit(since.max_drop_points) }
  }
  const named = key === 'slices' || key === 'scorers'
  if (named) return mapValues(value as JsonObject, (entry) => limits(entry as JsonObject))
  const grouped = key === 'latency' || key === 'tokens' || key === 'cost'
  return grouped ? limits(value as JsonObject) : readLimit(value)
}

function limits(group: JsonObject): { readonly [gate: string]: Limit } {
  return Object.fromEntries(Object.entries(group).map(([key, value]) => [camelKey(key), readLimit(value)]))
}

function mapValues<T>(map: JsonObject, change: (value: Json) => T): { readonly [key: string]: T } {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))
}

function camelKey(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, next: string) => next.toUpperCase())
}
