// Where the reader of code is: the tokens, and the brackets that are open around the current one.

import type { Frame, Reference, Text } from '../reading.ts'
import type { Language } from './languages.ts'
import type { Token } from './tokens.ts'

export type Level = {
  readonly frame: Frame
  name: string
  nameLine: number
  /** What the name is a member of: `params` of `params.temperature = …`; '' for none. */
  of: string
  /** Token at which the current entry starts, and the one at which its value does. */
  start: number
  valueStart: number
  /** Its first token, and the line of its bracket. */
  readonly first: number
  readonly line: number
  ternary: boolean
  /** The name was set by a colon: it may be the annotation of an assignment. */
  annotated: boolean
  /** What follows is added to what the name has: `text += …`. */
  adds: boolean
  group: number
  /** The function or class that a body opened here belongs to. */
  pending: string
}

export type Reader = {
  readonly language: Language
  readonly texts: Text[]
  readonly references: Reference[]
  readonly frames: Frame[]
  groups: number
}

export type Walk = {
  readonly reader: Reader
  readonly tokens: readonly Token[]
  readonly levels: Level[]
  /** Python, Ruby: functions and classes by indentation. */
  readonly owners: { readonly name: string; readonly column: number; readonly marks: readonly string[] }[]
  at: number
  /** Whether the last line end was the end of a statement. */
  ended: boolean
  lastClosed: Frame | null
}
