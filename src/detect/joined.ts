// Prompts that are put together piece by piece: what is added to the same list, builder or variable as a prompt is part of it.

import { atItsPlace } from './formatted.ts'
import type { Frame, Text } from './reading.ts'
import { isMachineText, wordCount, wordsOf } from './words.ts'

/** Calls that add a piece: `parts.append("…")`, `sb.WriteString("…")`, `p.push_str("…")`, `appendLine("…")`. */
const ADDS =
  /^(.*?)(?:^|\.|::|->)(?:append|appendLine|append_line|AppendLine|Append|AppendFormat|appendln|push|push_str|add|Add|extend|unshift|write|WriteString|writeln|concat)$/
/** Go's `fmt.Fprintf(&b, "…")` */
const WRITES_INTO = /^fmt\.Fprint(?:f|ln)?$/

/** What a call adds a piece to, as written; null where nothing is added. */
function receiverOf({ frame }: Text): string | null {
  if (frame.open !== '(') return null
  if (WRITES_INTO.test(frame.callee)) return frame.first || null
  const added = ADDS.exec(frame.callee)
  return added === null ? null : (frame.chain.split(' ')[0] ?? '').replace(ADDS, '$1') || (added[1] ?? '')
}

/** `lines.push("…")`; what goes wrong is collected, too. */
export function isAddition(text: Text): boolean {
  const receiver = receiverOf(text)
  return receiver !== null && !wordsOf(receiver).some((word) => ASIDE.test(word))
}
const ASIDE = /^(?:err|errors?|warn|warnings?|logs?|logger|issues|problems|notes|messages|stderr|stdout|os|w|writer)$/

/** What a piece is added to; null for a text that is added to nothing. */
function targetOf(text: Text): string | Frame | null {
  const receiver = receiverOf(text)
  if (receiver !== null) return receiver === '' ? text.frame.parent : `${text.owner}\0${receiver}`
  const placed = atItsPlace(text)
  // `sections = ["…"]`
  const isListed = placed.name === '' && placed.frame.open === '[' && placed.frame.parent !== null
  const [name, frame] = isListed ? [placed.frame.name, placed.frame.parent] : [placed.name, placed.frame]
  const isSet = text.adds || frame?.open === '' || frame?.owner !== ''
  return name !== '' && isSet ? `${text.owner}\0${name}` : null
}

type Value = readonly Text[]

/** The values of a file that are prompts, and those that are added to the same thing as one of them. */
export function withPieces(values: readonly Value[], isPrompt: (value: Value) => boolean): readonly Value[] {
  const found = values.filter(isPrompt)
  const targets = new Set(found.map(([first]) => (first === undefined ? null : targetOf(first))))
  const added = new Set(
    values.flatMap(([first]) => (first && (first.adds || receiverOf(first) !== null) ? [targetOf(first)] : [])),
  )
  for (const target of targets) if (!isBuilt(target, added)) targets.delete(target)
  if (targets.size === 0) return found
  const prompts = new Set(found)
  return values.filter((value) => prompts.has(value) || isPiece(value, targets))
}

/** A variable that is only set anew says something else each time. */
const isBuilt = (target: string | Frame | null, added: ReadonlySet<string | Frame | null>) =>
  target !== null && (typeof target !== 'string' || added.has(target))

function isPiece(value: Value, targets: ReadonlySet<string | Frame | null>): boolean {
  const [first] = value
  if (first === undefined) return false
  const target = targetOf(first)
  if (target === null || !targets.has(target)) return false
  const text = value.map((one) => one.value).join(' ')
  return (wordCount(text) >= MIN_WORDS || (typeof target === 'string' && /\{\}/.test(text))) && !isMachineText(text)
}
const MIN_WORDS = 3
