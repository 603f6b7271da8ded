// What a shard has counted has to come through its header as it is, but for words that nobody may read.

import { expect, it } from 'vitest'
import type { Job } from '../../src/job.ts'
import { type Counts, headerOf, NO_COUNTS, readHeader, type ShardPart, writeHeader } from '../../src/shard/header.ts'

const WHY = 'no price is known for the service tier "ada@example.com" (openai/gpt-4.1)'

function written(counts: Partial<Counts>): string {
  const identity = { pair: 'merge-base', baseSha: null, headSha: null, configHash: 'c', evalSets: {} }
  const about = { identity, startedAt: '2026-11-29T00:00:00Z', planned: null, incomplete: null, evaluations: [] }
  const part = { ...about, counts: { ...NO_COUNTS, ...counts } } as ShardPart
  const asked = { workingDirectory: '.', configPath: 'parity.yaml', evals: 'affected', request: { kind: 'laptop' } }
  const job = { ...asked, provenance: {}, command: 'run', onlyPlan: false } as unknown as Job
  const redact = (text: string) => text.replaceAll(/ada@[\w.]+/g, '[x]')
  return writeHeader(headerOf(part, { job, shard: { index: 1, of: 2 }, version: '1', runs: 0, redact }))
}

it('has why answers have no price, without what must not be read', () => {
  const { counts } = readHeader(written({ unpriced: 5, unpriceable: { [WHY]: 2, 'too new': 3 } }), 'shard.json')
  expect(counts.unpriceable).toEqual({ [WHY.replace('ada@example.com', '[x]')]: 2, 'too new': 3 })
})

it.each([[undefined], [null], [3], [{ why: 'many' }], [{ why: -1 }]])(
  'counts that are none are no header: %j',
  (odd) => {
    const whole = JSON.parse(written({}))
    const text = JSON.stringify({ ...whole, counts: { ...whole.counts, unpriceable: odd } })
    expect(() => readHeader(text, 'shard.json')).toThrow('another version')
  },
)
