// The scorers that this program has, for reading files.

import { checkScorer, notRunnable, scorerAliases, scorerNames } from '../scorers/index.ts'
import type { ScorerNames } from './scorer-names.ts'

export const knownScorers: ScorerNames = {
  names: scorerNames,
  aliases: scorerAliases,
  notRunnable,
  check: checkScorer,
}
