// The table of filters. A filter gets its arguments in the order of `parameters`, whether they were named or not.

import { nearest } from '../nearest.ts'
import { TemplateFault } from './fault.ts'
import { listFilters } from './list-filters.ts'
import { textFilters } from './text-filters.ts'
import { isTruthy, type Meter, numberOf, print, toJson, type Value } from './values.ts'

export type Filter = {
  readonly parameters: readonly string[]
  readonly apply: (input: Value, args: readonly Value[], meter: Meter) => Value
}

function orDefault(input: Value, [fallback, forFalse]: readonly Value[], meter: Meter): Value {
  const missing = isTruthy(forFalse, meter.dialect) ? !isTruthy(input, meter.dialect) : input === undefined
  return missing ? fallback : input
}

function json(input: Value, [spaces]: readonly Value[], meter: Meter): string {
  return toJson(input, spaces === undefined ? 0 : numberOf(spaces, meter), meter)
}

function round(input: Value, [precision, method]: readonly Value[], meter: Meter): number {
  const factor = 10 ** Math.min(15, Math.max(0, precision === undefined ? 0 : numberOf(precision, meter)))
  const scaled = numberOf(input, meter) * factor
  const whole = method === 'ceil' ? Math.ceil(scaled) : method === 'floor' ? Math.floor(scaled) : Math.round(scaled)
  return whole / factor
}

function parsed(parse: (text: string) => number): Filter['apply'] {
  return (input, [fallback], meter) => {
    const number = parse(print(input, meter))
    return Number.isFinite(number) ? number : (fallback ?? 0)
  }
}

const asIs: Filter = { parameters: [], apply: (input) => input }

const filters = {
  ...textFilters,
  ...listFilters,
  default: { parameters: ['value', 'boolean'], apply: orDefault },
  d: { parameters: ['value', 'boolean'], apply: orDefault },
  dump: { parameters: ['spaces'], apply: json },
  tojson: { parameters: ['indent'], apply: json },
  round: { parameters: ['precision', 'method'], apply: round },
  int: { parameters: ['default'], apply: parsed((text) => Number.parseInt(text, 10)) },
  float: { parameters: ['default'], apply: parsed(Number.parseFloat) },
  abs: { parameters: [], apply: (input, _, meter) => Math.abs(numberOf(input, meter)) },
  // Prompts are not HTML: nothing is ever escaped.
  safe: asIs,
  escape: asIs,
  e: asIs,
} satisfies Record<string, Filter>

const byName: ReadonlyMap<string, Filter> = new Map(Object.entries(filters))

/** @throws TemplateFault for a filter that there is not */
export function filterNamed(name: string, at: number): Filter {
  const filter = byName.get(name)
  if (filter) return filter
  const close = nearest(name, [...byName.keys()])
  const remedy = close ? `Did you mean \`${close}\`?` : `Use one of: ${[...byName.keys()].sort().join(', ')}.`
  throw new TemplateFault(at, `There is no filter \`${name}\`.`, remedy)
}
