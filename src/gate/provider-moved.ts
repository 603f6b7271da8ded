// The base is the same files as before: where it answers otherwise, the provider moved, and not the change. It turns no verdict.

import type { Finding } from '../domain.ts'
import type { Moved } from '../drift/moved.ts'
import { formatPoints, plural } from '../report/numbers.ts'
import type { Measured } from './measured.ts'

export function movedFindings({ plan, past }: Measured): readonly Finding[] {
  const moved = past?.moved
  if (past === undefined || moved === null || moved === undefined) return []
  const issue = past.issue === null ? '' : `; the drift issue is #${past.issue}`
  return [
    {
      rule: 'provider-moved',
      level: 'warn',
      evalSet: plan.name,
      message: `The provider moved since ${moved.since.slice(0, 10)}, not you: the base of this change scores ${formatPoints(moved.now)} in ${plural(moved.cases, 'case')}, and scored ${formatPoints(moved.before)} with the same requests until then (${stored(moved)}, ${pWords(moved.p)})${named(moved)}.`,
      threshold: null,
      value: null,
      remedy: `Both sides were asked today, so the comparison of this change holds. Pin the model, or look at what \`prompt-parity drift\` says${issue}.`,
      evidence: moved.movedCases,
    },
  ]
}

const stored = ({ runs }: Moved) => (runs === 1 ? 'one stored run' : `up to ${runs} stored runs a case`)
const pWords = (p: number) => (p < 0.0001 ? 'p < .0001' : `p = ${p.toFixed(4).replace(/^0/, '')}`)

/** The provider's own word for it, where it has one. */
function named({ answered, fingerprints }: Moved): string {
  const changed = (one: Moved['answered']) => one.before.length > 0 && one.now.length > 0 && !same(one.before, one.now)
  const words = (one: Moved['answered']) => `${one.before.join(', ')} → ${one.now.join(', ')}`
  if (changed(answered)) return `; the model that answers changed: ${words(answered)}`
  return changed(fingerprints) ? `; the fingerprint changed: ${words(fingerprints)}` : ''
}

const same = (one: readonly string[], other: readonly string[]) => one.join('\n') === other.join('\n')
