// A call of a model that failed behind an answer of an application, and failed on this side alone. Its own code may have answered
// something all the same ("try later"), in which nobody would find the cause.

import { cutText } from '../cut-text.ts'
import type { Failure, ModelCall, Result } from '../domain.ts'

export type FailedCall = ModelCall & { readonly failure: Failure }

/** As long as what is kept of a provider's own words. */
const SHOWN_CHARACTERS = 300
const SHOWN_MODEL = 100

/** Null where every call of the run was answered, or failed in the same way on the other side. */
export function ownFailedCall(run: Result | undefined, others: readonly Result[]): FailedCall | null {
  const failed = failedCalls(run)
  if (failed.length === 0) return null
  const there = new Set(others.flatMap(failedCalls).map(({ failure }) => failure.cause))
  return failed.find(({ failure }) => !there.has(failure.cause)) ?? null
}

/** What the application let go of itself is no failure, nor is what a later call with the same question made good. */
function failedCalls(run: Result | undefined): readonly FailedCall[] {
  if (run?.outcome.state !== 'answered') return []
  const calls = run.outcome.answer.calls ?? []
  return calls.filter(
    (call, at): call is FailedCall =>
      call.failure !== undefined &&
      call.failure.cause !== 'cancelled' &&
      !calls.slice(at + 1).some((later) => later.hash === call.hash && later.failure === undefined),
  )
}

/** In the middle of a sentence: `a call of openai/x failed, unknown-model: openai answered 404: no such model` */
export function failedCallText({ failure, ...call }: FailedCall): string {
  const { cause, status, message } = failure
  const said = cutText(message, SHOWN_CHARACTERS)
  const code = status === undefined || said.includes(String(status)) ? '' : ` (${status})`
  return `a call of ${modelOf(call)} failed, ${cause}${code}: ${said}`
}

export const modelOf = ({ provider, model }: Pick<ModelCall, 'provider' | 'model'>): string =>
  cutText(model === '' ? provider : `${provider}/${model}`, SHOWN_MODEL)
