// First in, first out, without moving what waits; and an express line for what has waited already.

export type Queue<T> = {
  push(item: T): void
  pushFirst(item: T): void
  peek(): T | undefined
  shift(): T | undefined
  /** Takes everything out. */
  drain(): readonly T[]
}

export function createQueue<T>(): Queue<T> {
  let express: T[] = []
  let items: T[] = []
  let head = 0
  const shift = () => {
    if (express.length > 0) return express.shift()
    const item = items[head]
    if (head < items.length) head += 1
    if (head > 1024 && head * 2 > items.length) {
      items = items.slice(head)
      head = 0
    }
    return item
  }
  const drain = () => {
    const all = [...express, ...items.slice(head)]
    express = []
    items = []
    head = 0
    return all
  }
  return {
    push: (item) => void items.push(item),
    pushFirst: (item) => void express.push(item),
    peek: () => express[0] ?? items[head],
    shift,
    drain,
  }
}
