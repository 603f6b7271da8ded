// Configured keys that a cut has gone through: what is left of one is no clue to it.

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
})
