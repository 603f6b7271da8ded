// Lists of numbers that grow to any length in flat memory.

export type Column = {
  readonly length: number
  push(value: number): number
  get(index: number): number
  set(index: number, value: number): void
}

/** In blocks: one list that doubles would be there twice whenever it grows. */
const BLOCK = 8192

export const floats = (): Column => column(() => new Float64Array(BLOCK))
export const integers = (): Column => column(() => new Int32Array(BLOCK))

/** `push` gives the index of the new value. */
function column(makeBlock: () => Float64Array | Int32Array): Column {
  const blocks: (Float64Array | Int32Array)[] = []
  let length = 0
  const set = (index: number, value: number) => {
    const block = blocks[Math.floor(index / BLOCK)]
    if (block === undefined) throw new Error(`no number ${index}`)
    block[index % BLOCK] = value
  }
  return {
    get length() {
      return length
    },
    push: (value) => {
      if (length === BLOCK * blocks.length) blocks.push(makeBlock())
      length += 1
      set(length - 1, value)
      return length - 1
    },
    get: (index) => blocks[Math.floor(index / BLOCK)]?.[index % BLOCK] ?? Number.NaN,
    set,
  }
}

/** Numbers for things that are said often: each of them is held once. */
export function createPool<T>(keyOf: (value: T) => string): {
  numberOf(value: T): number
  at(number: number): T
} {
  const numbers = new Map<string, number>()
  const values: T[] = []
  return {
    numberOf: (value) => {
      const key = keyOf(value)
      const known = numbers.get(key) ?? values.length
      if (known === values.length) {
        numbers.set(key, known)
        values.push(value)
      }
      return known
    },
    at: (number) => {
      const value = values[number]
      if (value === undefined) throw new Error(`nothing has the number ${number}`)
      return value
    },
  }
}
