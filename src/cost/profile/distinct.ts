// How many rows each of very many ids has, from a sample of the ids that is drawn by their hash: exact while they are few, and
// in bounded memory when they are not.

const MOST_IDS = 50_000

export class RowsPerId {
  readonly #rows = new Map<number, number>()
  /** Ids whose hash is a multiple of this are kept. */
  #every = 1

  add(id: string): void {
    const hash = hashOf(id)
    if (hash % this.#every !== 0) return
    this.#rows.set(hash, (this.#rows.get(hash) ?? 0) + 1)
    while (this.#rows.size > MOST_IDS) this.#thin()
  }

  #thin(): void {
    this.#every *= 2
    for (const hash of this.#rows.keys()) if (hash % this.#every !== 0) this.#rows.delete(hash)
  }

  /** Null when there was no id. */
  mean(): number | null {
    if (this.#rows.size === 0) return null
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows, 0) / this.#rows.size
  }
}

/** 52 bits of two FNV-1a hashes; ids only have to fall apart, not to be kept secret. */
function hashOf(id: string): number {
  let [low, high] = [0x811c9dc5, 0x9747b28c]
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x85ebca6b)
  }
  high ^= high >>> 13
  low ^= low >>> 16
  return (high >>> 12) * 2 ** 32 + (low >>> 0)
}
