// Values of template expressions: plain data, read by own properties only.

import type { Json, JsonObject } from '../domain.ts'
import type { Dialect } from './ast.ts'
import { type Budget, MAX_CHARACTERS, spend, spendText } from './budget.ts'
import { TemplateFault } from './fault.ts'

export type Value = Json | undefined
/** What filters and operators need to charge for their work and to say where they failed. */
export type Meter = { readonly budget: Budget; readonly at: number; readonly dialect: Dialect }

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export function isList(value: Value): value is readonly Json[] {
  return Array.isArray(value)
}

export function isDict(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Own property or undefined: prototypes cannot be reached, whatever the data calls its keys. */
export function ownValue(from: JsonObject, key: string): Value {
  return !FORBIDDEN.has(key) && Object.hasOwn(from, key) ? from[key] : undefined
}

/** `of[key]` for dicts, lists and texts (`length` and indices); anything else is undefined. */
export function memberOf(of: Value, key: Value): Value {
  if (typeof key !== 'string' && typeof key !== 'number') return undefined
  if (isDict(of)) return ownValue(of, String(key))
  if (!isList(of) && typeof of !== 'string') return undefined
  if (key === 'length') return of.length
  const index = Number(key)
  return Number.isInteger(index) ? of[index] : undefined
}

export function isTruthy(value: Value, dialect: Dialect): boolean {
  if (isList(value)) return dialect === 'nunjucks' || value.length > 0
  if (isDict(value)) return dialect !== 'jinja' || Object.keys(value).length > 0
  return Boolean(value)
}

/** Text of a value in the output: nothing for null and undefined, lists joined with commas, objects as JSON. */
export function print(value: Value, meter: Meter): string {
  spend(meter.budget, 1, meter.at)
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (isList(value)) {
    const texts = value.map((item) => print(item, meter))
    spendText(meter.budget, totalLength(texts), meter.at)
    return texts.join(',')
  }
  return isDict(value) ? toJson(value, 0, meter) : String(value)
}

function totalLength(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 1, 0)
}

/** JSON of a value, charged per member so that shared structure cannot unfold without bound. */
export function toJson(value: Value, spaces: number, meter: Meter): string {
  const width = Math.min(10, Math.max(0, spaces))
  const indent = width === 0 ? 0 : width * depthOf(value, meter)
  let length = 0
  const charged = (_key: string, item: unknown): unknown => {
    const size = typeof item === 'string' ? item.length : 8 + indent
    length += size
    spendText(meter.budget, size, meter.at)
    if (length > MAX_CHARACTERS) spendText(meter.budget, length, meter.at)
    return item
  }
  return JSON.stringify(value ?? null, charged, width)
}

function depthOf(value: Value, meter: Meter): number {
  spend(meter.budget, 1, meter.at)
  if (!isStructure(value)) return 0
  let deepest = 0
  for (const item of Object.values(value)) deepest = Math.max(deepest, depthOf(item, meter))
  return deepest + 1
}

/** JavaScript's loose equality for scalars (rows of a CSV file hold texts, templates write numbers), by content for the rest. */
export function equal(left: Value, right: Value, meter: Meter): boolean {
  spend(meter.budget, 1, meter.at)
  if (left === right) return true
  if (isStructure(left) && isStructure(right)) return toJson(left, 0, meter) === toJson(right, 0, meter)
  if (left === undefined || left === null || right === undefined || right === null) {
    return (left ?? null) === (right ?? null)
  }
  if (isStructure(left) || isStructure(right) || meter.dialect === 'jinja') return false
  return typeof left !== typeof right && !blank(left) && !blank(right) && Number(left) === Number(right)
}

function isStructure(value: Value): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null
}

function blank(value: Value): boolean {
  return typeof value === 'string' && value.trim() === ''
}

/** Same type and value. */
export function identical(left: Value, right: Value, meter: Meter): boolean {
  return typeof left === typeof right && equal(left, right, meter)
}

/** Negative, zero or positive as JavaScript orders numbers and texts; NaN when they have no order. */
export function order(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (isStructure(left) || isStructure(right) || left === undefined || right === undefined) return Number.NaN
  return Number(left) - Number(right)
}

/** @throws TemplateFault when the value is no number */
export function numberOf(value: Value, meter: Meter): number {
  const number = isStructure(value) || value === null || blank(value) ? Number.NaN : Number(value)
  if (Number.isFinite(number)) return number
  const found = value === undefined ? 'an undefined value' : print(value, meter).slice(0, 40) || 'an empty value'
  throw new TemplateFault(meter.at, `Found ${found} where a number was expected.`, 'Use default() or check it first.')
}

/** Whether `item` is in a list, a text or the keys of a dict. */
export function contains(container: Value, item: Value, meter: Meter): boolean {
  if (isList(container)) return container.some((member) => equal(member, item, meter))
  if (isDict(container)) return ownValue(container, print(item, meter)) !== undefined
  if (typeof container !== 'string') return false
  spendText(meter.budget, container.length, meter.at)
  return container.includes(print(item, meter))
}

/** The items that a loop or a list filter goes over: characters of a text, keys of a dict. */
export function itemsOf(value: Value, meter: Meter): readonly Json[] {
  const items = isList(value) ? value : typeof value === 'string' ? [...value] : isDict(value) ? Object.keys(value) : []
  spend(meter.budget, items.length, meter.at)
  return items
}

export function entriesOf(value: JsonObject, meter: Meter): readonly (readonly [string, Json])[] {
  const entries = Object.entries(value)
  spend(meter.budget, entries.length, meter.at)
  return entries
}
