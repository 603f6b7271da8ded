// How wide a text is on a terminal, and what of it fits.

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u

/** Wide characters of East Asia and emoji take two columns, marks none. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + columnsOfOne(character), 0)
}

function columnsOfOne(character: string): number {
  if (/\p{M}/u.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** With an ellipsis for what is left off. */
export function cutColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let kept = ''
  let taken = 0
  for (const character of text) {
    taken += columnsOfOne(character)
    if (taken > columns - 1) break
    kept += character
  }
  return columns < 1 ? '' : `${kept}…`
}
