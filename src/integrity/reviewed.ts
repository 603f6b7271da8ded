// One eval set of the head as its integrity is looked at: beside the base's, with its prompts.

import type { EvalSet, Level } from '../domain.ts'
import type { PromptText } from '../policy/prompt-texts.ts'

export type Reviewed = {
  readonly head: EvalSet
  readonly base: EvalSet | null
  /** What a doubtful change does: `policy.integrity`, at most a warning where the exam alone changes. */
  readonly level: 'ignore' | Level
  /** The prompts that it evaluates. */
  readonly prompts: readonly PromptText[]
  /** What a removed case came to when it last ran, in words; null when that is not known. */
  readonly lastResult: (caseId: string) => string | null
}

export const listed = (count: number) => (count === 1 ? '1 case' : `${count} cases`)

/** Removed cases that are named with their last result. */
export const NAMED = 10
