// Judge calls through the same engine as everything else. Equal questions are asked once in a run, whichever side asks.

import type { Outcome, Request, Trial, TrialOutcome } from '../domain.ts'
import type { Work } from '../run/work.ts'
import { requestHash } from '../targets/request.ts'
import type { JudgeCall, JudgeRequest } from './scorer.ts'

export function createJudge(submit: (work: Work) => Promise<TrialOutcome>): (trial: Trial, scope: string) => JudgeCall {
  const asked = new Map<string, Promise<Outcome>>()
  return (trial, scope) => (question) => {
    const request = requestOf(question)
    // The verdict belongs to the question and not to the run that asked it first.
    const key = `${scope} ${question.key} ${request.hash}`
    const known = asked.get(key)
    if (known !== undefined) return known
    const place: Trial = { ...trial, caseId: question.key, side: 'head', step: 'pass', index: 0 }
    const made = submit({ trial: place, request, purpose: 'judge', scope }).then((done) => done.outcome)
    asked.set(key, made)
    return made
  }
}

function requestOf(question: JudgeRequest): Request {
  const slash = question.model.indexOf('/')
  const parts = {
    kind: 'model' as const,
    provider: slash < 0 ? question.model : question.model.slice(0, slash),
    model: slash < 0 ? null : question.model.slice(slash + 1),
    endpoint: 'chat' as const,
    messages: question.messages,
    parameters: question.parameters,
    responseFormat: question.responseFormat,
  }
  return { ...parts, hash: requestHash(parts), segments: [] }
}
