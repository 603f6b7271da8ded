// What was asked and answered, on disk before it is used. answers.jsonl has outcomes and intents; raw.jsonl the bytes as they
// came. Configured keys were taken out of both before they got here.

import type { Store } from '../ports.ts'
import { sha256 } from '../targets/request.ts'
import { ANSWERS_FILE, lineAbout, RAW_FILE, type Stored } from './record-files.ts'
import { recordedAnswers } from './recorded-answers.ts'
import type { Work } from './work.ts'

export { ANSWERS_FILE, RAW_FILE, type Stored } from './record-files.ts'

export type AnswerRecord = {
  find(key: string): Stored | undefined
  /** Before a call: without a later end it counts as lost when the record is read again. */
  intend(key: string, at: string): Promise<void>
  /** After an attempt, whatever came of it. Only `final` outcomes are found again. */
  end(key: string, ended: Ended): Promise<void>
  /** Instead of an end: the run was over before there was an answer. */
  lose(key: string): Promise<void>
  /** Calls in flight when this or an earlier run was ended: made and perhaps paid, never answered to us. */
  readonly lost: number
  /** Calls of earlier runs that it has an answer to. */
  readonly known: number
}

export type Ended = { readonly work: Work; readonly stored: Stored; readonly raw: string; readonly final: boolean }

/** Reads the record back. Lines that are not ours or torn are passed over; of two answers to one call the first counts. */
export async function openRecord(store: Store): Promise<AnswerRecord> {
  const answers = recordedAnswers(store)
  const open = new Map<string, number>()
  const read = (line: string, offset: number) => {
    const about = lineAbout(line)
    if (about === null) return
    const { key, kind } = about
    const count = (open.get(key) ?? 0) + (kind === 'intent' ? 1 : -1)
    if (count === 0) open.delete(key)
    else open.set(key, count)
    if (kind === 'answer') answers.note(key, line, offset)
  }
  if (store.eachLine) await store.eachLine(ANSWERS_FILE, read)
  else for (const line of await store.readLines(ANSWERS_FILE)) read(line, 0)
  let lost = closeLost(store, open)
  const known = answers.count()
  const intend = async (key: string, startedAt: string) => {
    store.append(ANSWERS_FILE, JSON.stringify({ t: 'intent', k: key, at: startedAt }))
    await store.flush()
  }
  const end = async (key: string, { work, stored, raw, final }: Ended) => {
    const rawSha256 = raw === '' ? null : sha256(raw)
    const { trial, request, purpose = 'target' } = work
    const asked = { request: request.hash, provider: request.provider, model: request.model, purpose, trial }
    if (final) answers.add(key, { ...stored, rawSha256 })
    if (raw !== '') store.append(RAW_FILE, JSON.stringify({ k: key, sha256: rawSha256, raw }))
    store.append(
      ANSWERS_FILE,
      JSON.stringify({ t: final ? 'answer' : 'failed', k: key, ...stored, ...asked, rawSha256 }),
    )
    await store.flush()
  }
  const lose = async (key: string) => {
    lost += 1
    store.append(ANSWERS_FILE, lostLine(key))
    await store.flush()
  }
  return {
    ...{ find: answers.find, intend, end, lose, known },
    get lost() {
      return lost
    },
  }
}

const lostLine = (key: string) => JSON.stringify({ t: 'lost', k: key })

/** Counted once: the next reader finds them closed. */
function closeLost(store: Store, open: ReadonlyMap<string, number>): number {
  let lost = 0
  for (const [key, count] of open) {
    for (let left = count; left > 0; left--) {
      lost += 1
      store.append(ANSWERS_FILE, lostLine(key))
    }
  }
  return lost
}
