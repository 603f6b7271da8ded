// Who is next. What has waited already goes first, then what is most urgent; among equals the eval set that took least so far,
// so that a cap which runs short leaves none of them with nothing. Base and head of a case stay back to back.

export type Place = {
  /** Lower is sooner. */
  readonly urgency: number
  /** Shares are fair between groups. */
  readonly group: string
  /** Items of one pair are taken one after the other. */
  readonly pair: string
}

export type Queue<T> = {
  push(item: T): void
  pushFirst(item: T): void
  peek(): T | undefined
  /** Takes what `peek` showed. `weight` is what its group is charged. */
  shift(weight?: number): T | undefined
  /** Takes everything out. */
  drain(): readonly T[]
}

export function createQueue<T>(placeOf: (item: T) => Place): Queue<T> {
  const express = createLine<T>()
  const tiers = new Map<number, Map<string, Line<T>>>()
  const taken = new Map<string, number>()
  let last: Place | null = null
  // Whoever is shown is asked for several times before it is taken.
  let chosen: Choice<T> | null = null
  const push = (item: T) => {
    const { urgency, group } = placeOf(item)
    const tier = tiers.get(urgency) ?? new Map<string, Line<T>>()
    tiers.set(urgency, tier)
    const line = tier.get(group) ?? createLine<T>()
    tier.set(group, line)
    line.push(item)
    chosen = null
  }
  const choose = (): Choice<T> | null => {
    const tier = mostUrgent(tiers)
    if (tier === null) return null
    const places = [...tier.values()].flatMap((line) => {
      const item = line.peek()
      return item === undefined ? [] : [{ line, place: placeOf(item) }]
    })
    const partner = places.find(({ place }) => place.group === last?.group && place.pair === last.pair)
    return partner ?? places.reduce((best, one) => (usedBy(one.place) < usedBy(best.place) ? one : best))
  }
  const next = () => {
    chosen ??= choose()
    return chosen
  }
  const usedBy = ({ group }: Place) => taken.get(group) ?? 0
  const shift = (weight = 1) => {
    if (express.peek() !== undefined) return express.shift()
    const found = next()
    if (found === null) return undefined
    chosen = null
    last = found.place
    taken.set(last.group, usedBy(last) + weight)
    return found.line.shift()
  }
  const drain = () => {
    const all = [
      ...express.drain(),
      ...[...tiers.values()].flatMap((tier) => [...tier.values()].flatMap((one) => one.drain())),
    ]
    tiers.clear()
    chosen = null
    return all
  }
  return { push, pushFirst: express.push, peek: () => express.peek() ?? next()?.line.peek(), shift, drain }
}

type Choice<T> = { readonly line: Line<T>; readonly place: Place }

function mostUrgent<T>(tiers: ReadonlyMap<number, ReadonlyMap<string, Line<T>>>): ReadonlyMap<string, Line<T>> | null {
  const waiting = [...tiers].filter(([, tier]) => [...tier.values()].some((line) => line.peek() !== undefined))
  const [first, ...rest] = waiting
  return first === undefined ? null : rest.reduce((best, one) => (one[0] < best[0] ? one : best), first)[1]
}

type Line<T> = { push(item: T): void; peek(): T | undefined; shift(): T | undefined; drain(): readonly T[] }

/** First in, first out, without moving what waits. */
function createLine<T>(): Line<T> {
  let items: T[] = []
  let head = 0
  const shift = () => {
    const item = items[head]
    if (head < items.length) head += 1
    if (head > 1024 && head * 2 > items.length) {
      items = items.slice(head)
      head = 0
    }
    return item
  }
  const drain = () => {
    const all = items.slice(head)
    items = []
    head = 0
    return all
  }
  return { push: (item) => void items.push(item), peek: () => items[head], shift, drain }
}
