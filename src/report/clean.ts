// What untrusted text is reduced to before any sink sees it: visible characters, line feeds, nothing else.
// The sinks themselves are in escape.ts, what cannot be seen in invisible.ts.

import { once } from '../once.ts'
import { ANSI, CONTROLS, INVISIBLE } from './invisible.ts'

// Joiners that belong to an emoji sequence or to a script that needs them stay; between Latin letters they only hide text.
const JOINED =
  '\\p{Extended_Pictographic}|\\p{Emoji_Modifier}|\\p{M}|\\p{Script=Arabic}|\\p{Script=Devanagari}|\\p{Script=Bengali}|\\p{Script=Malayalam}|\\p{Script=Sinhala}|\\p{Script=Kannada}|\\p{Script=Telugu}|\\p{Script=Tamil}'
const JOINERS = once(() => new RegExp(`(?<!${JOINED})[\\u200C\\u200D]|[\\u200C\\u200D](?!${JOINED})`, 'gu'))
const BREAKS = /\r\n?|[\v\f\u0085\u2028\u2029]/g
/** More marks than any script stacks on one letter ("Zalgo"): the rest only covers other lines. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu
const LONE_SURROGATES = /\p{Cs}/gu
const NONCHARACTERS = /[\uFDD0-\uFDEF\uFFFE\uFFFF]/g

/**
 * Nearly every text, with the letters, dashes, quotes, arrows and signs that prose has: nothing of it is replaced below, and none of
 * the tables of Unicode behind those expressions has to be there.
 */
const PLAIN =
  /^[\n -~\u00A0-\u00AC\u00AE-\u02FF\u0370-\u0482\u048A-\u052F\u2010-\u2027\u2030-\u205E\u20A0-\u20CF\u2100-\u27BF]*$/

/** Visible text with `\n` as the only line break: no control, bidi, zero-width or ANSI sequence, no lone surrogate. */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text
  return text
    .replace(LONE_SURROGATES, '\uFFFD')
    .replace(ANSI, '')
    .replace(BREAKS, '\n')
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '')
    .replace(JOINERS(), '')
    .replace(NONCHARACTERS, '\uFFFD')
    .replace(STACKED_MARKS, '$1')
}

/** `clean` on one line: breaks and tabs become single spaces. */
export function cleanLine(text: string): string {
  return clean(text)
    .replace(/[\s\u00A0]+/g, ' ')
    .trim()
}

const segmenter = once(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))
/** A grapheme may be many code units long; a cut text never has more than this many for each. */
const UNITS_PER_GRAPHEME = 4

/**
 * At most `graphemes` graphemes (user-perceived characters, never halves of one) and at most four UTF-16 units for each,
 * with an ellipsis when something was left off. Reads only the beginning of a long text.
 */
export function cut(text: string, graphemes: number): string {
  if (text.length <= graphemes && !/[\uD800-\uDFFF]/.test(text)) return text
  const budget = graphemes * UNITS_PER_GRAPHEME
  const head = text.slice(0, budget + 256)
  if (PLAIN.test(head)) return `${head.slice(0, graphemes).trimEnd()}…`
  let kept = 0
  let units = 0
  for (const { segment } of segmenter().segment(head)) {
    if (kept === graphemes || units + segment.length > budget) break
    kept += 1
    units += segment.length
  }
  return units === text.length ? text : `${text.slice(0, units).trimEnd()}…`
}

/** `clean` and `cut` for texts of any size: what lies far behind the cut is not even looked at. */
export function cleanCut(text: string, graphemes: number): string {
  const reach = graphemes * 8 + 4096
  const near = clean(text.slice(0, reach))
  const shown = cut(near, graphemes)
  return text.length > reach && shown === near ? `${shown}…` : shown
}
