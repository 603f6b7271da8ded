// Regular expressions in linear time. A pattern comes from a pull request; with backtracking one line could hang the run.

/** A pattern that can be tested against text; loaded engine inside. */
export type LinearRegex = {
  readonly test: (text: string) => boolean
  /** Where it first matches; null when it does not. */
  readonly find: (text: string) => number | null
}

export type Compiled =
  | { readonly state: 'compiled'; readonly regex: LinearRegex }
  | { readonly state: 'refused'; readonly why: string }

const MAX_PATTERN_CHARACTERS = 10_000
/** `(?=`, `(?!`, `(?<=`, `(?<!` and `\1`, `\k<x>`: what no linear engine has. */
const LOOKAROUND = /\(\?<?[=!]/
const NAMED_BACKREFERENCE = /(?:^|[^\\])(?:\\\\)*\\k</
const BACKREFERENCE = /(?:^|[^\\])(?:\\\\)*\\(?:[1-9]|k<)/

/** Compiles patterns of JavaScript's syntax, unanchored, without lookaround and backreferences. */
export async function linearRegexes(): Promise<(pattern: string) => Compiled> {
  const { RE2JS } = await import('re2js')
  return (pattern) => {
    if (pattern.length > MAX_PATTERN_CHARACTERS) {
      return { state: 'refused', why: `the pattern is longer than ${MAX_PATTERN_CHARACTERS} characters` }
    }
    // RE2 would read `\k<x>` as letters.
    if (NAMED_BACKREFERENCE.test(pattern)) return { state: 'refused', why: refusal(pattern, '') }
    try {
      const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
      const find = (text: string) => {
        const matcher = compiled.matcher(text)
        return matcher.find() ? matcher.start() : null
      }
      return { state: 'compiled', regex: { test: (text) => compiled.test(text), find } }
    } catch (error) {
      return { state: 'refused', why: refusal(pattern, error instanceof Error ? error.message : String(error)) }
    }
  }
}

function refusal(pattern: string, message: string): string {
  if (LOOKAROUND.test(pattern)) return 'lookahead and lookbehind are not supported, so that matching takes linear time'
  if (BACKREFERENCE.test(pattern)) return 'backreferences are not supported, so that matching takes linear time'
  return message.replace(/^error parsing regexp: /, '').slice(0, 200)
}
