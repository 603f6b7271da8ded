// How long an answer of Anthropic's may be where nobody said it. Beside the interface, since plans and caps need no more of that.

import type { JsonObject } from '../domain.ts'
import { countAt, textAt } from './outside.ts'

const ANSWER_TOKENS = 4096

/**
 * Sent when an eval set names no `max_tokens`. An answer cut by it says so in its finish reason. What is thought counts towards
 * it, and a budget for thoughts that leaves nothing to the answer is refused.
 */
export function anthropicMaxTokens({ thinking }: JsonObject): number {
  const thoughts = textAt(thinking, 'type') === 'enabled' ? countAt(thinking, 'budget_tokens') : undefined
  return ANSWER_TOKENS + (thoughts ?? 0)
}
