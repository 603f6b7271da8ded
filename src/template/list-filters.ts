// Filters on lists and dicts, with the meaning that Nunjucks gives them.

import type { Json } from '../domain.ts'
import { spend, spendText } from './budget.ts'
import type { Filter } from './filters.ts'
import {
  entriesOf,
  equal,
  isDict,
  isList,
  isTruthy,
  itemsOf,
  type Meter,
  memberOf,
  numberOf,
  order,
  print,
  type Value,
} from './values.ts'

function lengthOf(input: Value): number {
  if (typeof input === 'string' || isList(input)) return input.length
  return isDict(input) ? Object.keys(input).length : 0
}

function join(input: Value, [delimiter, attribute]: readonly Value[], meter: Meter): string {
  const between = print(delimiter, meter)
  const items = itemsOf(input, meter).map((item) => print(attributeOf(item, attribute), meter))
  const length = items.reduce((sum, item) => sum + item.length + between.length, 0)
  spendText(meter.budget, length, meter.at)
  return items.join(between)
}

/** `item.a.b` for the attribute 'a.b'; the item itself without one. */
function attributeOf(item: Value, attribute: Value): Value {
  if (attribute === undefined) return item
  return String(attribute).split('.').reduce<Value>(memberOf, item)
}

function reverse(input: Value, _: readonly Value[], meter: Meter): Value {
  const reversed = [...itemsOf(input, meter)].reverse()
  return typeof input === 'string' ? reversed.join('') : reversed
}

function sort(input: Value, [reversed, caseSensitive, attribute]: readonly Value[], meter: Meter): readonly Json[] {
  const items = itemsOf(input, meter)
  spend(meter.budget, items.length * Math.ceil(Math.log2(items.length + 1)), meter.at)
  const keyOf = (item: Json): Value => {
    const key = attributeOf(item, attribute)
    return typeof key === 'string' && !caseSensitive ? key.toLowerCase() : key
  }
  const sorted = items.toSorted((left, right) => order(keyOf(left), keyOf(right)) || 0)
  return reversed ? sorted.reverse() : sorted
}

function unique(input: Value, _: readonly Value[], meter: Meter): readonly Json[] {
  const seen = new Set<string>()
  return itemsOf(input, meter).filter((item) => {
    const key = `${typeof item} ${print(item, meter)}`
    const fresh = !seen.has(key)
    seen.add(key)
    return fresh
  })
}

function select(keep: boolean): Filter['apply'] {
  return (input, [attribute, test, wanted], meter) =>
    itemsOf(input, meter).filter((item) => {
      const value = attributeOf(item, attribute)
      const matches = test === undefined ? isTruthy(value, meter.dialect) : compare(value, test, wanted, meter)
      return matches === keep
    })
}

/** Jinja's second form, `selectattr("role", "equalto", "user")`, for equality only. */
function compare(value: Value, test: Value, wanted: Value, meter: Meter): boolean {
  const same = equal(value, wanted, meter)
  return test === 'ne' || test === '!=' ? !same : same
}

function sum(input: Value, [attribute]: readonly Value[], meter: Meter): number {
  return itemsOf(input, meter).reduce<number>((total, item) => total + numberOf(attributeOf(item, attribute), meter), 0)
}

function dictItems(input: Value, _: readonly Value[], meter: Meter): readonly Json[] {
  return isDict(input) ? entriesOf(input, meter).map(([key, value]) => [key, value]) : []
}

function sortedItems(input: Value, _: readonly Value[], meter: Meter): readonly Json[] {
  if (!isDict(input)) return []
  return entriesOf(input, meter)
    .toSorted(([left], [right]) => order(left, right))
    .map(([key, value]) => [key, value])
}

export const listFilters = {
  length: { parameters: [], apply: lengthOf },
  count: { parameters: [], apply: lengthOf },
  first: { parameters: [], apply: (input, _, meter) => itemsOf(input, meter)[0] },
  last: { parameters: [], apply: (input, _, meter) => itemsOf(input, meter).at(-1) },
  list: { parameters: [], apply: (input, _, meter) => itemsOf(input, meter) },
  join: { parameters: ['d', 'attribute'], apply: join },
  reverse: { parameters: [], apply: reverse },
  sort: { parameters: ['reverse', 'case_sensitive', 'attribute'], apply: sort },
  unique: { parameters: [], apply: unique },
  selectattr: { parameters: ['attribute', 'test', 'value'], apply: select(true) },
  rejectattr: { parameters: ['attribute', 'test', 'value'], apply: select(false) },
  sum: { parameters: ['attribute'], apply: sum },
  items: { parameters: [], apply: dictItems },
  dictsort: { parameters: [], apply: sortedItems },
} satisfies Record<string, Filter>
