// The answers of a record by their keys. On a store that can read a single line they stay in its file, and only the place of
// each is known; on any other they are kept in memory.

import type { Json, Outcome } from '../domain.ts'
import type { Store } from '../ports.ts'
import { at, countAt, isObject, parseJson, textAt } from '../targets/outside.ts'
import { createKeyOffsets } from './key-offsets.ts'
import { ANSWERS_FILE, type Stored } from './record-files.ts'

export type RecordedAnswers = {
  /** A line of the record that was read, with the byte it begins at. */
  note(key: string, line: string, offset: number): void
  /** An answer of this run; called before its line is appended. Of two answers the first counts, and of refusals the last. */
  add(key: string, stored: Stored): void
  find(key: string): Stored | undefined
  /** Calls that have one. */
  count(): number
}

export function recordedAnswers(store: Store): RecordedAnswers {
  const { end, linesFrom } = store
  return end === undefined || linesFrom === undefined ? inMemory() : onDisk({ end, linesFrom })
}

function inMemory(): RecordedAnswers {
  const answers = new Map<string, Stored>()
  const note = (key: string, line: string) => {
    const stored = readStored(parseJson(line))
    if (stored !== null && answers.get(key)?.outcome.state !== 'answered') answers.set(key, stored)
  }
  return {
    note,
    add: (key, stored) => void answers.set(key, stored),
    find: (key) => answers.get(key),
    count: () => answers.size,
  }
}

/** Characters of lines that were read and are kept for the case that they are asked for: of a small record all. */
const KEPT_CHARACTERS = 4 * 1024 * 1024

function onDisk({ end, linesFrom }: Pick<Required<Store>, 'end' | 'linesFrom'>): RecordedAnswers {
  const offsets = createKeyOffsets()
  /** Refusals among them: what comes later takes their place. */
  const refused = new Set<string>()
  const kept = new Map<string, { readonly line: string; readonly offset: number }>()
  let room = KEPT_CHARACTERS
  let isFull = false
  const isKnown = (key: string) => kept.has(key) || (offsets.count() > 0 && offsets.get(key) !== undefined)
  /** Whether a line counts from now on. */
  const takes = (key: string, isRefusal: boolean) => {
    const isFirst = !isKnown(key)
    const isReplacing = refused.delete(key)
    if ((isFirst || isReplacing) && isRefusal) refused.add(key)
    return isFirst || isReplacing
  }
  const place = (key: string, offset: number) => {
    kept.delete(key)
    offsets.set(key, offset)
  }
  const note = (key: string, line: string, offset: number) => {
    if (!takes(key, isRefusedLine(line))) return
    isFull ||= line.length > room
    if (isFull) return place(key, offset)
    kept.set(key, { line, offset })
    room -= line.length
  }
  const add = (key: string, { outcome }: Stored) => {
    if (takes(key, outcome.state === 'failed')) place(key, end(ANSWERS_FILE))
  }
  const find = (key: string) => {
    const near = kept.get(key)
    const stored = near === undefined ? null : readStored(parseJson(near.line))
    if (stored !== null) return stored
    const offset = near?.offset ?? offsets.get(key)
    if (offset === undefined) return undefined
    // The line is the first, unless another run wrote before it, or it is damaged and a later one counts.
    for (const line of linesFrom(ANSWERS_FILE, offset)) {
      if (!line.includes(key)) continue
      const parsed = parseJson(line)
      const stored = textAt(parsed, 'k') === key ? readStored(parsed) : null
      if (stored !== null) return stored
    }
    return undefined
  }
  const count = () => kept.size + offsets.count()
  return { note, add, find, count }
}

/** By how we write it: within a text the quotes have backslashes before them. */
export const isRefusedLine = (line: string) => line.includes('"outcome":{"state":"failed"')

function readStored(line: Json | undefined): Stored | null {
  const outcome = at(line, 'outcome')
  const startedAt = textAt(line, 'startedAt')
  if (textAt(line, 't') !== 'answer' || !isOutcome(outcome) || startedAt === undefined) return null
  const rawSha256 = textAt(line, 'rawSha256') ?? null
  return { outcome, startedAt, attempts: countAt(line, 'attempts') ?? 1, rawSha256 }
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
