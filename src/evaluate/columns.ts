// Lists of numbers that grow to any length in flat memory.

type Flat = Float64Array | Int32Array

export type Column = {
  readonly length: number
  push(value: number): number
  get(index: number): number
  set(index: number, value: number): void
}

const FIRST = 1024
/** Little more than is needed: what is kept free for growth counts as memory, too. */
const GROWTH = 1.3

export const floats = (): Column => column((size) => new Float64Array(size))
export const integers = (): Column => column((size) => new Int32Array(size))

/** `push` gives the index of the new value. */
function column(make: (size: number) => Flat): Column {
  let values = make(FIRST)
  let length = 0
  return {
    get length() {
      return length
    },
    push: (value) => {
      if (length === values.length) {
        const larger = make(Math.ceil(GROWTH * length))
        larger.set(values)
        values = larger
      }
      values[length] = value
      length += 1
      return length - 1
    },
    get: (index) => values[index] ?? Number.NaN,
    set: (index, value) => {
      values[index] = value
    },
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
