// Configured keys that a cut has gone through, or that are written otherwise: what is left of one is no clue to it.

import { describe, expect, it } from 'vitest'
import { hideKeys } from '../../src/report/known-keys.ts'

const KEY = 'Zt8Qm4Lx9Pd2Vk7Rb5Yn3Hc6Wj1Gs0Fa'
const MARK = '[redacted: configured key]'
const bytes = Buffer.from(KEY)
const FORMS = {
  plain: KEY,
  base64: bytes.toString('base64'),
  'base64 behind other data': Buffer.from(`Bearer ${KEY}`).toString('base64').slice(10),
  hex: bytes.toString('hex'),
  reversed: [...KEY].reverse().join(''),
}
const hide = hideKeys([KEY])

describe('a key that was cut', () => {
  for (const [name, form] of Object.entries(FORMS)) {
    it(`${name}: eight characters or more at the end of a text are taken out`, () => {
      for (let length = 8; length <= form.length; length += 1) {
        const left = form.slice(0, length)
        for (const end of ['', '…', '...', '…)', '… and so on'])
          expect(hide(`bad key ${left}${end}`), left).toBe(`bad key ${MARK}${end}`)
      }
    })
  }

  it('less than that is what many keys begin with', () => {
    expect(hide(`begins with ${KEY.slice(0, 7)}`)).toBe(`begins with ${KEY.slice(0, 7)}`)
    expect(hide(`${KEY.slice(0, 7)}…`)).toBe(`${KEY.slice(0, 7)}…`)
  })

  it('what goes on otherwise is another word', () => {
    const other = `${KEY.slice(0, 20)}-another`
    expect(hide(other)).toBe(other)
    expect(hide(`${other}…`)).toBe(`${other}…`)
  })

  it('the open part of a URL or a path is in many texts', () => {
    const places = hideKeys([
      'https://user:Zt8Qm4Lx9P@db.example.com',
      '/github/workspace/gha-creds-0123456789abcdef.json',
      '/srv/secrets/gha-creds-9876543210abcdef.json',
    ])
    for (const text of [
      'see https://',
      'cd /github/workspace',
      'in /github/workspace/…',
      'in /srv/secrets/…',
      'https://user',
    ])
      expect(places(text)).toBe(text)
    expect(places('at https://user:Zt8Qm4…')).toBe(`at ${MARK}…`)
    expect(places('at /github/workspace/gha-creds-0123…')).toBe(`at ${MARK}…`)
  })

  it('of two keys that begin alike, each is found', () => {
    const both = hideKeys(['sk-ant-api03-AAAAAAAA', 'sk-ant-api03-BBBBBBBBBBBB'])
    const text = 'sk-ant-api03-BBBBBBBBBBBB, sk-ant-api03-AAAAAAAA, sk-ant-api03-BBBB…, sk-ant-api03-AA'
    expect(both(text)).toBe(`${MARK}, ${MARK}, ${MARK}…, ${MARK}`)
  })

  it('is found behind a whole one, and a whole one behind what looks like its beginning', () => {
    expect(hide(`${KEY}${KEY.slice(0, 12)}`)).toBe(`${MARK}${MARK}`)
    expect(hide(`${KEY.slice(0, 12)}${KEY}`)).toBe(`${KEY.slice(0, 12)}${MARK}`)
  })
})

describe('a key in escapes', () => {
  const ESCAPED = 'gwsecret/+value=1234&67890"ab'
  const hideIt = hideKeys([ESCAPED, 'Zt8Qm4Lx9Pd2'])
  const hex = (letter: string) => letter.charCodeAt(0).toString(16)
  const each = (by: (letter: string) => string) =>
    [...ESCAPED].map((letter) => (/[a-z0-9]/i.test(letter) ? letter : by(letter))).join('')
  const url = encodeURIComponent(ESCAPED)
  const written: readonly (readonly [string, string])[] = [
    ['a URL', url],
    ['a URL in small letters', url.toLowerCase()],
    ['a URL that keeps the slash', url.replaceAll('%2F', '/')],
    ['a URL in which every sign is escaped', each((letter) => `%${hex(letter)}`)],
    ['a URL within a URL', encodeURIComponent(url)],
    ['a URL within a URL within a URL', encodeURIComponent(encodeURIComponent(url))],
    ['JSON of PHP', ESCAPED.replaceAll('/', '\\/')],
    ['JSON of .NET', each((letter) => `\\u${hex(letter).toUpperCase().padStart(4, '0')}`)],
    ['JSON in small letters', each((letter) => `\\u${hex(letter).padStart(4, '0')}`)],
    ['JSON of Go', ESCAPED.replaceAll('&', '\\u0026')],
    ['JSON within JSON', JSON.stringify(JSON.stringify({ key: ESCAPED.replaceAll('/', '\\/') }))],
    ['every letter', [...ESCAPED].map((letter) => `\\u${hex(letter).padStart(4, '0')}`).join('')],
    ['HTML in hex', each((letter) => `&#x${hex(letter).toUpperCase()};`)],
    ['HTML in small hex', each((letter) => `&#x${hex(letter)};`)],
    ['HTML in decimals', each((letter) => `&#${letter.charCodeAt(0)};`)],
    ['HTML with zeros', each((letter) => `&#0${letter.charCodeAt(0)};`)],
    ['HTML by names', ESCAPED.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['HTML within HTML', each((letter) => `&amp;#x${hex(letter)};`)],
    ['Markdown', each((letter) => `\\${letter}`)],
    ['a program', each((letter) => `\\x${hex(letter)}`)],
  ]

  it.each(written)('as %s is taken out', (_, form) => {
    const text = hideIt(`bad key ${form} here`)
    expect(text).toContain(MARK)
    expect(text).not.toMatch(/gwsecret|value|1234|67890|ab(?= )/)
    expect(text).toMatch(/^bad key .* here$/)
  })

  it.each(written)('as %s that a cut has gone through leaves no more than its first letters', (_, form) => {
    for (let length = form.indexOf('value') + 8; length < form.length && length > 7; length += 1)
      for (const end of ['', '…', '...']) {
        const text = hideIt(`bad key ${form.slice(0, length)}${end}`)
        expect(text, `${form.slice(0, length)}${end}`).not.toContain('gwsecret')
      }
  })

  it('all else keeps its escapes', () => {
    const all = 'a%20b &amp; c\\/d \\u0041 100 % R&D\\'
    expect(hideIt(all)).toBe(all)
    expect(hideIt(`${all} Zt8Qm4Lx9Pd2 ${url} ${all}`)).toBe(`${all} ${MARK} ${MARK} ${all}`)
  })

  it('keys that have signs of escapes in them are found as they are', () => {
    for (const key of ['pass%41word%2fx', 'pass\\u0041word\\/x', 'pass&amp;word&#47;', 'äöü/ß+secret-é'])
      for (const form of [key, encodeURIComponent(key), encodeURIComponent(key).toLowerCase(), JSON.stringify(key)])
        expect(hideKeys([key])(`a ${form} b`), form).toContain(MARK)
  })
})

describe('which keys', () => {
  it('those that are long enough for the purpose, and those that come up later', () => {
    const known = ['postgres', KEY]
    const long = hideKeys(known, 12)
    expect(long(`postgres ${KEY} later-key-0001`)).toBe(`postgres ${MARK} later-key-0001`)
    known.push('later-key-0001')
    expect(long(`postgres ${KEY} later-key-0001`)).toBe(`postgres ${MARK} ${MARK}`)
    expect(hideKeys(known)('postgres')).toBe(MARK)
  })

  it('none at all leaves a text as it is', () => {
    expect(hideKeys([])(KEY)).toBe(KEY)
  })
})

it('text that begins a key again and again takes bounded work', () => {
  const same = hideKeys(['a'.repeat(200)])
  expect(same(`${'a'.repeat(199)}b`.repeat(1000))).toHaveLength(200_000)
  const started = performance.now()
  hide(`${KEY.slice(0, 31)} `.repeat(30_000))
  expect(performance.now() - started).toBeLessThan(2000)
  for (const unit of ['%', '%2', '%25', '\\', '\\u', '&', '&#', '&#x', '&amp;', '\u200b', `${KEY.slice(0, 9)}%2`])
    expect(typeof hide(unit.repeat(Math.ceil(300_000 / unit.length)))).toBe('string')
})
