// Calls that put something under a name: `body.put("temperature", 0.2)` says the same as `{ temperature: 0.2 }`.

import type { Entry } from '../reading.ts'
import { entryOf } from './entries.ts'
import type { Level, Walk } from './walk.ts'

/** A call that gives its second argument the name that is its first: `body.put("temperature", 0.2)`. */
export const isPut = (callee: string) =>
  /(?:^|\.|::|->)(?:set_?default|SetDefault|put|put_new|set|insert|addProperty|add|Add|Set|Put|append|assoc|store)$/.test(
    callee,
  )

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

/** A flag of Go: `cmd.Flags().Float64P("temperature", "t", 0.8, "…")`, `flag.IntVar(&limit, "max-tokens", 512, "…")`. */
export const isFlag = (callee: string) =>
  /(?:^|\.)(?:Float(?:32|64)|Int(?:32|64)?|Uint(?:32|64)?|String(?:Slice)?)(?:Var)?P?$/.test(callee)

/** The default of a flag, by the name of the flag. */
export function flag({ tokens, at }: Walk, { frame, first, line }: Level): Entry | null {
  const end = Math.min(at, first + MAX_FLAG)
  let name = first
  while (name < end && tokens[name]?.kind !== 'string') name++
  const found = tokens[name]
  if (found?.kind !== 'string' || tokens[name + 1]?.text !== ',') return null
  const short = tokens[name + 2]
  const from =
    short?.kind === 'string' && short.text.length <= 1 && tokens[name + 3]?.text === ',' ? name + 4 : name + 2
  let to = from
  while (to < end && tokens[to]?.text !== ',') to++
  return to > from ? entryOf({ frame, name: found.text, line, tokens, from, to }) : null
}
const MAX_FLAG = 24

/** `kwargs.pop("temperature", None)`, `params.delete(:temperature)`: what is taken away. */
export const isTake = (callee: string) => /(?:\.|->)(?:pop|delete|remove|Remove|Delete|except!?)$/.test(callee)

/** What is taken away, by its name; what is given instead is read, and not taken. */
export function take({ tokens, at }: Walk, { frame, first, line }: Level): Entry | null {
  const [name, after, other] = [tokens[first], tokens[first + 1], tokens[first + 2]]
  const isAlone = first + 1 === at || (after?.text === ',' && /^(?:None|nil|null)$/.test(other?.text ?? ''))
  if (name === undefined || !isAlone || (name.kind !== 'string' && !/^:\w/.test(name.text))) return null
  return entryOf({ frame, name: name.text.replace(/^:/, ''), line, tokens, from: first, to: first + 1 })
}
