// Cases that this change edits, sets aside or takes away.

import type { Case, EvalSet, Finding } from '../domain.ts'
import { isMustPass, type PairedCase, pairCases } from '../plan/cases.ts'
import { listed, NAMED, type Reviewed } from './reviewed.ts'

/** Up to this share of edited and removed cases a set is still the same exam. */
const SAME_EXAM = 0.1

export function caseFindings({ head, base, level, lastResult }: Reviewed): readonly Finding[] {
  if (base === null) return []
  const pairing = pairCases(base, head)
  const edited = pairing.cases.filter(({ role }) => role === 'edited').length
  const moved = { edited, removed: pairing.removed.length, setAside: setAside(head, base, pairing.cases) }
  return [
    ...changed(moved, base.cases.length).map((one) => ({
      ...one,
      level: level === 'fail' ? level : ('warn' as const),
      evalSet: head.name,
    })),
    ...removedFindings(pairing.removed, { base, lastResult, name: head.name }),
  ]
}

/** Cases of the test that this change puts into quarantine. */
function setAside(head: EvalSet, base: EvalSet, cases: readonly PairedCase[]): number {
  const before = new Set((base.quarantine ?? []).map((one) => one.case))
  const now = new Set((head.quarantine ?? []).map((one) => one.case).filter((id) => !before.has(id)))
  const musts = [...(base.gates.mustPass ?? []), ...(head.gates.mustPass ?? [])]
  return now.size === 0
    ? 0
    : cases.filter(({ kase, role }) => role === 'paired' && now.has(kase.id) && !isMustPass(kase, musts)).length
}

type Moved = { readonly edited: number; readonly removed: number; readonly setAside: number }

function changed({ edited, removed, setAside }: Moved, of: number): readonly Omit<Finding, 'level' | 'evalSet'>[] {
  const moved = edited + removed + setAside
  if (moved <= of * SAME_EXAM) return []
  const what =
    setAside === 0
      ? `${edited} cases were edited and ${removed} removed`
      : `${edited} cases were edited, ${removed} removed and ${setAside} set aside (quarantine)`
  return [
    {
      rule: 'cases-changed',
      threshold: '10 %',
      value: `${moved} of ${of}`,
      message: `${what}, more than a tenth: the test rests on the others.`,
      remedy: 'Change the cases in a pull request of their own.',
    },
  ]
}

type Gone = Pick<Reviewed, 'lastResult'> & { readonly base: EvalSet; readonly name: string }

/** @param name of the eval set, as the report has it */
export function removedFindings(cases: readonly Case[], { base, lastResult, name }: Gone): readonly Finding[] {
  if (cases.length === 0) return []
  const musts = cases.filter((kase) => isMustPass(kase, base.gates.mustPass ?? []))
  const shown = cases.slice(0, NAMED).map(({ id }) => `${id} (last result: ${lastResult(id) ?? 'not known'})`)
  const more = cases.length > NAMED ? ` and ${cases.length - NAMED} more` : ''
  const must =
    musts.length === 0
      ? ''
      : ` ${musts.length === 1 ? 'One of them' : `${musts.length} of them`} had to pass (must_pass).`
  return [
    {
      rule: 'removed-cases',
      level: musts.length === 0 ? 'note' : 'warn',
      evalSet: name,
      message: `${listed(cases.length)} ${cases.length === 1 ? 'was' : 'were'} removed: ${shown.join(', ')}${more}.${must}`,
      threshold: null,
      value: String(cases.length),
      remedy: 'Nothing to do, if they are out of date; nothing watches any more what they asked.',
      evidence: cases.slice(0, 50).map(({ id }) => id),
      place: { path: base.path },
    },
  ]
}
