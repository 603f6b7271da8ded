// An answer without a text. Every ban is kept by it, it is short and it is quick: scored like any other it would pass where nothing
// asks for a text. It scores 0, as an outcome of its side, unless the case says that nothing is the right answer: by `expected`
// or `equals` with an empty text, or by `is-refusal`.

import type { Answer, Case, ScorerSpec, Usage } from '../domain.ts'

export function isEmpty({ text, toolCalls }: Answer): boolean {
  return text.trim() === '' && (toolCalls?.length ?? 0) === 0
}

export function expectsNothing({ expected }: Case): boolean {
  return typeof expected === 'string' && expected.trim() === ''
}

/** A scorer that an empty text passes by what it is, and not by what it lacks. */
export function mayWantNothing({ type, not, weight }: ScorerSpec): boolean {
  return weight > 0 && !not && KNOW_NOTHING.has(type)
}

/** Scorers that say the right thing of an empty text by themselves, and those that only inform. */
export function knowsNothing({ type, weight }: ScorerSpec): boolean {
  return weight <= 0 || KNOW_NOTHING.has(type)
}

const KNOW_NOTHING: ReadonlySet<string> = new Set(['equals', 'is-refusal'])

/** What is known of why there is no text. */
export function whyEmpty(answer: Answer): string {
  const { finishReason, usage, calls } = answer
  if (answer.refusal === true || finishReason === 'refusal')
    return 'the answer is empty: the model refused and said nothing'
  if (finishReason === 'content_filter') return 'the answer is empty: the provider filtered all of it'
  if (finishReason === 'length')
    return `the answer is empty: ${spent(usage)} before the limit was reached, so raise \`max_tokens\``
  if (finishReason !== undefined)
    return `the answer is empty: the model ended (${finishReason}) without a text; ${spent(usage)}`
  const failed = calls?.findLast((call) => call.failure !== undefined)
  const because = failed?.failure === undefined ? '' : `; a call of it ended with: ${failed.failure.message}`
  return `the answer is empty${because}`
}

function spent(usage: Usage | undefined): string {
  if (usage === undefined) return 'its output tokens are not known'
  const { output, reasoning = 0 } = usage
  if (reasoning === 0) return `it took ${output} output tokens`
  return reasoning >= output
    ? `all of its ${output} output tokens went into reasoning`
    : `${reasoning} of its ${output} output tokens went into reasoning`
}
