// Whether a change fits the exam to the candidate, or the candidate to the exam: found without a call, on forks and in a dry run.

import { isRemoved, type SetPair } from './config/pairs.ts'
import type { ChangeKind, EvalSet, Finding, FindingRule, Level } from './domain.ts'
import { caseFindings } from './integrity/cases.ts'
import { duplicateFindings } from './integrity/duplicates.ts'
import { loosenedGateFindings } from './integrity/gates.ts'
import { removedSetFindings } from './integrity/removed-set.ts'
import type { Reviewed } from './integrity/reviewed.ts'
import { loosenedScorerFindings } from './integrity/scorers.ts'
import { teachingFindings } from './integrity/teaching.ts'
import type { PromptText } from './policy/prompt-texts.ts'
import type { FileChange } from './ports.ts'

export type IntegrityInput = {
  readonly level: 'ignore' | Level
  readonly pairs: readonly SetPair[]
  /** What is known to have changed for an eval set. */
  readonly kindsOf: (evalSet: string) => ReadonlySet<ChangeKind>
  readonly files: readonly FileChange[]
  readonly prompts: readonly PromptText[]
  readonly lastResult: (evalSet: string, caseId: string) => string | null
}

type IntegrityRule = Extract<
  FindingRule,
  'teaches-to-test' | 'duplicate-cases' | 'loosened-scorer' | 'loosened-gate' | 'cases-changed'
>

/** `cases-changed` brings `removed-cases` along. */
const RULES: { readonly [rule in IntegrityRule]: (set: Reviewed) => readonly Finding[] } = {
  'teaches-to-test': teachingFindings,
  'loosened-scorer': loosenedScorerFindings,
  'loosened-gate': loosenedGateFindings,
  'cases-changed': caseFindings,
  'duplicate-cases': duplicateFindings,
}

export function integrityFindings(input: IntegrityInput): readonly Finding[] {
  return input.pairs.flatMap((pair) => {
    const { head, base } = pair
    const lastResult = (caseId: string) => input.lastResult(base?.name ?? pair.name, caseId)
    if (head === null) return base !== null && isRemoved(pair) ? removedSetFindings({ ...input, base, lastResult }) : []
    // Where nothing that defines a set changed, both sides are one value; its prompts may be another matter.
    const prompts = input.prompts.filter((one) => one.evalSets.includes(head.name))
    const set: Reviewed = {
      head,
      base,
      prompts,
      level: levelOf(pair, input),
      lastResult,
    }
    return base === head ? teachingFindings(set) : Object.values(RULES).flatMap((rule) => rule(set))
  })
}

/** A change of the exam alone is how such a change should come, and never fails by it. */
function levelOf({ head, base }: SetPair, input: IntegrityInput): Reviewed['level'] {
  if (input.level !== 'fail') return input.level
  return head !== null && base !== null && isCandidateChanged(head, base, input) ? 'fail' : 'warn'
}

function isCandidateChanged(head: EvalSet, base: EvalSet, { kindsOf, files }: IntegrityInput): boolean {
  const kinds = kindsOf(head.name)
  if (kinds.has('prompt') || kinds.has('model') || kinds.has('parameters')) return true
  if (head.target.kind === 'prompt') return false
  // What an application does may change with any of its files.
  const own = new Set([...head.sources, ...base.sources].map((source) => source.path))
  return files.some((file) => !own.has(file.path))
}
