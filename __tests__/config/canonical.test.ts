import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/config/canonical.ts'

const NAMES = ['b', 'a', 'B', '10', '9', 'é', '\u{1f600}', '￿', '', 'a b', 'constructor', 'toString', '"', '\n']

/** Seeded: nested lists and objects with keys in any order. */
function drawn(seed: number): unknown {
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state % below
  }
  const value = (depth: number): unknown => {
    const kind = next(depth > 3 ? 4 : 6)
    if (kind === 0) return [null, true, -0.5, 1e21][next(4)]
    if (kind === 1) return NAMES[next(NAMES.length)]
    if (kind === 2) return undefined
    if (kind === 3) return next(1000)
    if (kind === 4) return Array.from({ length: next(4) }, () => value(depth + 1))
    const size = next(2) === 0 ? next(6) : next(40)
    return Object.fromEntries(
      Array.from({ length: size }, () => [`${NAMES[next(NAMES.length)]}${next(30)}`, value(depth + 1)]),
    )
  }
  return value(0)
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? new Map(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
            .map(([k, v]) => [k, sorted(v)]),
        )
      : value

/** The definition, word for word. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`
  if (!(value instanceof Map)) return JSON.stringify(value) ?? 'null'
  const members = [...value].filter(([, item]) => item !== undefined)
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`).join(',')}}`
}

describe('canonical JSON', () => {
  it.each(Array.from({ length: 300 }, (_, seed) => seed))('has its keys in order at every depth (seed %i)', (seed) => {
    const value = drawn(seed)
    expect(canonicalJson(value)).toBe(written(sorted(value)))
  })

  it('is the same whatever the order of keys, few or many', () => {
    const keys = Array.from({ length: 60 }, (_, i) => [`k${(i * 37) % 60}`, i] as const)
    for (const few of [2, 16, 17, 60]) {
      const some = keys.slice(0, few)
      expect(canonicalJson(Object.fromEntries(some))).toBe(canonicalJson(Object.fromEntries([...some].reverse())))
    }
  })
})
