// What a provider said of a call, whether its answer may be seen or was filtered whole.

import type { AnswerFacts, Failure, Outcome } from './domain.ts'
import { given } from './targets/outside.ts'

export const factsOf = (outcome: Outcome): AnswerFacts =>
  outcome.state === 'answered' ? outcome.answer : outcome.failure

/** Those of an answer that nobody may see. */
export function factsIn(answer: AnswerFacts): AnswerFacts {
  const { usage, model, fingerprint, serviceTier, terms, requestId, responseId, finishReason, toolFees } = answer
  return given({ usage, model, fingerprint, serviceTier, terms, requestId, responseId, finishReason, toolFees })
}

/** A failure by itself, where what came with it stands elsewhere. */
export function withoutFacts({ kind, cause, message, status, requestId }: Failure) {
  return { kind, cause, message, ...given({ status, requestId }) }
}
