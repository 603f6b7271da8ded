// Models that stop, among those that a scheduled run has to do with: the next date, and what stops soon as events.

import type { EvalSet } from '../domain.ts'
import { shutdownFindings } from '../lifecycle/findings.ts'
import { type Ends, nextShutdown } from '../lifecycle/shutdowns.ts'
import { type UsedModel, usedModels } from '../policy/used-models.ts'
import type { PriceBook } from '../prices/book.ts'
import type { DriftEvent, DriftReport } from './report.ts'

export const endsIn = ({ lifecycle, models }: PriceBook): Ends => ({ lifecycle, models })

/** Of what answers users, what stands in for it, and what judges it; dates that nobody scheduled are none. */
export function nextEnd(sets: readonly EvalSet[], book: PriceBook, nowMs: number): DriftReport['nextShutdown'] {
  const next = nextShutdown(usesOf(sets, ['target', 'fallback', 'judge']), endsIn(book), nowMs)
  if (next === null) return null
  const { model, date, precision, evalSets } = next
  return { model, date, precision, evalSets }
}

/** Ends within 60 days, in more words within 14, and ends that are past: in every run, since it is told until it is done. */
export function shutdownEvents(
  sets: readonly EvalSet[],
  book: PriceBook,
  when: { readonly at: string; readonly nowMs: number },
): readonly DriftEvent[] {
  const used = usesOf(sets, ['target', 'fallback', 'judge', 'live'])
  return shutdownFindings(used, endsIn(book), when.nowMs)
    .filter(({ level }) => level === 'warn')
    .map(({ evalSet, evidence = [], message, remedy }): DriftEvent => {
      const named = evidence.length === 0 ? '' : ` In use by ${evidence.join(', ')}.`
      return { kind: 'shutdown', evalSet, at: when.at, message: `${message}${named} ${remedy}` }
    })
}

function usesOf(sets: readonly EvalSet[], uses: readonly UsedModel['use'][]): readonly UsedModel[] {
  return usedModels(sets, []).filter(({ use }) => uses.includes(use))
}
