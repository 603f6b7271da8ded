// Prompts that are put together piece by piece: what is added to the same list, builder or variable as a prompt is part of it.

import type { Frame, Text } from './reading.ts'
import { isMachineText, wordCount } from './words.ts'

/** Calls that add a piece: `parts.append("…")`, `sb.WriteString("…")`, `p.push_str("…")`, `appendLine("…")`. */
const ADDS =
  /^(.*?)(?:^|\.|::|->)(?:append|appendLine|append_line|AppendLine|Append|AppendFormat|appendln|push|push_str|add|Add|extend|unshift|write|WriteString|writeln|concat)$/

const CALL = '\0'

/** What a piece is added to; null for a text that is added to nothing. */
function targetOf(text: Text): string | Frame | null {
  const { frame, name, owner, adds } = text
  const added = frame.open === '(' ? ADDS.exec(frame.callee) : null
  if (added !== null) {
    const receiver = (frame.chain.split(' ')[0] ?? '').replace(ADDS, '$1') || (added[1] ?? '')
    return receiver === '' ? frame.parent : `${CALL}${owner}\0${receiver}`
  }
  return name !== '' && (adds || frame.open === '' || frame.owner !== '') ? `${owner}\0${name}` : null
}

type Value = readonly Text[]

/** The values of a file that are prompts, and those that are added to the same thing as one of them. */
export function withPieces(values: readonly Value[], isPrompt: (value: Value) => boolean): readonly Value[] {
  const found = values.filter(isPrompt)
  const targets = new Set(found.map(([first]) => (first === undefined ? null : targetOf(first))))
  const added = new Set(values.flatMap(([first]) => (first?.adds ? [targetOf(first)] : [])))
  for (const target of targets) if (!isBuilt(target, added)) targets.delete(target)
  if (targets.size === 0) return found
  const prompts = new Set(found)
  return values.filter((value) => prompts.has(value) || isPiece(value, targets))
}

/** A variable that is only set anew says something else each time. */
const isBuilt = (target: string | Frame | null, added: ReadonlySet<string | Frame | null>) =>
  target !== null && (typeof target !== 'string' || target.startsWith(CALL) || added.has(target))

function isPiece(value: Value, targets: ReadonlySet<string | Frame | null>): boolean {
  const [first] = value
  if (first === undefined) return false
  const target = targetOf(first)
  if (target === null || !targets.has(target)) return false
  const text = value.map((one) => one.value).join(' ')
  return (wordCount(text) >= MIN_WORDS || (typeof target === 'string' && /\{\}/.test(text))) && !isMachineText(text)
}
const MIN_WORDS = 3
