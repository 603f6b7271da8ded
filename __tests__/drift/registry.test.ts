import { describe, expect, it } from 'vitest'
import { historyFiles } from '../../src/drift/history-files.ts'
import type { HistoryRecord, RunRecord } from '../../src/drift/records.ts'
import { parseRegistry, type RegisteredPrompt, registryOf, registryText } from '../../src/drift/registry.ts'
import { fromRegistry } from '../../src/log/recorded.ts'
import { figuresOf, runRecord } from '../fakes/drift-records.ts'

const hash = 'ab12'.repeat(16)
const prompt: RegisteredPrompt = {
  ...{ prompt: 'app/prompts.py', symbol: 'SYSTEM', hash, owner: '@acme/support', reason: 'shorter answers' },
  ...{ model: 'openai/gpt-4.1', evalSets: ['answers', 'refunds'] },
}
const run = (evalSet: string, at: string, score: number, cost: string, over: Partial<RunRecord> = {}): RunRecord =>
  runRecord({ evalSet, at, prompt: hash, figures: figuresOf([1], { score, costUsd: cost }), ...over })
const of = (records: readonly HistoryRecord[], prompts = [prompt], previous: string | null = null) =>
  registryOf({ records, prompts, previous })

describe('the registry', () => {
  const records = [
    run('answers', '2026-11-01T05:00:00Z', 70, '0.001'),
    run('answers', '2026-11-02T05:00:00Z', 91.5, '0.002'),
    run('refunds', '2026-11-02T06:00:00Z', 95, '0.01'),
    run('refunds', '2026-11-03T06:00:00Z', 1, '9', { role: 'live' }),
    run('refunds', '2026-11-04T06:00:00Z', 2, '9', { role: 'fallback' }),
    run('others', '2026-11-05T06:00:00Z', 3, '9'),
  ]

  it('has the last score of the worst set and the highest cost, of the pinned model and of merges', () => {
    expect(of(records)).toEqual([{ ...prompt, score: 91.5, cost: '0.01', lastRun: '2026-11-02T06:00:00Z' }])
    const merged = [...records, run('answers', '2026-11-06T05:00:00Z', 88, '0.002', { role: 'merge' })]
    expect(of(merged)).toMatchObject([{ score: 88, lastRun: '2026-11-06T05:00:00Z' }])
  })

  it('is what `log` reads', () => {
    expect(fromRegistry(registryText(of(records)))).toEqual([
      {
        ...{
          path: 'app/prompts.py',
          symbol: 'SYSTEM',
          hash,
          evalSet: 'answers, refunds',
          score: 91.5,
          costUsd: '0.01',
        },
        ...{ model: 'openai/gpt-4.1', at: '2026-11-02T06:00:00Z', source: 'history' },
      },
    ])
  })

  it('knows nothing of a version that was not run, and keeps nothing of the one before', () => {
    const next = { ...prompt, hash: 'cd34'.repeat(16) }
    const before = registryText(of(records))
    expect(of(records, [next], before)).toEqual([{ ...next, score: null, cost: null, lastRun: null }])
  })

  it('keeps prompts that this job did not see, and what it does not know of the same version', () => {
    const other = { ...prompt, prompt: 'a.md', symbol: null }
    const before = registryText(of(records, [prompt, other]))
    const again = of([], [{ ...prompt, reason: null, owner: null }], before)
    expect(again.map((entry) => entry.prompt)).toEqual(['a.md', 'app/prompts.py'])
    expect(again[1]).toEqual({ ...prompt, score: 91.5, cost: '0.01', lastRun: '2026-11-02T06:00:00Z' })
    expect(registryText(of(records, [], before))).toBe(before)
  })

  it.each(['', '{', 'null', '{"a":1}', '[1,null,{"prompt":1},{"prompt":"x"}]', `${'['.repeat(5000)}`])(
    'of %j is empty',
    (text) => expect(parseRegistry(text)).toEqual([]),
  )

  it('takes from a file that was edited only what fits', () => {
    const edited = { prompt: 'p', hash: 'h', score: '9', cost: '-1', evalSets: 'x', owner: 3, lastRun: {} }
    expect(parseRegistry(JSON.stringify([edited]))).toEqual([
      {
        prompt: 'p',
        hash: 'h',
        symbol: null,
        owner: null,
        reason: null,
        model: null,
        evalSets: [],
        score: null,
        cost: null,
        lastRun: null,
      },
    ])
  })

  it('a job writes it together with the page', () => {
    const files = historyFiles({ prompts: [prompt], config: 'parity.yaml', now: Date.parse('2026-11-28T06:00:00Z') })({
      records,
      registry: null,
    })
    expect(JSON.parse(files['registry.json'])).toEqual(of(records))
    expect(files['index.html']).toContain('app/prompts.py#SYSTEM')
  })
})
