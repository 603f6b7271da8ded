// What the audit record knows of one attempt: calls.jsonl is made of these.

import type { Failure, Outcome, Request, Trial, Usage } from '../domain.ts'
import { factsOf } from '../facts-of.ts'
import { given } from '../targets/outside.ts'
import { sha256 } from '../targets/request.ts'
import type { Stored } from './record-files.ts'
import type { Purpose, Work } from './work.ts'

export type CallRecord = {
  readonly trial: Trial
  readonly purpose: Purpose
  /** Model asked, parameters, messages (the input) and hash are in here. */
  readonly request: Request
  readonly promptHash?: string
  /** Counts from 1 within the call; 0 where nothing was called: an answer out of a replay file, or of an earlier call. */
  readonly attempt: number
  /** The answer of an earlier call, which began at `startedAt` and was paid for then. */
  readonly stored?: true
  /** Cut off by the end of the run, which may have been paid for. */
  readonly lost?: true
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

export type CallFacts = Pick<CallRecord, 'attempt' | 'startedAt' | 'endedAt' | 'retried' | 'costPico' | 'lost'> & {
  readonly raw: string
}

/** An answer that stands for a call: without it nobody could tell later what a run was judged by. */
export function storedRecord(work: Work, { outcome, startedAt, rawSha256 = null }: Stored): CallRecord {
  const facts = { attempt: 0, startedAt, endedAt: startedAt, retried: false, costPico: 0n, raw: '' }
  return { ...callRecord(work, outcome, facts), rawSha256, stored: true }
}

export function callRecord(work: Work, outcome: Outcome, { raw, ...facts }: CallFacts): CallRecord {
  const { trial, request, purpose = 'target', promptHash } = work
  const answer = outcome.state === 'answered' ? outcome.answer : undefined
  const { model, usage } = factsOf(outcome)
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
      modelAnswered: model,
      output: answer?.text,
      usage,
      failure: outcome.state === 'failed' ? outcome.failure : undefined,
    }),
  }
}
