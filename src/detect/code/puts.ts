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

/** `kwargs.pop("temperature", None)`, `params.delete(:temperature)`: what is taken away. */
export const isTake = (callee: string) => /(?:\.|->)(?:pop|delete|remove|Remove|Delete|except!?)$/.test(callee)

/** What is taken away, by its name; what is given instead is read, and not taken. */
export function take({ tokens, at }: Walk, { frame, first, line }: Level): Entry | null {
  const [name, after, other] = [tokens[first], tokens[first + 1], tokens[first + 2]]
  const isAlone = first + 1 === at || (after?.text === ',' && /^(?:None|nil|null)$/.test(other?.text ?? ''))
  if (name === undefined || !isAlone || (name.kind !== 'string' && !/^:\w/.test(name.text))) return null
  return entryOf({ frame, name: name.text.replace(/^:/, ''), line, tokens, from: first, to: first + 1 })
}
