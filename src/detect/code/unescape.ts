// Escape sequences, as far as languages share them: what matters is that two spellings of one text compare equal.

const LETTERS: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '\n': '' }
const CODE = /\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y

/** The text that the escape at `at` stands for, and its length in the source. */
export function escaped(source: string, at: number): readonly [string, number] {
  CODE.lastIndex = at
  const match = CODE.exec(source)
  if (match) {
    const value = Number.parseInt(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '', 16)
    return [value <= 0x10ffff ? String.fromCodePoint(value) : '\ufffd', match[0].length]
  }
  const letter = source[at + 1] ?? ''
  return [LETTERS[letter] ?? letter, 2]
}
