// When the run of a set was last concluded: what later jobs may no more take from it. Pure.

import type { HistoryRecord } from './records.ts'

/**
 * By the name that trials have, when the last job began whose measurement of the set is in the history. A set that was not measured is
 * written down, too, without a score: its run goes on.
 *
 * @param names of each set: its own comes first, then those of the models beside it, which are measured along with it
 */
export function concludedSets(
  records: readonly HistoryRecord[],
  names: readonly (readonly string[])[],
): ReadonlyMap<string, string> {
  const newest = new Map<string, string>()
  for (const one of records)
    if (one.kind === 'run' && one.role === 'pinned' && one.figures.score !== null) {
      const before = newest.get(one.evalSet)
      if (before === undefined || one.at > before) newest.set(one.evalSet, one.at)
    }
  return new Map(
    names.flatMap(([own = '', ...others]) => {
      const at = newest.get(own)
      return at === undefined ? [] : [own, ...others].map((name) => [name, at] as const)
    }),
  )
}
