// A text as whoever reads it as JSON will have it: a key may stand in escapes that its plain form is not to be seen through.

/**
 * Escapes that writers of JSON choose freely: `\/`, and any character by its number. Of texts within texts each backslash is
 * doubled, once more at each depth. A run of backslashes is taken whole, so that the search is linear.
 */
const RUN = /\\+(?:u([0-9a-f]{4})|(\/))?/gi
const FREE = /\\(?:u[0-9a-f]{4}|\/)/i

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Others have to stay as they are written, or the text is no JSON any more. */
const mayBePlain = (code: number) => code >= 0x20 && !(code >= 0xd800 && code <= 0xdfff)

/** The same JSON, whatever its depth, with as few escapes as there can be. */
function unescaped(text: string): string {
  return text.replace(RUN, (run: string, hex: string | undefined, slash: string | undefined) => {
    if (slash !== undefined) return slash
    const code = hex === undefined ? 0 : Number.parseInt(hex, 16)
    if (code === QUOTE || code === BACKSLASH) return shortened(run, code)
    return mayBePlain(code) ? String.fromCharCode(code) : run
  })
}

/** These two have a shorter escape, which is the one that is looked for. */
function shortened(run: string, code: number): string {
  const backslashes = run.slice(0, run.search(/u/i))
  return backslashes.length % 2 === 0 ? run : `${backslashes}${String.fromCharCode(code)}`
}

/**
 * What `change` makes of a text, also of what stands in it in escapes. Nothing else changes: byte for byte the same text where it
 * finds nothing, in an order, with numbers and names that a reader and a writer of JSON would not all keep.
 */
export function throughEscapes(text: string, change: (text: string) => string): string {
  const plain = change(text)
  if (!FREE.test(plain)) return plain
  const open = unescaped(plain)
  const changed = change(open)
  return changed === open ? plain : changed
}
