// A record is read while it is written, or after its job was killed: what is there of the last line says nothing yet.

import { describe, expect, it } from 'vitest'
import { parseRecord } from '../../src/gate/record.ts'

const row = (id: string, score: number) => JSON.stringify({ case: id, side: 'base', step: 'pass', index: 0, score })
const whole = [row('a', 1), row('b', 0), row('c', 1)].join('\n')

describe('a record that ends within a line', () => {
  it('has the rows of its whole lines, wherever it was cut', () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      const ids = parseRecord(whole.slice(0, cut), 'record.jsonl').map((one) => one.case)
      expect(['', 'a', 'a b', 'a b c']).toContain(ids.join(' '))
      expect(ids.length).toBe(whole.slice(0, cut).split('}').length - 1)
    }
  })

  it('has its last row where only the line break is missing', () => {
    expect(parseRecord(`${whole}`, 'record.jsonl')).toHaveLength(3)
  })

  it('is refused where a line before the last is broken, or a whole last line is', () => {
    expect(() => parseRecord(`{"case":\n${whole}`, 'record.jsonl')).toThrow(/record\.jsonl:1/)
    expect(() => parseRecord(`${whole}\n{"case":\n`, 'record.jsonl')).toThrow(/record\.jsonl:4/)
    expect(() => parseRecord(`${whole}\n{"case": 1}`, 'record.jsonl')).toThrow(/record\.jsonl:4/)
  })
})
