// Keys in the escapes of JSON: whoever reads the text as JSON would have them.

import { describe, expect, it } from 'vitest'
import { hideKeys } from '../../src/report/known-keys.ts'
import { starred } from '../../src/targets/model.ts'

const KEY = 'Zm9v+YmFy/aGVsbG8=bGl0dGxl&tail<x>'
const escaped = (character: string, digits = (hex: string) => hex) =>
  `\\u${digits(character.charCodeAt(0).toString(16).padStart(4, '0'))}`
const stars = (text: string) => starred(text, [KEY])
/** Everything that reading it once, twice and three times as JSON brings to light. */
function readings(text: string): string {
  const seen: string[] = [text]
  const look = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) for (const pair of Object.entries(value)) pair.map(look)
    if (typeof value !== 'string') return
    seen.push(value)
    try {
      look(JSON.parse(value))
    } catch {
      // A text and no more.
    }
  }
  look(text)
  return seen.join('\n')
}

const WRITTEN: { readonly [how: string]: string } = {
  'slashes, as PHP writes them': KEY.replaceAll('/', '\\/'),
  'a plus, in capitals': KEY.replaceAll('+', '\\u002B'),
  'an equals sign': KEY.replaceAll('=', '\\u003d'),
  'what HTML would read': KEY.replace(/[&<>]/g, (one) => escaped(one)),
  'letters and dashes': KEY.replace(/[a-z]/g, (one) => escaped(one)),
  'every character': KEY.replace(/./g, (one) => escaped(one)),
  'every character, in capitals': KEY.replace(/./g, (one) => escaped(one, (hex) => hex.toUpperCase())),
}

describe('a key in escapes', () => {
  for (const [how, written] of Object.entries(WRITTEN)) {
    it(`${how}: is found in texts, in names, in texts that are JSON themselves, and in what is no whole JSON`, () => {
      const inner = `{"k":"${written}"}`
      const whole = [
        `{"a":[{"b":"it is ${written}, keep it"}],"n":12345678901234567890}`,
        `{"${written}":1}`,
        JSON.stringify({ text: inner }),
        JSON.stringify({ text: JSON.stringify({ text: inner }) }),
      ]
      for (const text of whole) {
        expect(readings(text)).toContain(KEY)
        const left = stars(text)
        expect(readings(left)).not.toContain(KEY)
        expect(readings(left)).toContain('***')
        expect(() => JSON.parse(left)).not.toThrow()
        expect(readings(hideKeys([KEY])(text))).not.toContain(KEY)
      }
      expect(stars(`{"cut":"${written} and`)).toBe('{"cut":"*** and')
    })
  }

  it('a slash that was written as PHP does twice', () => {
    const twice = JSON.stringify(`"${KEY.replaceAll('/', '\\/')}"`).replaceAll('/', '\\/')
    expect(readings(twice)).toContain(KEY)
    expect(readings(stars(twice))).not.toContain(KEY)
  })

  it('a key with a quotation mark and a backslash in it, which JSON always escapes', () => {
    const odd = 'pass"word\\12345'
    const text = `{"a":"${odd.replace('"', '\\u0022').replace('\\1', '\\u005C1')}"}`
    expect(JSON.parse(text).a).toBe(odd)
    expect(hideKeys([odd])(text)).toBe('{"a":"[redacted: configured key]"}')
  })

  it('the rest of the text keeps its numbers, its order and what it says twice', () => {
    const text = `{"9":1.0,"1":1e400,"a":"x","a":"${WRITTEN['every character']}","n":12345678901234567890}`
    expect(stars(text)).toBe('{"9":1.0,"1":1e400,"a":"x","a":"***","n":12345678901234567890}')
  })
})

it('a text without the key is the same text, byte for byte', () => {
  for (const text of ['{ "a" : "\\u00e9\\/" }', 'C:\\\\users \\u0041 \\', '\\ud83d\\ude00\\n\\"', ''])
    expect(stars(text)).toBe(text)
})

it('what has to stay in escapes does, so that JSON stays JSON', () => {
  const text = `{"a":"\\u000a\\u0022\\u005c\\ud83d \\\\u0022${WRITTEN['an equals sign']}"}`
  const left = stars(text)
  expect(JSON.parse(left).a).toBe('\n"\\\ud83d \\u0022***')
})

it('long runs of backslashes are read once', () => {
  const started = process.cpuUsage()
  stars(`${'\\'.repeat(2_000_000)}u00`.repeat(2))
  stars(`\\/${'\\'.repeat(2_000_001)}`)
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000)
})
