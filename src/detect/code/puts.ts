// Calls that put something under a name: `body.put("temperature", 0.2)` says the same as `{ temperature: 0.2 }`.

import type { Entry } from '../reading.ts'
import { entryOf } from './entries.ts'
import type { Level, Walk } from './walk.ts'

/** A call that gives its second argument the name that is its first: `body.put("temperature", 0.2)`. */
export const isPut = (callee: string) =>
  /(?:^|\.|::|->)(?:setdefault|put|put_new|set|insert|addProperty|add|Add|Set|Put|append|assoc|store)$/.test(callee)

/** `body.put("temperature", 0.2)`, `Map.put(body, "temperature", 0.2)`: the name stands before the last comma. */
export function put(walk: Walk, { frame, first, line }: Level): Entry | null {
  let from = first + 1
  while (from < Math.min(walk.at, first + MAX_BEFORE_NAME) && !isNamedBefore(walk, from)) from++
  const name = walk.tokens[from - 1]
  if (from >= walk.at || name === undefined || !isNamedBefore(walk, from)) return null
  frame.first = name.text.replace(/^:/, '')
  return entryOf({ frame, name: frame.first, line, tokens: walk.tokens, from: from + 1, to: walk.at })
}
const MAX_BEFORE_NAME = 8
const isNamedBefore = ({ tokens }: Walk, comma: number) =>
  tokens[comma]?.text === ',' && (tokens[comma - 1]?.kind === 'string' || /^:\w/.test(tokens[comma - 1]?.text ?? ''))
