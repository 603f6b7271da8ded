// What models really got from an application, for the diff: of the first case in which the sides asked differently.

import type { CaseComparison } from '../compare.ts'
import { cutText } from '../cut-text.ts'
import type { ModelCall, SideLabel } from '../domain.ts'
import type { Measured } from '../gate/measured.ts'
import type { EvalSetReport } from './report.ts'

/** More calls of one case than these are counted and not shown. */
const SHOWN_CALLS = 8
const SHOWN_CHARACTERS = 20_000

export function promptsOfCalls({ cases }: Measured): EvalSetReport['prompts'] {
  const seen = cases.filter((one) => shown(one, 'base') !== null || shown(one, 'head') !== null)
  const one = seen.find((kase) => hashes(kase, 'base') !== hashes(kase, 'head')) ?? seen[0]
  return one === undefined ? null : { caseId: one.kase.id, base: shown(one, 'base'), head: shown(one, 'head') }
}

/** Only the first pass keeps its texts. */
function calls({ runs }: CaseComparison, side: SideLabel): readonly ModelCall[] {
  const found = runs[side].find(
    ({ outcome }) =>
      outcome.state === 'answered' && (outcome.answer.calls ?? []).some((call) => call.prompt !== undefined),
  )
  return found?.outcome.state === 'answered' ? (found.outcome.answer.calls ?? []) : []
}

const hashes = (one: CaseComparison, side: SideLabel) =>
  calls(one, side)
    .map((call) => call.hash)
    .join(' ')

function shown(one: CaseComparison, side: SideLabel): string | null {
  const made = calls(one, side)
  if (made.length === 0) return null
  const texts = made
    .slice(0, SHOWN_CALLS)
    .map(({ prompt }, index) => `— call ${index + 1} of ${made.length}: ${prompt ?? ''}`)
  return cutText(texts.join('\n\n'), SHOWN_CHARACTERS)
}
