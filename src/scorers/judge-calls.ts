// Judge calls through the same engine as everything else. Equal questions of one pass or round are asked once, whichever side
// asks: both sides of a pair get the same verdict on the same answer. A later pass or re-run asks again: what a judge wavers
// by is noise like any other, and a verdict that is kept would make its luck look like a proof.

import type { Request, Trial, TrialOutcome } from '../domain.ts'
import type { Work } from '../run/work.ts'
import { endpointOf } from '../targets/endpoint-of.ts'
import { given } from '../targets/outside.ts'
import { requestHash } from '../targets/request.ts'
import type { JudgeCall, JudgeReply, JudgeRequest } from './scorer.ts'

export function createJudge(submit: (work: Work) => Promise<TrialOutcome>): (trial: Trial, scope: string) => JudgeCall {
  const asked = new Map<string, Promise<JudgeReply>>()
  return (trial, scope) =>
    (question, round = 0) => {
      const request = requestOf(question)
      const { step, index } = roundOf(trial)
      // The verdict belongs to the question and not to the case or side that asked it first.
      const name = round === 0 ? question.key : `${question.key} ${round}`
      const key = `${scope} ${step} ${index} ${name} ${request.hash}`
      const known = asked.get(key)
      if (known !== undefined) return known
      const place: Trial = { ...trial, caseId: name, side: 'head', step, index }
      const made = submit({ trial: place, request, purpose: 'judge', scope }).then(({ outcome, stored }) => ({
        outcome,
        stored,
      }))
      asked.set(key, made)
      return made
    }
}

/** A tie by identity is shown beside the first pass. */
const roundOf = ({ step, index }: Trial): Pick<Trial, 'step' | 'index'> =>
  step === 'identical' ? { step: 'pass', index: 0 } : { step, index }

function requestOf(question: JudgeRequest): Request {
  const slash = question.model.indexOf('/')
  const provider = slash < 0 ? question.model : question.model.slice(0, slash)
  const model = slash < 0 ? null : question.model.slice(slash + 1)
  const parts = {
    kind: 'model' as const,
    provider,
    model,
    endpoint: endpointOf(provider, model),
    messages: question.messages,
    parameters: question.parameters,
    ...given({ responseFormat: question.responseFormat }),
  }
  return { ...parts, hash: requestHash(parts), segments: [] }
}
