// Cases that are the same on both sides are one value: a large set changes in few of them, and would be held twice.

import type { Case } from '../domain.ts'
import { equalOnShelf } from './shelved-cases.ts'

/** The base's cases, with the head's own value in place of each that equals it in everything. */
export function sharedCases(base: readonly Case[], head: readonly Case[]): readonly Case[] {
  if (base === head) return head
  const byId = new Map<string, Case>()
  for (const kase of head) byId.set(kase.id, kase)
  return base.map((kase) => {
    const other = byId.get(kase.id)
    return other !== undefined && (equalOnShelf(kase, other, isEqual) ?? isEqual(kase, other)) ? other : kase
  })
}

/** Of plain data. The order of members counts, as it may show; what differs only in it is held twice. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [left, right] = [Object.entries(one), Object.entries(other)]
  return left.length === right.length && left.every(([name, value], at) => isMember(right[at], name, value))
}

const isMember = (other: readonly [string, unknown] | undefined, name: string, value: unknown) =>
  other?.[0] === name && isEqual(value, other[1])
