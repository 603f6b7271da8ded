// Which scorers there are, as far as reading files is concerned.

import type { ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'

export type ScorerNames = {
  readonly names: readonly string[]
  readonly aliases: { readonly [alias: string]: string }
  /** Known names that we cannot run, with the reason in words. */
  readonly notRunnable: { readonly [name: string]: string }
  /** What is wrong with a scorer as configured (a pattern that does not compile), or null. */
  readonly check?: (spec: ScorerSpec) => Promise<Problem | null>
}
