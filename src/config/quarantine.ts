// Cases that answer differently from run to run, set aside for a while, with an owner and an end.

import type { Case, Quarantine } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { isObject } from './cases.ts'
import type { ParsedFile } from './yaml.ts'

type Written = Omit<Quarantine, 'place'>

/**
 * `quarantine:` of an eval file. Throws a UserError for a case that the set does not have: a slip here would leave the flaky
 * case in the test, and nobody would notice.
 */
export function readQuarantine(file: ParsedFile, cases: readonly Case[]): readonly Quarantine[] {
  const written = isObject(file.value) ? file.value.quarantine : undefined
  if (!Array.isArray(written)) return []
  const ids = new Set(cases.map((one) => one.id))
  // The schema has checked the list.
  const list = (written as unknown as readonly Written[]).map((one, index): Quarantine => {
    return { ...one, place: file.place(['quarantine', index]) }
  })
  // Cases that could not be read have problems of their own.
  const unknown = cases.length === 0 ? [] : list.filter((one) => !ids.has(one.case)).map((one) => unknownCase(one, ids))
  const [first, ...rest] = unknown
  if (first !== undefined) throw new UserError(first, ...rest)
  return list
}

function unknownCase(one: Quarantine, ids: ReadonlySet<string>): Problem {
  const near = nearest(one.case, [...ids])
  return {
    what: `The quarantine names the case "${one.case}", which the set does not have.`,
    remedy: near === null ? 'Remove it.' : `Did you mean "${near}"?`,
    place: one.place,
  }
}

/** Whether it still counts; through the day of its expiry. `today` is YYYY-MM-DD. */
export const isInForce = (one: Quarantine, today: string): boolean => one.expiry >= today
