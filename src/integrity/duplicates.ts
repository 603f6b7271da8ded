// Cases that this change adds or edits so that they ask what another case asks: an average counts the answer twice.

import { contentHash } from '../config/canonical.ts'
import type { Case, Finding } from '../domain.ts'
import { few } from '../few.ts'
import { listed, type Reviewed } from './reviewed.ts'

export function duplicateFindings({ head, base, level }: Reviewed): readonly Finding[] {
  if (level === 'ignore') return []
  const before = new Map((base?.cases ?? []).map((kase) => [kase.id, kase]))
  const isNew = (kase: Case) => {
    const old = before.get(kase.id)
    return old === undefined || (old !== kase && old.hash !== kase.hash && asked(old) !== asked(kase))
  }
  const fresh = new Set(head.cases.filter(isNew))
  if (fresh.size === 0) return []
  const groups = [...groupsOf(head.cases)].filter((group) => group.length > 1 && group.some((one) => fresh.has(one)))
  if (groups.length === 0) return []
  const doubled = groups.flatMap((group) => group.filter((one) => fresh.has(one)))
  const torn = groups.filter((group) => new Set(group.map((one) => one.hash)).size > 1).length
  const other = torn === 0 ? '' : ` ${torn === 1 ? 'One of them expects' : `${torn} of them expect`} something else.`
  return [
    {
      rule: 'duplicate-cases',
      level,
      evalSet: head.name,
      message: `${listed(doubled.length)} that this change adds or edits ${doubled.length === 1 ? 'asks' : 'ask'} what another case asks: ${few(
        groups.map((group) =>
          group
            .slice(0, 3)
            .map((one) => one.id)
            .join(' = '),
        ),
      )}. An average counts the answer more than once.${other}`,
      threshold: null,
      value: String(doubled.length),
      remedy: 'Take the copies out, or let them ask something else.',
      evidence: doubled.slice(0, 50).map((one) => one.id),
      ...(doubled[0] === undefined ? {} : { place: doubled[0].place }),
    },
  ]
}

function groupsOf(cases: readonly Case[]): Iterable<readonly Case[]> {
  const groups = new Map<string, Case[]>()
  for (const kase of cases) {
    const key = asked(kase)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [kase])
    else group.push(kase)
  }
  return groups.values()
}

/** Of what goes into the request: the texts of a large set are too many to hold. */
const asked = ({ vars, messages, context }: Case) => contentHash({ vars, messages, context })
