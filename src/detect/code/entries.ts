// What stands under a name, as text that is put together when it is asked for.

import type { Entry, Frame } from '../reading.ts'
import type { Token } from './tokens.ts'

/** Longest text that is kept, in tokens. */
const MAX_ENTRY_TOKENS = 3_000

/** A call that is named after a setting of a model: what stands in its parentheses is the value. */
const SETS =
  /(?:temperature|tokens?(?:_?count)?|top_?[pk]|penalty|tools?|tool_?choice|dimensions|stop_?strings|safety_?settings|format|schema|effort|thinking|reasoning|stop|stop_?sequences?|seed|structured_?output|num_?ctx|num_?predict|verbosity|max_?steps)$/i

/** `tools.append(search)` */
const ADDS = /(\w*tools)(?:\.|->)(?:append|push|extend|add|addrange|addall)$/i

/** Something is added to a list of tools. */
export const isAdding = (callee: string) => ADDS.test(callee)

/** The last name of what is called, when it is one of a setting, or of what is added to. */
export const setterName = (callee: string) =>
  ADDS.exec(callee)?.[1] ?? (SETS.test(callee) ? /\w*$/.exec(callee)?.[0] : undefined)

export type Written = {
  readonly name: string
  readonly of?: string
  readonly line: number
  readonly frame: Frame
  /** Tokens of the file, and which of them are the value. */
  readonly tokens: readonly Token[]
  readonly from: number
  readonly to: number
}

/** There are as many entries as names in a file, and few are ever looked at: a class shares what makes their text. */
class WrittenEntry implements Entry {
  readonly name: string
  readonly of: string
  readonly line: number
  readonly frame: Frame
  readonly #value: Written
  constructor(value: Written) {
    this.name = value.name
    this.of = value.of ?? ''
    this.line = value.line
    this.frame = value.frame
    this.#value = value
  }
  get text(): string {
    return textOf(this.#value)
  }
}

export const entryOf = (written: Written): Entry => new WrittenEntry(written)

const textOf = ({ tokens, from, to }: Written) =>
  tokens
    .slice(from, Math.min(to, from + MAX_ENTRY_TOKENS))
    .filter((token) => token.kind !== 'newline')
    .map((token) => (token.kind === 'string' ? JSON.stringify(token.text) : token.text))
    .join(' ')
    .replace(/ ,(?= [)\]}]|$)/g, '')
