// Short lists of numbers, one for each run, in as few bytes as they need: most figures of a run are small integers (tokens,
// milliseconds, 0 and 1), and eight bytes for each would be half of what a large run keeps in memory.

export type Packed = {
  /** Gives the address of the list. */
  add(numbers: readonly number[]): number
  /** The number at a position of the list at an address. */
  get(address: number, position: number): number
}

const BLOCK = 65_536
/** Integers below are one byte; the others are one of these and what follows it. */
const TWO_BYTES = 0xfd
const FOUR_BYTES = 0xfe
const EIGHT_BYTES = 0xff
const WIDEST = 1 + 8

export function createPacked(): Packed {
  /** A list is in one block; one that is longer than a block has as many places as it takes, the first of which holds it. */
  const blocks: (DataView | undefined)[] = []
  let free = 0
  let left = 0
  const add = (numbers: readonly number[]) => {
    // A list of nothing (a run that failed before it had a figure) has an address, too, which must lie in a block.
    const needed = Math.max(1, numbers.length * WIDEST)
    if (needed > left) {
      const places = Math.max(1, Math.ceil(needed / BLOCK))
      free = blocks.length * BLOCK
      left = places * BLOCK
      blocks.push(new DataView(new ArrayBuffer(left)))
      for (let more = 1; more < places; more++) blocks.push(undefined)
    }
    const address = free
    const { view, at: start } = placeOf(address)
    let at = start
    for (const number of numbers) at = write(view, at, number)
    free += at - start
    // What a list longer than a block leaves over has no address.
    left = needed > BLOCK ? 0 : left - (at - start)
    return address
  }
  const placeOf = (address: number) => {
    const place = Math.floor(address / BLOCK)
    const view = blocks[place]
    if (view === undefined) throw new Error(`no list at ${address}`)
    return { view, at: address - place * BLOCK }
  }
  const get = (address: number, position: number) => {
    const { view, at } = placeOf(address)
    let here = at
    for (let skipped = 0; skipped < position; skipped++) here += lengthOf(view.getUint8(here))
    return read(view, here)
  }
  return { add, get }
}

function write(view: DataView, at: number, number: number): number {
  const isCount = Number.isInteger(number) && number >= 0 && !Object.is(number, -0) && number <= 0xffffffff
  if (!isCount) {
    view.setUint8(at, EIGHT_BYTES)
    view.setFloat64(at + 1, number)
    return at + 9
  }
  if (number < TWO_BYTES) {
    view.setUint8(at, number)
    return at + 1
  }
  if (number <= 0xffff) {
    view.setUint8(at, TWO_BYTES)
    view.setUint16(at + 1, number)
    return at + 3
  }
  view.setUint8(at, FOUR_BYTES)
  view.setUint32(at + 1, number)
  return at + 5
}

const lengthOf = (first: number) => (first < TWO_BYTES ? 1 : first === TWO_BYTES ? 3 : first === FOUR_BYTES ? 5 : 9)

function read(view: DataView, at: number): number {
  const first = view.getUint8(at)
  if (first < TWO_BYTES) return first
  if (first === TWO_BYTES) return view.getUint16(at + 1)
  return first === FOUR_BYTES ? view.getUint32(at + 1) : view.getFloat64(at + 1)
}
