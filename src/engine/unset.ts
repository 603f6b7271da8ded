// Variables of the environment that requests need: without one every call of a side would fail, and look like a regression.

import { UserError } from '../errors.ts'
import type { SetPlan } from '../plan.ts'

export function refuseUnset(plans: readonly SetPlan[]): void {
  const problems = plans.flatMap(({ name, head, base, environments }) => {
    const unset = { ...environments?.head.unset, ...(base === null ? {} : environments?.base.unset) }
    return Object.entries(unset).map(([variable, { why, remedy }]) => ({
      what: `The eval set ${name} needs the environment variable ${variable}, which ${why}.`,
      remedy,
      place: { path: head.path },
    }))
  })
  const [first, ...rest] = problems
  if (first !== undefined) throw new UserError(first, ...rest)
}
