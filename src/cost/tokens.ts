// Token counts without a call, for plans and dry runs. An estimate: the run itself reports exact usage.

import { describeModel } from '../prices/describe.ts'
import { countTokens } from './token-count.ts'

export type TokenEstimate = {
  readonly tokens: number
  readonly low: number
  readonly high: number
  readonly provenance: 'estimated'
}

/** Stated error of the heuristic; it was within 6 % of OpenAI's counts on six corpora. */
export const TOKEN_ESTIMATE_ERROR = 0.15

/** Tokens of the same text against OpenAI's vocabulary. Assumptions, until a run has counted (facts: cost, section 4). */
const CLAUDE_OLD = 1.2
const CLAUDE_NEW = 1.55
const GEMINI = 1.1

/** Estimated tokens of a text for a model, with a range of 15 % either way. */
export function estimateTokens(text: string, model: string): TokenEstimate {
  const tokens = Math.ceil(countTokens(text) * vocabularyFactor(model))
  return {
    tokens,
    low: Math.floor(tokens * (1 - TOKEN_ESTIMATE_ERROR)),
    high: Math.ceil(tokens * (1 + TOKEN_ESTIMATE_ERROR)),
    provenance: 'estimated',
  }
}

/** Whether two models count the same tokens in a text, as far as their families tell. */
export function isSameVocabulary(one: string, other: string): boolean {
  if (one === other) return true
  const families = [describeModel(one).family, describeModel(other).family]
  return families[0] !== null && families[0] === families[1] && vocabularyFactor(one) === vocabularyFactor(other)
}

/** Tokens of a model for one of OpenAI's. */
export function vocabularyFactor(id: string): number {
  const { family, model } = describeModel(id)
  if (family === 'gemini') return GEMINI
  if (family !== 'claude') return 1
  return isNewClaude(model) ? CLAUDE_NEW : CLAUDE_OLD
}

/** Opus from 4.7 on and everything from 5 on count about 30 % more tokens for the same text (Anthropic's documentation). */
function isNewClaude(model: string): boolean {
  const found = /claude-([a-z]+)-(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(model)
  if (!found) return false
  const [major, minor] = [Number(found[2]), Number(found[3] ?? 0)]
  return major >= 5 || (found[1] === 'opus' && major === 4 && minor >= 7)
}
