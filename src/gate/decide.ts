// The verdict of a run. Pure, and the only place where pass, fail, inconclusive and not-measured are set.

import type { Finding, RunOutcome, Verdict } from '../domain.ts'
import { EXIT } from '../errors.ts'
import type { SetVerdict } from './set-verdict.ts'

export type DecideInput = {
  readonly sets: readonly SetVerdict[]
  /** Findings that belong to no measured set: policy, deleted prompts, routes, sets that could not be run. */
  readonly findings: readonly Finding[]
  /** Why nothing was called, when only a plan was asked for or possible. */
  readonly plannedOnly: string | null
  /** Set when the run ended early. */
  readonly incomplete: boolean
  readonly mode: 'enforce' | 'report'
  readonly onInconclusive: 'pass' | 'fail'
  readonly onNotMeasured: 'pass' | 'fail'
  readonly headline: (ending: Pick<Verdict, 'outcome' | 'blocks'>, findings: readonly Finding[]) => string
}

/** Up to this share of undecided sets a run of many sets still passes: one line counts them. */
const UNDECIDED_SHARE = 0.1

export function decide(input: DecideInput): Verdict {
  const all = [...input.sets.flatMap((set) => set.findings), ...input.findings]
  const enforced = outcomeOf(enforcedPart(input))
  const blocks = fails(enforced, input)
  // What turns the check red names the outcome, whatever was shown beside it.
  const outcome = blocks ? enforced : outcomeOf(input)
  const findings = ordered(outcome === 'pass' ? all.map(counted) : all)
  return { outcome, blocks, headline: input.headline({ outcome, blocks }, findings), findings }
}

/** A set's own mode speaks for what it found and for what it lacks; policy, integrity and the rest are the repository's. */
function enforcedPart(input: DecideInput): DecideInput {
  const sets = input.sets.filter((set) => set.mode === 'enforce')
  const ofRun = input.mode === 'enforce'
  const incomplete = input.incomplete && (sets.length > 0 || (ofRun && input.sets.length === 0))
  return { ...input, sets, incomplete, findings: ofRun ? input.findings : [] }
}

function fails(outcome: RunOutcome, { onNotMeasured, onInconclusive }: DecideInput): boolean {
  if (outcome === 'not-measured') return onNotMeasured === 'fail'
  return outcome === 'fail' || (outcome === 'inconclusive' && onInconclusive === 'fail')
}

/** `findings`: of a set left out where those of the run hold them, as in a report. */
type OutcomeInput = Pick<DecideInput, 'findings' | 'plannedOnly' | 'incomplete'> & {
  readonly sets: readonly (Pick<SetVerdict, 'outcome'> & Partial<Pick<SetVerdict, 'findings'>>)[]
}

export function outcomeOf(input: OutcomeInput): RunOutcome {
  const { sets } = input
  const findings = [...sets.flatMap((set) => set.findings ?? []), ...input.findings]
  if (sets.some((set) => set.outcome === 'fail') || findings.some((one) => one.level === 'fail' && isVerdict(one)))
    return 'fail'
  if (input.incomplete || sets.some((set) => set.outcome === 'not-measured' || set.outcome === 'not-comparable'))
    return 'not-measured'
  if (findings.some((one) => one.rule === 'not-measured')) return 'not-measured'
  if (input.plannedOnly !== null) return 'planned'
  if (sets.length === 0) return 'nothing-affected'
  const undecided = sets.filter((set) => set.outcome === 'inconclusive').length
  return undecided > sets.length * UNDECIDED_SHARE ? 'inconclusive' : 'pass'
}

/** Few undecided sets among many that pass are counted by the headline, and not shouted. */
const counted = (finding: Finding): Finding =>
  finding.rule === 'inconclusive' && finding.level === 'warn' ? { ...finding, level: 'note' } : finding

/** Findings about the measurement decide for themselves below fail. */
const isVerdict = (finding: Finding) => !ABOUT_MEASUREMENT.has(finding.rule)

const ABOUT_MEASUREMENT: ReadonlySet<Finding['rule']> = new Set([
  'not-comparable',
  'missing-runs',
  'not-measured',
  'spend-cap',
  'provider-error',
])

/** Exit code of the command line and, above 0, of the action. */
export function exitCode(verdict: Verdict): number {
  if (!verdict.blocks) return EXIT.pass
  return verdict.outcome === 'not-measured' ? EXIT.notMeasured : EXIT.gateFailed
}

const LEVELS = { fail: 0, warn: 1, note: 2 } as const

/** Waivers first, since they change what the rest means; then by level. Stable within. */
function ordered(findings: readonly Finding[]): readonly Finding[] {
  const rank = (one: Finding) => (one.rule === 'waived' ? -1 : LEVELS[one.level])
  return [...findings].sort((a, b) => rank(a) - rank(b))
}
