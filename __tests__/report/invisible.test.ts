// What cannot be seen hides nothing from the redaction: the renderers take it out, and what stood around it would be shown in clear.

import { describe, expect, it } from 'vitest'
import { clean } from '../../src/report/escape.ts'
import { hiding } from '../../src/report/invisible.ts'
import { hideKeys } from '../../src/report/known-keys.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { bodyWithoutKeys } from '../../src/targets/without-keys.ts'

const KEY = 'gwsecret/+value=1234&67890ab'
const joined = (...parts: readonly string[]) => parts.join('')
const UNSEEN: { readonly [name: string]: string } = {
  'a zero-width space': '\u200B',
  'a word joiner': '\u2060',
  'a joiner': '\u200D',
  'a soft hyphen': '\u00AD',
  'a control of direction': '\u202E',
  'an isolate': '\u2066',
  NUL: '\u0000',
  'a backspace': '\b',
  'a control of the second page': '\u0090',
  'a colour': '\u001B[31m',
  'a title': '\u001B]0;x\u0007',
  'an 8-bit sequence': '\u009B1m',
  'a bare escape': '\u001B',
  'a variation selector': '\uFE00',
  'the selector of emoji': '\uFE0F',
  'a selector of the other planes': '\u{E0101}',
  'a grapheme joiner': '\u034F',
  'a tag': '\u{E0061}',
  'a byte order mark': '\uFEFF',
  'a filler': '\u3164',
  'an invisible operator': '\u2063',
  'a control of music': '\u{1D173}',
  'an accent': '\u0301',
  'many accents': '\u0301'.repeat(40),
}
const SECRETS: readonly (readonly [string, string])[] = [
  ['configured key', KEY],
  ['configured key', Buffer.from(KEY).toString('base64')],
  ['configured key', encodeURIComponent(KEY).toLowerCase()],
  ['e-mail', 'jane.doe@example.com'],
  ['card', '4111 1111 1111 1111'],
  ['card', '4111111111111111'],
  ['IBAN', 'DE89 3704 0044 0532 0130 00'],
  ['SSN', '123-45-6789'],
  ['phone', '+49 30 1234567'],
  ['IP address', '192.168.1.20'],
  ['github token', joined('ghp', '_', 'aB3x'.repeat(9))],
  ['openai key', joined('sk-', 'proj-', 'abcDEF1234567890abcDEF1234567890')],
  ['pattern', 'ACME-123456'],
]
const redact = await createRedactor({ secrets: [KEY], patterns: ['ACME-\\d{6}'] })

/** What of a text is read, letters and digits only. */
const letters = (text: string) => clean(text).replace(/[^a-z0-9]/gi, '')

describe.each(Object.entries(UNSEEN))('%s', (_, unseen) => {
  it.each(SECRETS)('hides no %s: %s', (kind, secret) => {
    for (let at = 1; at < secret.length; at += 1) {
      const text = redact(`before ${secret.slice(0, at)}${unseen}${secret.slice(at)} after`)
      expect(text, `at ${at}`).toBe(`before [redacted: ${kind}] after`)
    }
    const all = [...secret].join(unseen)
    expect(letters(redact(`before ${all}${unseen} after`))).toBe(letters(`before [redacted: ${kind}] after`))
  })

  it('hides no configured key in what a provider says', () => {
    const withoutKeys = hideKeys([KEY], 12)
    for (const text of [KEY.slice(0, 9) + unseen + KEY.slice(9), [...KEY].join(unseen)]) {
      expect(withoutKeys(`a ${text}`)).toBe('a [redacted: configured key]')
      for (const body of [
        JSON.stringify({ a: text }),
        `{"a":"${text}"}`,
        JSON.stringify({ [text]: JSON.stringify(text) }),
      ])
        expect(letters(bodyWithoutKeys(body, withoutKeys))).not.toMatch(/gwsecret|67890ab/)
    }
  })
})

describe('other forms of letters', () => {
  const wide = (text: string) =>
    text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).replaceAll(' ', '\u3000')
  it.each(SECRETS)('of full width hide no %s: %s', (kind, secret) => {
    expect(redact(`before ${wide(secret)} after`)).toBe(`before [redacted: ${kind}] after`)
  })
  it.each([
    ['phone', '+1\u2011415\u2011555\u20112671'],
    ['phone', '(555)\u00A0123\u20114567'],
    ['card', '4111\u00A01111\u202F1111\u20091111'],
    ['card', '\u{1D7D2}\u{1D7CF}\u{1D7CF}\u{1D7CF}111111111111'],
    ['SSN', '123\u201345\u20136789'],
    ['IBAN', 'DE89\u00A03704\u00A00044\u00A00532\u00A00130\u00A000'],
  ])('%s: %s', (kind, text) => {
    expect(redact(`before ${text} after`)).toBe(`before [redacted: ${kind}] after`)
  })
})

describe('a text', () => {
  const kept = '👩‍🚀 می‌خواهم क्‍ष ❤️ e\u0301 soft\u00ADhyphen 10–20 ＡＢＣ1２ \u200Bend'
  it('in which nothing is found keeps its characters', () => {
    expect(redact(kept)).toBe(kept)
    expect(hideKeys([KEY])(kept)).toBe(kept)
  })
  it('in which something is found keeps all others', () => {
    for (const secret of ['jane@exam\u200Bple.com', 'jane@example.com', `${KEY.slice(0, 5)}\u2060${KEY.slice(5)}`])
      expect(redact(`${kept} ${secret} ${kept}`)).toMatch(
        new RegExp(`^${kept} \\[redacted: (?:e-mail|configured key)\\] ${kept}$`),
      )
  })
  it('is searched as it stands as well: what is apart there is found, also beside what is hidden', () => {
    const text = 'no\u200B123-45-6789\u200Bno jane.doe@\u200Bexample.com'
    expect(redact(text)).toBe('no\u200B[redacted: SSN]\u200Bno [redacted: e-mail]')
    expect(redact(redact(text))).toBe(redact(text))
  })
  it('leaves no rest where a part of a secret is one, too', () => {
    expect(redact('to john\u200B.doe@mail.exa\u200Bmple.com')).toBe('to [redacted: e-mail]')
  })
  it('of ten thousand lines that hide something takes bounded work', () => {
    const text = 'jane.doe@\u200Bexample.com and %41 \u001B[1m bold '.repeat(10_000)
    expect(redact(text)).not.toContain('doe')
    for (const unit of ['\u001B', '\u001B]', '\u200B', '\uFF11', 'a\u0301', '\u009B'])
      expect(typeof redact(unit.repeat(300_000 / unit.length))).toBe('string')
  })
})

it('whatever is taken out of what is shown is looked past', () => {
  const found = hiding((text) => (text.includes('ab') ? [{ start: 0, end: text.length, mark: '' }] : []))
  const missed: string[] = []
  for (let point = 0; point < 0x110000; point += 1) {
    const letter = String.fromCodePoint(point)
    const text = `a${letter}b`
    if (clean(text) === 'ab' && found(text) !== '') missed.push(point.toString(16))
  }
  expect(missed).toEqual([])
})
