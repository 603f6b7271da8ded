// Patterns of dist/ in ASCII: the same pattern, and nothing else changed.

import { expect, it } from 'vitest'
import { inAsciiPatterns } from '../scripts/ascii-patterns.ts'

it('letters of patterns are escaped, those of strings and templates stay', () => {
  const code = "const a = [/[é–]+(?=ß)/iu, /😀|[😀ü]/u, /x/]; const b = `${String.raw`é`} ö` + 'ß'\n"
  const made = inAsciiPatterns(code)
  expect(made).toBe(
    "const a = [/[\\u00e9\\u2013]+(?=\\u00df)/iu, /\\ud83d\\ude00|[\\ud83d\\ude00\\u00fc]/u, /x/]; const b = `${String.raw`é`} ö` + 'ß'\n",
  )
  const patterns = (text: string) => new Function(`${text}; return a`)() as readonly RegExp[]
  for (const text of ['éß', 'É–ẞ', '😀', 'ü', '\ud83d', 'x'])
    expect(patterns(made).map((one) => one.test(text))).toEqual(patterns(code).map((one) => one.test(text)))
})

it('an escaped letter ends the build: two escapes would be none', () => {
  expect(() => inAsciiPatterns('const a = /\\é/')).toThrow('escapes a letter')
})
