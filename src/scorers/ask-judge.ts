// One question to a judge. A reply that cannot be read is asked for once more, with the form of the reply said again. Where that was
// stored by an earlier run, it is asked for anew: what a judge once garbled would stand for ever.

import { type JudgeVerdict, readVerdict, restated, type Scale } from './judge.ts'
import type { JudgeCall, JudgeReply, JudgeRequest } from './scorer.ts'

export type Reply =
  | { readonly state: 'read'; readonly verdict: JudgeVerdict }
  /** Neither a pass nor a fail of the answer: `why` says what became of the judge. */
  | { readonly state: 'missing'; readonly why: string }

export async function askJudge(judge: JudgeCall, request: JudgeRequest, scale: Scale): Promise<Reply> {
  const first = replyOf(await judge(request), scale)
  if (first !== null) return first
  const again = restated(request, scale)
  for (let round = 0; ; round++) {
    const said = await judge(again, round)
    const reply = replyOf(said, scale)
    if (reply !== null) return reply
    if (!said.stored) return { state: 'missing', why: 'the judge gave no readable verdict' }
  }
}

/** Null where it cannot be read. */
function replyOf({ outcome }: JudgeReply, scale: Scale): Reply | null {
  if (outcome.state === 'failed') return { state: 'missing', why: `the judge failed: ${outcome.failure.message}` }
  const verdict = readVerdict(outcome.answer.text, scale)
  return verdict === null ? null : { state: 'read', verdict }
}
