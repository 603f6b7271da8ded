// Where the answer to each of many calls lies in a file: twenty bytes a call in flat arrays, where a map of texts takes ten
// times that. 64 bits of a hash stand for a key, so that whoever reads at an offset compares the key.

export type KeyOffsets = {
  get(key: string): number | undefined
  /** The last offset of a key counts. */
  set(key: string, offset: number): void
  count(): number
}

const SMALLEST = 1024
const FREE = -1

export function createKeyOffsets(): KeyOffsets {
  let table = emptyTable(SMALLEST)
  let used = 0
  const get = (key: string) => {
    const found = table.offsets[slotOf(table, hashOf(key, SEED), hashOf(key, OTHER_SEED))] ?? FREE
    return found === FREE ? undefined : found
  }
  const set = (key: string, offset: number) => {
    if (2 * used >= table.offsets.length) table = twiceAsLarge(table)
    const [first, second] = [hashOf(key, SEED), hashOf(key, OTHER_SEED)]
    const slot = slotOf(table, first, second)
    const isNew = table.offsets[slot] === FREE
    put(table, slot, { first, second, offset })
    if (isNew) used += 1
  }
  return { get, set, count: () => used }
}

/** Open addressing: a key lies in its slot or in one of the next; at least half of the slots are free. */
type Table = { readonly first: Uint32Array; readonly second: Uint32Array; readonly offsets: Float64Array }
type Entry = { readonly first: number; readonly second: number; readonly offset: number }

function emptyTable(size: number): Table {
  return { first: new Uint32Array(size), second: new Uint32Array(size), offsets: new Float64Array(size).fill(FREE) }
}

/** The slot that holds the key, or the free one that it would go into. */
function slotOf({ first, second, offsets }: Table, one: number, other: number): number {
  const mask = offsets.length - 1
  let slot = one & mask
  while (offsets[slot] !== FREE && (first[slot] !== one || second[slot] !== other)) slot = (slot + 1) & mask
  return slot
}

function put(table: Table, slot: number, { first, second, offset }: Entry): void {
  table.first[slot] = first
  table.second[slot] = second
  table.offsets[slot] = offset
}

function twiceAsLarge(old: Table): Table {
  const table = emptyTable(2 * old.offsets.length)
  for (const [slot, offset] of old.offsets.entries()) {
    if (offset === FREE) continue
    const [first, second] = [old.first[slot] ?? 0, old.second[slot] ?? 0]
    put(table, slotOf(table, first, second), { first, second, offset })
  }
  return table
}

const SEED = 0x811c9dc5
const OTHER_SEED = 0x9e3779b9

/** FNV-1a of the text, mixed once more: keys are hashes already, or a test's. */
function hashOf(key: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
