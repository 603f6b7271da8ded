// No text has more tokens than its bound, in any script and of any kind.

import { describe, expect, it } from 'vitest'
import { inputBound } from '../../src/run/input-bound.ts'
import { request } from '../targets/requests.ts'

const bound = (content: string) => inputBound(request({ messages: [{ role: 'user', content }] }))

describe('the most tokens of a request', () => {
  // Counted with o200k_base and cl100k_base, the larger of both.
  it.each([
    ['plain English', 'The quick brown fox jumps over the lazy dog. '.repeat(20), 201],
    ['Amharic', 'ሰላም ለዓለም ሁሉ፣ እንዴት ነህ? '.repeat(20), 981],
    ['hex', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 43],
    ['capitals', 'QXZJKWVQPLMZXCVBNQWRTYPSDFGHJKLZ', 22],
    ['base64', 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', 37],
    ['letters at random', 'zyjkx kkqkqzxvxvj wvxkqywvz', 17],
  ])('%s', (_, text, tokens) => {
    expect(bound(text)).toBeGreaterThanOrEqual(tokens)
    expect(bound(text)).toBeLessThanOrEqual(Buffer.byteLength(text) + 8)
  })

  it('spares plain words, so that a prompt in English is not put aside four times over', () => {
    const text = 'Answer the question of the customer in one short sentence. '.repeat(50)
    expect(bound(text) / Buffer.byteLength(text)).toBeLessThan(0.75)
  })

  it('counts tools and the form of the answer, wherever they stand', () => {
    const tools = [{ type: 'function', function: { name: 'find_order', parameters: { type: 'object' } } }]
    const plain = inputBound(request({}))
    expect(inputBound(request({ tools }))).toBeGreaterThan(plain + 20)
    expect(inputBound(request({ parameters: { tools } }))).toBe(inputBound(request({ tools })))
  })
})
