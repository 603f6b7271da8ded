import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { estimateTokenCount } from 'tokenx'
import { describe, expect, it } from 'vitest'
import { countTokens } from '../../src/cost/token-count.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

describe('countTokens', () => {
  it('counts a text the second time, and after others, as the first time', () => {
    const texts = [
      '',
      'a',
      'The answer is 42.',
      '答えは四十二です。',
      '\u{1F600}\u{1F600}',
      '  \n\t ',
      '__proto__',
      'constructor',
    ]
    const expected = texts.map((text) => estimateTokenCount(text))
    expect(texts.map(countTokens)).toEqual(expected)
    expect(texts.map(countTokens)).toEqual(expected)
  })

  it('keeps little, however much it has counted', () => {
    // 40 MB in all.
    const long = (mark: number) => `${mark}${'é'.repeat(200_000)}`
    collect()
    const before = process.memoryUsage().heapUsed
    for (let mark = 0; mark < 200; mark += 1) countTokens(Buffer.from(long(mark)).toString())
    collect()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10e6)
    expect(countTokens(long(1))).toBe(estimateTokenCount(long(1)))
  })
})
