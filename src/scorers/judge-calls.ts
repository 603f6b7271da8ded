// Judge calls through the same engine as everything else. Equal questions of one pass or round are asked once, whichever side
// asks: both sides of a pair get the same verdict on the same answer. A later pass or re-run asks again: what a judge wavers
// by is noise like any other, and a verdict that is kept would make its luck look like a proof.

import type { Outcome, Request, Trial, TrialOutcome } from '../domain.ts'
import type { Work } from '../run/work.ts'
import { given } from '../targets/outside.ts'
import { requestHash } from '../targets/request.ts'
import type { JudgeCall, JudgeRequest } from './scorer.ts'

export function createJudge(submit: (work: Work) => Promise<TrialOutcome>): (trial: Trial, scope: string) => JudgeCall {
  const asked = new Map<string, Promise<Outcome>>()
  return (trial, scope) => (question) => {
    const request = requestOf(question)
    const { step, index } = roundOf(trial)
    // The verdict belongs to the question and not to the case or side that asked it first.
    const key = `${scope} ${step} ${index} ${question.key} ${request.hash}`
    const known = asked.get(key)
    if (known !== undefined) return known
    const place: Trial = { ...trial, caseId: question.key, side: 'head', step, index }
    const made = submit({ trial: place, request, purpose: 'judge', scope }).then((done) => done.outcome)
    asked.set(key, made)
    return made
  }
}

/** A tie by identity is shown beside the first pass. */
const roundOf = ({ step, index }: Trial): Pick<Trial, 'step' | 'index'> =>
  step === 'identical' ? { step: 'pass', index: 0 } : { step, index }

function requestOf(question: JudgeRequest): Request {
  const slash = question.model.indexOf('/')
  const parts = {
    kind: 'model' as const,
    provider: slash < 0 ? question.model : question.model.slice(0, slash),
    model: slash < 0 ? null : question.model.slice(slash + 1),
    endpoint: 'chat' as const,
    messages: question.messages,
    parameters: question.parameters,
    ...given({ responseFormat: question.responseFormat }),
  }
  return { ...parts, hash: requestHash(parts), segments: [] }
}
