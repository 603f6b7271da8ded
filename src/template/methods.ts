// The few calls that templates may make: dict methods of Jinja and `range`. All are pure functions of data.

import type { Json } from '../domain.ts'
import { spend } from './budget.ts'
import { TemplateFault } from './fault.ts'
import { entriesOf, isDict, type Meter, memberOf, numberOf, type Value } from './values.ts'

type Method = (of: Value, args: readonly Value[], meter: Meter) => Value

const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['items', (of, _, meter) => pairs(of, meter)],
  ['keys', (of, _, meter) => pairs(of, meter).map(([key]) => key)],
  ['values', (of, _, meter) => pairs(of, meter).map(([, value]) => value)],
  ['get', (of, [key, fallback]) => memberOf(of, key) ?? fallback],
])

function pairs(of: Value, meter: Meter): readonly (readonly [string, Json])[] {
  return isDict(of) ? entriesOf(of, meter) : []
}

/** @throws TemplateFault for every other method: templates do not run code */
export function methodNamed(name: string, at: number): Method {
  const method = methods.get(name)
  if (method) return method
  const remedy = `Use a filter; the only methods are ${[...methods.keys()].join('(), ')}().`
  throw new TemplateFault(at, `The method \`${name}()\` cannot be called.`, remedy)
}

/** `range(stop)`, `range(start, stop)`, `range(start, stop, step)`. */
export function range(args: readonly Value[], meter: Meter): readonly number[] {
  const numbers = args.map((argument) => numberOf(argument, meter))
  const [start = 0, stop = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers
  const length = step === 0 ? 0 : Math.max(0, Math.ceil((stop - start) / step))
  spend(meter.budget, length, meter.at)
  return Array.from({ length }, (_, index) => start + index * step)
}
