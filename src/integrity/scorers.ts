// Scorers that the head takes away or makes easier, by name. What their effect on this change is, `scorer-changed` says
// once answers are there; whether another text or pattern is weaker cannot be decided.

import type { EvalSet, Finding } from '../domain.ts'
import { few } from '../few.ts'
import { loosenings } from './loosenings.ts'
import type { Reviewed } from './reviewed.ts'

export function loosenedScorerFindings({ head, base, level }: Reviewed): readonly Finding[] {
  if (level === 'ignore' || base === null) return []
  const ofSet = [...loosenings(base.scorers, head.scorers), ...threshold(base, head)]
  const ofCases = perCase(base, head)
  const said = [...ofSet, ...[...ofCases].map(([what, ids]) => `${what} (in ${few(ids)})`)]
  if (said.length === 0) return []
  const evidence = [...new Set([...ofCases.values()].flat())].slice(0, 50)
  return [
    {
      rule: 'loosened-scorer',
      level,
      evalSet: head.name,
      message: `The scorers are looser than in the base: ${said.slice(0, 10).join('; ')}${said.length > 10 ? `; and ${said.length - 10} more` : ''}.`,
      threshold: null,
      value: null,
      remedy: 'Change scorers in a pull request of their own, or say in this one why the old ones were wrong.',
      ...(evidence.length === 0 ? {} : { evidence }),
      place: { path: head.path },
    },
  ]
}

/** Without a threshold every scorer has to pass, so that a new one is looser. */
function threshold(
  base: { readonly threshold?: number | undefined },
  head: { readonly threshold?: number | undefined },
): readonly string[] {
  const [old, now] = [base.threshold, head.threshold]
  if (now === undefined || now >= (old ?? 1)) return []
  return [
    old === undefined ? `a threshold of ${now} stands in for all scorers` : `the threshold went from ${old} to ${now}`,
  ]
}

/** What was loosened, with the cases that it was loosened in. */
function perCase(base: EvalSet, head: EvalSet): ReadonlyMap<string, readonly string[]> {
  const before = new Map(base.cases.map((kase) => [kase.id, kase]))
  const found = new Map<string, string[]>()
  for (const kase of head.cases) {
    const old = before.get(kase.id)
    if (old === undefined || old === kase || old.hash === kase.hash) continue
    for (const what of new Set([...loosenings(old.scorers, kase.scorers), ...threshold(old, kase)])) {
      const ids = found.get(what) ?? []
      ids.push(kase.id)
      found.set(what, ids)
    }
  }
  return found
}
