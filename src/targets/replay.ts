// Answers that were recorded elsewhere, instead of calls; and the target that answers nothing.

import type { Outcome, Request, SideLabel, Trial, Usage } from '../domain.ts'
import { given } from './outside.ts'
import { transient } from './shape.ts'

/** One line of a replay file. `request` is a request hash, `prompt` a prompt hash that must match when both are known. */
export type ReplayRow = {
  readonly request?: string
  readonly case?: string
  readonly side?: SideLabel
  readonly prompt?: string
  readonly output: string
  readonly usage?: Usage
  readonly model?: string
  readonly latency_ms?: number
}

export type Replay = (request: Request, trial: Trial, promptHash?: string) => Outcome

/**
 * Looks a trial up by request hash, then by case and side, then by case. Several rows under one key are repeats: run
 * `index` takes row `index`, and starts over when there are fewer rows than runs.
 */
export function createReplay(rows: readonly ReplayRow[]): Replay {
  const index = new Map<string, ReplayRow[]>()
  for (const row of rows) {
    const key = keyOfRow(row)
    if (key === null) continue
    const there = index.get(key)
    if (there === undefined) index.set(key, [row])
    else there.push(row)
  }
  return (request, trial, promptHash) => {
    for (const key of keysOfTrial(request, trial)) {
      const fits = (index.get(key) ?? []).filter(
        (row) => row.prompt === undefined || promptHash === undefined || row.prompt === promptHash,
      )
      const row = fits[trial.index % Math.max(1, fits.length)]
      if (row !== undefined) return replayed(row)
    }
    return transient('no-answer-recorded', `no recorded answer for case ${trial.caseId} on ${trial.side}`)
  }
}

function keyOfRow(row: ReplayRow): string | null {
  if (row.request !== undefined) return `request ${row.request}`
  if (row.case === undefined) return null
  return row.side === undefined ? `case ${row.case}` : `${row.side} ${row.case}`
}

function keysOfTrial(request: Request, trial: Trial): readonly string[] {
  return [`request ${request.hash}`, `${trial.side} ${trial.caseId}`, `case ${trial.caseId}`]
}

function replayed(row: ReplayRow): Outcome {
  const { usage, model } = row
  return {
    state: 'answered',
    answer: { text: row.output, latencyMs: row.latency_ms ?? null, ...given({ usage, model }) },
  }
}

/** Shows the prompt that a model would get, as a failure: an echo is never a verdict. */
export function echo(request: Request): Outcome {
  return transient('echo', request.messages.map((message) => message.content).join('\n\n'))
}
