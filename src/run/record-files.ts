// The files of the record in the state directory. answers.jsonl has outcomes and intents; raw.jsonl the bytes as they came, but
// for configured keys.

import type { Outcome } from '../domain.ts'
import { parseJson, textAt } from '../targets/outside.ts'

export const ANSWERS_FILE = 'answers.jsonl'
export const RAW_FILE = 'raw.jsonl'

export type Stored = {
  readonly outcome: Outcome
  readonly attempts: number
  readonly startedAt: string
  /** Of the bytes as they came; null when none are kept. */
  readonly rawSha256?: string | null
}

/** What a line of answers.jsonl is about; null when it is torn or not ours. */
export type LineAbout = { readonly key: string; readonly kind: string | undefined }

// A line that begins and ends as ours do is whole: the members between need not be read to know what it is about.
const OURS =
  /^\{"t":"(intent|answer|failed|lost)","k":"([0-9a-f]{64})"(?:\}|,"at":"[^"]*"\}|,.*"rawSha256":(?:null|"[0-9a-f]{64}")\})$/

export function lineAbout(line: string): LineAbout | null {
  const [, kind, known] = OURS.exec(line) ?? []
  if (known !== undefined) return { key: known, kind }
  const parsed = parseJson(line)
  const key = textAt(parsed, 'k')
  return key === undefined ? null : { key, kind: textAt(parsed, 't') }
}
