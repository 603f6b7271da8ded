// The tests that may follow `is`.

import { nearest } from '../nearest.ts'
import { TemplateFault } from './fault.ts'
import { contains, equal, isDict, isList, isTruthy, type Meter, numberOf, order, print, type Value } from './values.ts'

type Check = (value: Value, argument: Value, meter: Meter) => boolean

function whole(value: Value, meter: Meter): number {
  return Math.trunc(numberOf(value, meter))
}

const same: Check = (value, argument, meter) => equal(value, argument, meter)
const none: Check = (value) => value === null

function isSequence(value: Value): boolean {
  return isList(value) || typeof value === 'string'
}

const checks = {
  defined: (value) => value !== undefined,
  undefined: (value) => value === undefined,
  none,
  null: none,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  float: (value) => typeof value === 'number' && !Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  truthy: (value, _, meter) => isTruthy(value, meter.dialect),
  falsy: (value, _, meter) => !isTruthy(value, meter.dialect),
  mapping: (value) => isDict(value),
  sequence: (value) => isSequence(value),
  iterable: (value) => isSequence(value) || isDict(value),
  odd: (value, _, meter) => Math.abs(whole(value, meter) % 2) === 1,
  even: (value, _, meter) => whole(value, meter) % 2 === 0,
  divisibleby: (value, argument, meter) => whole(value, meter) % whole(argument, meter) === 0,
  equalto: same,
  eq: same,
  sameas: (value, argument, meter) => typeof value === typeof argument && equal(value, argument, meter),
  ne: (value, argument, meter) => !equal(value, argument, meter),
  gt: (value, argument) => order(value, argument) > 0,
  greaterthan: (value, argument) => order(value, argument) > 0,
  ge: (value, argument) => order(value, argument) >= 0,
  lt: (value, argument) => order(value, argument) < 0,
  lessthan: (value, argument) => order(value, argument) < 0,
  le: (value, argument) => order(value, argument) <= 0,
  in: (value, argument, meter) => contains(argument, value, meter),
  lower: (value, _, meter) => print(value, meter) === print(value, meter).toLowerCase(),
  upper: (value, _, meter) => print(value, meter) === print(value, meter).toUpperCase(),
} satisfies Record<string, Check>

const byName: ReadonlyMap<string, Check> = new Map(Object.entries(checks))

/** @throws TemplateFault for a test that there is not */
export function checkNamed(name: string, at: number): Check {
  const check = byName.get(name)
  if (check) return check
  const close = nearest(name, [...byName.keys()])
  const remedy = close ? `Did you mean \`is ${close}\`?` : `Use one of: ${[...byName.keys()].sort().join(', ')}.`
  throw new TemplateFault(at, `There is no test \`is ${name}\`.`, remedy)
}
