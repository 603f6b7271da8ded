// One question to a judge. A reply that cannot be read is asked for once more, with the form of the reply said again.

import { type JudgeVerdict, readVerdict, restated, type Scale } from './judge.ts'
import type { JudgeCall, JudgeRequest } from './scorer.ts'

export type Reply =
  | { readonly state: 'read'; readonly verdict: JudgeVerdict }
  /** Neither a pass nor a fail of the answer: `why` says what became of the judge. */
  | { readonly state: 'missing'; readonly why: string }

export async function askJudge(judge: JudgeCall, request: JudgeRequest, scale: Scale): Promise<Reply> {
  const first = await askOnce(judge, request, scale)
  const reply = first === 'unreadable' ? await askOnce(judge, restated(request, scale), scale) : first
  return reply === 'unreadable' ? { state: 'missing', why: 'the judge gave no readable verdict' } : reply
}

async function askOnce(judge: JudgeCall, request: JudgeRequest, scale: Scale): Promise<Reply | 'unreadable'> {
  const outcome = await judge(request)
  if (outcome.state === 'failed') return { state: 'missing', why: `the judge failed: ${outcome.failure.message}` }
  const verdict = readVerdict(outcome.answer.text, scale)
  return verdict === null ? 'unreadable' : { state: 'read', verdict }
}
