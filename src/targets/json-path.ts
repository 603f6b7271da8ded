// The small JSON path of http targets: `$`, `$.a.b[0]`, `$['a b'][-1]`.

import type { Json } from '../domain.ts'
import { at } from './outside.ts'

/** The steps of a path; null when it is not one. */
export function parseJsonPath(path: string): readonly (string | number)[] | null {
  if (!path.startsWith('$')) return null
  const steps: (string | number)[] = []
  let rest = path.slice(1)
  while (rest !== '') {
    const step = /^(?:\.([\p{L}\p{N}_$-]+)|\[(-?\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\])/u.exec(rest)
    if (step === null) return null
    steps.push(step[2] !== undefined ? Number(step[2]) : (step[1] ?? step[3] ?? step[4] ?? ''))
    rest = rest.slice(step[0].length)
  }
  return steps
}

/** The value there; undefined when there is none or the path is not one. */
export function readJsonPath(value: Json, path: string): Json | undefined {
  const steps = parseJsonPath(path)
  return steps === null ? undefined : at(value, ...steps)
}
