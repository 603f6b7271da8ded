// `application-ended`: processes of an application that ended with an error after they had answered. No score shows it: the case
// has its answer, and another process takes the next one. In production it is the server that ends.

import type { Finding } from '../domain.ts'
import { plural } from '../report/numbers.ts'
import type { ApplicationFacts } from '../targets/application-facts.ts'

/** Of one eval set; null on a side of which no process has answered anything in this run. */
export type Ended = {
  readonly evalSet: string
  readonly base: ApplicationFacts | null
  readonly head: ApplicationFacts | null
}

/** Both sides of every eval set in which a process ended so, in the order of their names. */
export function endedBySet(applications: readonly ApplicationFacts[]): readonly Ended[] {
  const names = [...new Set(applications.flatMap((one) => (one.ended > 0 ? [one.evalSet] : [])))].sort()
  const sideOf = (evalSet: string, side: ApplicationFacts['side']) =>
    applications.find((one) => one.evalSet === evalSet && one.side === side && one.answers > 0) ?? null
  return names.map((evalSet) => ({ evalSet, base: sideOf(evalSet, 'base'), head: sideOf(evalSet, 'head') }))
}

/** What chance may bring about where both sides end. */
const MORE_BY = 3
const TIMES_AS_OFTEN = 2

/** Whether it is the head's doing, as far as can be seen: the base's processes do not end so, or clearly less often. */
export function isOfTheHead({ base, head }: Ended): boolean {
  if (head === null || head.ended === 0) return false
  if (base === null || base.ended === 0) return true
  const expected = (base.ended / base.answers) * head.answers
  return head.ended >= expected + MORE_BY && head.ended > TIMES_AS_OFTEN * expected
}

export function endedFindings(
  applications: readonly ApplicationFacts[],
  names: ReadonlySet<string>,
): readonly Finding[] {
  const ended = endedBySet(applications).filter((one) => names.has(one.evalSet) && isOfTheHead(one))
  return ended.map(({ evalSet, base, head }) => ({
    rule: 'application-ended',
    level: 'warn',
    evalSet,
    threshold: base === null ? null : String(base.ended),
    value: String(head?.ended ?? 0),
    message: `Processes of the application of ${evalSet} ended ${times(head)} on the head after they had answered, ${base === null ? 'and the base was not asked in this run' : `${times(base)} on the base`}: ${sentence(head)}`,
    remedy:
      'Look at what goes on after the answer: a promise that nobody waits for, a timer, an exit code. The scores do not show it; where the application serves others, it ends them, too.',
  }))
}

export const times = (facts: ApplicationFacts | null) => plural(facts?.ended ?? 0, 'time')

/** Last words may have a stop of their own. */
export const sentence = (facts: ApplicationFacts | null) => (facts?.how ?? '').replace(/(?<![.!?])$/, '.')
