// What the audit record knows of one attempt: calls.jsonl is made of these.

import type { Failure, Outcome, Request, Trial, Usage } from '../domain.ts'
import { given } from '../targets/outside.ts'
import { sha256 } from '../targets/request.ts'
import type { Purpose, Work } from './work.ts'

export type CallRecord = {
  readonly trial: Trial
  readonly purpose: Purpose
  /** Model asked, parameters, messages (the input) and hash are in here. */
  readonly request: Request
  readonly promptHash?: string
  /** Counts from 1 within the call; 0 for an answer out of a replay file. */
  readonly attempt: number
  readonly startedAt: string
  readonly endedAt: string
  readonly outcome: Outcome
  /** Whether another attempt follows. */
  readonly retried: boolean
  readonly modelAnswered?: string
  readonly output?: string
  readonly usage?: Usage
  readonly failure?: Failure
  readonly latencyMs: number | null
  /** Of what came over the wire, before anything was read out of it; null when nothing came. */
  readonly rawSha256: string | null
  /** Pico-dollars; null when unknown. */
  readonly costPico: bigint | null
}

export type CallFacts = Pick<CallRecord, 'attempt' | 'startedAt' | 'endedAt' | 'retried' | 'costPico'> & {
  readonly raw: string
}

export function callRecord(work: Work, outcome: Outcome, { raw, ...facts }: CallFacts): CallRecord {
  const { trial, request, purpose = 'target', promptHash } = work
  const answer = outcome.state === 'answered' ? outcome.answer : undefined
  return {
    trial,
    purpose,
    request,
    outcome,
    ...facts,
    latencyMs: answer?.latencyMs ?? null,
    rawSha256: raw === '' ? null : sha256(raw),
    ...given({
      promptHash,
      modelAnswered: answer?.model,
      output: answer?.text,
      usage: answer?.usage,
      failure: outcome.state === 'failed' ? outcome.failure : undefined,
    }),
  }
}
