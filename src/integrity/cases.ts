// Cases that this change edits or takes away.

import type { Case, Finding } from '../domain.ts'
import { pairCases } from '../plan/cases.ts'
import { isMustPass } from '../plan.ts'
import { listed, type Reviewed } from './reviewed.ts'

/** Up to this share of edited and removed cases a set is still the same exam. */
const SAME_EXAM = 0.1
const NAMED = 10

export function caseFindings({ head, base, level, lastResult }: Reviewed): readonly Finding[] {
  if (base === null) return []
  const pairing = pairCases(base, head)
  const edited = pairing.cases.filter(({ role }) => role === 'edited').map(({ kase }) => kase)
  return [
    ...changed({ edited, removed: pairing.removed, of: base.cases.length }).map((one) => ({
      ...one,
      level: level === 'fail' ? level : ('warn' as const),
      evalSet: head.name,
    })),
    ...removed(pairing.removed, { base, lastResult, name: head.name }),
  ]
}

type Moved = { readonly edited: readonly Case[]; readonly removed: readonly Case[]; readonly of: number }

function changed({ edited, removed, of }: Moved): readonly Omit<Finding, 'level' | 'evalSet'>[] {
  const moved = edited.length + removed.length
  if (moved <= of * SAME_EXAM) return []
  return [
    {
      rule: 'cases-changed',
      threshold: '10 %',
      value: `${moved} of ${of}`,
      message: `${edited.length} cases were edited and ${removed.length} removed, more than a tenth: the test rests on the others.`,
      remedy: 'Change the cases in a pull request of their own.',
    },
  ]
}

type Gone = Pick<Reviewed, 'lastResult'> & { readonly base: NonNullable<Reviewed['base']>; readonly name: string }

function removed(cases: readonly Case[], { base, lastResult, name }: Gone): readonly Finding[] {
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
