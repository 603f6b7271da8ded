// What was asked and answered, on disk before it is used. answers.jsonl has outcomes and intents; raw.jsonl the bytes as they came.

import type { Json, Outcome } from '../domain.ts'
import type { Store } from '../ports.ts'
import { at, countAt, isObject, parseJson, textAt } from '../targets/outside.ts'
import { sha256 } from '../targets/request.ts'
import type { Work } from './work.ts'

export const ANSWERS_FILE = 'answers.jsonl'
export const RAW_FILE = 'raw.jsonl'

export type Stored = { readonly outcome: Outcome; readonly attempts: number; readonly startedAt: string }

export type AnswerRecord = {
  find(key: string): Stored | undefined
  /** Before a call: without a later end it counts as lost when the record is read again. */
  intend(key: string, at: string): Promise<void>
  /** After an attempt, whatever came of it. Only `final` outcomes are found again. */
  end(key: string, ended: Ended): Promise<void>
  /** Calls in flight when an earlier run was killed: made and perhaps paid, never answered to us. */
  readonly lost: number
}

export type Ended = { readonly work: Work; readonly stored: Stored; readonly raw: string; readonly final: boolean }

/** Reads the record back. Lines that are not ours or torn are passed over; of two answers to one call the first counts. */
export async function openRecord(store: Store): Promise<AnswerRecord> {
  const answers = new Map<string, Stored>()
  const open = new Map<string, number>()
  const read = (line: string) => {
    const parsed = parseJson(line)
    const key = textAt(parsed, 'k')
    if (key === undefined) return
    const step = textAt(parsed, 't') === 'intent' ? 1 : -1
    open.set(key, (open.get(key) ?? 0) + step)
    const stored = readStored(parsed)
    if (stored !== null && !answers.has(key)) answers.set(key, stored)
  }
  if (store.eachLine) await store.eachLine(ANSWERS_FILE, read)
  else for (const line of await store.readLines(ANSWERS_FILE)) read(line)
  const lost = closeLost(store, open)
  const intend = async (key: string, startedAt: string) => {
    store.append(ANSWERS_FILE, JSON.stringify({ t: 'intent', k: key, at: startedAt }))
    await store.flush()
  }
  const end = async (key: string, { work, stored, raw, final }: Ended) => {
    const rawSha256 = raw === '' ? null : sha256(raw)
    const { trial, request, purpose = 'target' } = work
    const asked = { request: request.hash, provider: request.provider, model: request.model, purpose, trial }
    if (raw !== '') store.append(RAW_FILE, JSON.stringify({ k: key, sha256: rawSha256, raw }))
    store.append(
      ANSWERS_FILE,
      JSON.stringify({ t: final ? 'answer' : 'failed', k: key, ...stored, ...asked, rawSha256 }),
    )
    await store.flush()
    if (final) answers.set(key, stored)
  }
  return { find: (key) => answers.get(key), intend, end, lost }
}

/** Counted once: the next reader finds them closed. */
function closeLost(store: Store, open: ReadonlyMap<string, number>): number {
  let lost = 0
  for (const [key, count] of open) {
    for (let left = count; left > 0; left--) {
      lost += 1
      store.append(ANSWERS_FILE, JSON.stringify({ t: 'lost', k: key }))
    }
  }
  return lost
}

function readStored(line: Json | undefined): Stored | null {
  const outcome = at(line, 'outcome')
  const startedAt = textAt(line, 'startedAt')
  if (textAt(line, 't') !== 'answer' || !isOutcome(outcome) || startedAt === undefined) return null
  return { outcome, startedAt, attempts: countAt(line, 'attempts') ?? 1 }
}

/** Written by us, so that the tags are enough to tell it from a foreign line. */
function isOutcome(value: Json | undefined): value is Json & Outcome {
  if (!isObject(value)) return false
  if (at(value, 'state') === 'answered') return textAt(value, 'answer', 'text') !== undefined
  return (
    at(value, 'state') === 'failed' &&
    at(value, 'failure', 'kind') === 'behavioural' &&
    textAt(value, 'failure', 'cause') !== undefined
  )
}
