// What the lexer hands on.

export type Token =
  | {
      readonly kind: 'name' | 'number' | 'operator'
      readonly text: string
      readonly line: number
      readonly column: number
    }
  | { readonly kind: 'newline'; readonly text: '\n'; readonly line: number; readonly column: number }
  /** `text` is the value with `{}` for every hole; `inner` has the code of the holes. */
  | {
      readonly kind: 'string'
      readonly text: string
      readonly line: number
      readonly column: number
      readonly inner: readonly (readonly Token[])[]
      /** The word that ends a heredoc. */
      readonly tag?: string
    }

/** Largest file that is lexed, in characters. */
export const MAX_CODE_CHARS = 1_000_000
