// What takes no room where a text is shown, and what looks like something else. `clean` takes the former out of what is shown, so
// nothing may hide behind it: redaction searches each text as it stands and as it is seen. Plain ranges, as no table of Unicode has to
// be loaded for them.

import { type Finder, foundIn, readAs, type View, withMarks } from './found.ts'

const ESC = '\\u001B'
// CSI, OSC (to BEL or ST), and two-character escapes; the 8-bit CSI as well.
const ANSI_SEQUENCE = `${ESC}\\][^\\u0007\\u001B]{0,4096}(?:\\u0007|${ESC}\\\\)?|(?:${ESC}\\[|\\u009B)[0-?]{0,64}[ -/]{0,16}[@-~]?|${ESC}[ -/]{0,16}[0-~]?`
export const ANSI = new RegExp(ANSI_SEQUENCE, 'g')

// Without tabs and breaks of lines, which are seen.
const CONTROL = '\\u0000-\\u0008\\u000E-\\u001F\\u007F-\\u0084\\u0086-\\u009F'
export const CONTROLS = new RegExp(`[${CONTROL}]`, 'g')

// Bidirectional controls, zero-width and filler characters, tag characters and variation selectors but that of emoji.
const NEVER_SEEN =
  '\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180E\\u200B\\u200E\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0E\\uFEFF\\uFFA0\\uFFF9-\\uFFFB\\u{1BCA0}-\\u{1BCA3}\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E0FFF}'
export const INVISIBLE = new RegExp(`[${NEVER_SEEN}]`, 'gu')

// What scripts and emoji need: joiners, more selectors, marks on letters. It is no part of any secret, and stays where there is none.
const BESIDE_LETTERS =
  '\\u0300-\\u036F\\u0483-\\u0489\\u180B-\\u180F\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF\\u200C\\u200D\\u20D0-\\u20FF\\uFE0F\\uFE20-\\uFE2F\\uFFF0-\\uFFF8'
const UNSEEN = `[${CONTROL}${NEVER_SEEN}${BESIDE_LETTERS}]`
const SEQUENCES_AND_UNSEEN = new RegExp(`${ANSI_SEQUENCE}|${UNSEEN}`, 'gu')
const UNSEEN_ALONE = new RegExp(UNSEEN, 'gu')
const SEQUENCE_BEGINS = new RegExp(`[${ESC}\\u009B]`)

// Digits and letters of full width and of mathematics, and what separates digits: spaces that do not break, hyphens and dashes.
const SPACE = '\\u00A0\\u2000-\\u200A\\u202F\\u205F\\u3000'
const DASH = '\\u2010-\\u2013\\uFE63'
const OTHER_FORM = new RegExp(`[${SPACE}]|[${DASH}]|[\\uFF01-\\uFF5E\\u{1D400}-\\u{1D7FF}]`, 'gu')
const IS_SPACE = new RegExp(`[${SPACE}]`)
const IS_DASH = new RegExp(`[${DASH}]`)

/**
 * Nearly every text has no other units than letters and signs of prose, and emoji. Engines test a class in line up to sixteen ranges,
 * and one that lists all that cannot be seen ten times as slowly.
 */
const EXTRAORDINARY =
  /[^\t-\r -~\u00A0-\u00AC\u00AE-\u02FF\u0370-\u0482\u2010-\u2027\u202F-\u205F\u20A0-\u20CF\u2100-\u27BF\u3000-\u3163\u3165-\uD7FF\uD83C-\uD83E\uDC00-\uDFFF\uFF01-\uFF0F\uFF1A-\uFF1F]/
// Dashes and spaces of other forms are prose but between digits.
const SEPARATOR = new RegExp(`[${SPACE}${DASH}]`)
const BETWEEN_DIGITS = new RegExp(`[0-9A-Z)][${SPACE}${DASH}][0-9A-Z(]`)
const readsOtherwise = (text: string) => EXTRAORDINARY.test(text) || (SEPARATOR.test(text) && BETWEEN_DIGITS.test(text))

const plain = (letter: string) => {
  if (IS_SPACE.test(letter)) return ' '
  return IS_DASH.test(letter) ? '-' : letter.normalize('NFKC')
}
const nothing = () => ''

const asSeen = (view: View, unseen: RegExp): View => readAs(readAs(view, unseen, nothing), OTHER_FORM, plain)

/** The text as it is seen; without views where that is how it stands. */
export function seen(view: View): readonly View[] {
  if (!readsOtherwise(view.text)) return []
  const shown = asSeen(view, SEQUENCES_AND_UNSEEN)
  // A sequence takes a letter with it that may be one of a secret's.
  return SEQUENCE_BEGINS.test(view.text) ? [shown, asSeen(view, UNSEEN_ALONE)] : [shown]
}

/** A key as it is looked for in texts as they are seen. */
export const plainly = (key: string) => asSeen({ text: key, at: null }, UNSEEN_ALONE).text

/** Text in, the same text without what is found in it as it stands or as it is seen. The characters of all else stay. */
export function hiding(find: Finder): (text: string) => string {
  return (text) => withMarks(text, [...find(text), ...seen({ text, at: null }).flatMap((view) => foundIn(view, find))])
}
