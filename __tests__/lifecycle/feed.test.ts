// Feeds of model ends: what counts, what is refused with its place, and what is let through.

import { describe, expect, it } from 'vitest'
import { endOf as endOfCandidate } from '../../src/candidates/ends.ts'
import { loadConfig } from '../../src/config/config.ts'
import { knownScorers } from '../../src/config/known-scorers.ts'
import { validateFiles } from '../../src/config/report.ts'
import { UserError } from '../../src/errors.ts'
import { endOf, takenBack } from '../../src/lifecycle/book.ts'
import { loadLifecycle } from '../../src/lifecycle/load.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { memoryTree } from '../fakes/tree.ts'

type Model = { readonly id: string; readonly [key: string]: unknown }
const feed = (models: readonly Model[], more: object = {}) =>
  JSON.stringify(
    { spec: 'model-eol/0.1', publisher: 'openai', generated: '2026-11-01T00:00:00Z', models, ...more },
    null,
    2,
  )

async function book(files: { readonly [path: string]: string }, lifecycle = Object.keys(files)) {
  const tree = memoryTree({ ...files, 'parity.yaml': `lifecycle: ${JSON.stringify(lifecycle)}\n` })
  return loadLifecycle(await loadConfig(tree), tree)
}
const refusal = (files: { readonly [path: string]: string }, lifecycle?: readonly string[]) =>
  book(files, lifecycle === undefined ? undefined : [...lifecycle]).then(
    () => 'none',
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error
      return error.message
    },
  )

describe('a feed', () => {
  it('says when an id and its aliases stop, and what follows', async () => {
    const known = await book({
      'feeds/a.json': feed([
        { id: 'gpt-9-2026-01-01', aliases: ['gpt-9'], shutdown: '2027-03-01', replacement: 'gpt-10', source: 'a page' },
      ]),
    })
    for (const id of ['openai/gpt-9-2026-01-01', 'openai/GPT-9', 'openai:chat:gpt-9', 'gpt-9']) {
      expect(endOf(known, { id })).toMatchObject({
        clock: 'channel',
        conflict: null,
        end: { shutdown: '2027-03-01', precision: 'exact', replacement: 'gpt-10', source: 'a page' },
      })
    }
    expect(endOf(known, { id: 'openai/gpt-9-mini' })).toBeNull()
    expect(endOf(known, { id: 'openai/gpt-9-2026-01-02' })).toBeNull()
  })

  it('wins over our own table, and the difference is kept', async () => {
    const own = await book({})
    expect(endOf(own, { id: 'openai/gpt-4.1-2025-04-14' })?.end.shutdown).toBe('2027-01-14')
    const moved = await book({ 'a.json': feed([{ id: 'gpt-4.1-2025-04-14', shutdown: '2027-06-30' }]) })
    expect(endOf(moved, { id: 'openai/gpt-4.1-2025-04-14' })).toMatchObject({
      end: { shutdown: '2027-06-30' },
      conflict: { feed: 'a.json', ours: { shutdown: '2027-01-14' } },
    })
    const same = await book({ 'a.json': feed([{ id: 'gpt-4.1-2025-04-14', shutdown: '2027-01-14' }]) })
    expect(endOf(same, { id: 'openai/gpt-4.1-2025-04-14' })?.conflict).toBeNull()
    const taken = await book({ 'a.json': feed([{ id: 'gpt-4.1-2025-04-14' }]) })
    expect(endOf(taken, { id: 'openai/gpt-4.1-2025-04-14' })).toBeNull()
    expect(takenBack(taken, { id: 'openai/gpt-4.1-2025-04-14' })).toMatchObject({ feed: 'a.json' })
    expect(takenBack(taken, { id: 'openai/gpt-4.1' })).toBeNull()
  })

  it('keeps a clock for each channel', async () => {
    const known = await book({
      'a.json': feed(
        [
          {
            id: 'claude-opus-4-1-20250805',
            shutdown: '2026-08-05',
            distributions: [
              { via: 'aws-bedrock', shutdown: '2027-01-08', status: 'extended-access' },
              { via: 'azure-ai-foundry', shutdown: '2027-02-01' },
            ],
          },
        ],
        { publisher: 'anthropic', policy: { min_notice_days: 60, source: 'x' } },
      ),
    })
    const day = (id: string, stands?: string) => {
      const found = endOf(known, { id, ...(stands === undefined ? {} : { stands }) })
      return [found?.clock, found?.end.shutdown]
    }
    expect(day('anthropic/claude-opus-4-1-20250805')).toEqual(['channel', '2026-08-05'])
    expect(day('bedrock/us.anthropic.claude-opus-4-1-20250805-v1:0')).toEqual(['channel', '2027-01-08'])
    expect(day('us.anthropic.claude-opus-4-1-20250805-v1:0')).toEqual(['channel', '2027-01-08'])
    expect(day('openrouter/anthropic/claude-opus-4-1-20250805')).toEqual(['channel', '2026-08-05'])
    // Only the publisher's day is known there.
    expect(day('vertex/claude-opus-4-1@20250805')).toEqual(['publisher', '2026-08-05'])
    expect(day('gateway/claude-opus-4-1-20250805')).toEqual(['publisher', '2026-08-05'])
    expect(day('azure/house', 'anthropic/claude-opus-4-1-20250805')).toEqual(['channel', '2027-02-01'])
    expect(day('azure/house')).toEqual([undefined, undefined])
    expect(day('azure/claude-opus-4-1-20250805')).toEqual([undefined, undefined])
    expect(endOf(known, { id: 'anthropic/claude-opus-4-1-20250805' })?.noticeDays).toBe(60)
  })

  it('names the successor that `candidates` tries', async () => {
    const lifecycle = await book({ 'a.json': feed([{ id: 'gpt-9', shutdown: '2027-03-01', replacement: 'gpt-10' }]) })
    const prices = await loadPrices([], { 'azure/house': 'openai/gpt-9' }, lifecycle)
    expect(endOfCandidate('openai/gpt-9', prices)).toEqual({ on: '2027-03-01', replacement: 'openai/gpt-10' })
    // Azure's own day is not known.
    expect(endOfCandidate('azure/house', prices)).toBeNull()
  })

  it('a date that is no schedule is none: tentative, and words that we do not know', async () => {
    const known = await book({
      'a.json': feed([
        { id: 'a-1', shutdown: '2026-12-01', date_precision: 'tentative' },
        { id: 'a-2', shutdown: '2026-12-01', date_precision: 'quarter' },
        { id: 'a-3', shutdown: '2026-12-01', date_precision: 'earliest' },
      ]),
    })
    const of = (id: string) => endOf(known, { id: `openai/${id}` })?.end
    expect([of('a-1')?.tentative, of('a-2')?.tentative, of('a-3')?.tentative]).toEqual([true, true, undefined])
    expect([of('a-1')?.precision, of('a-3')?.precision]).toEqual(['earliest', 'earliest'])
  })

  it('grows within its version: keys that we do not know are let through', async () => {
    const known = await book({
      'a.json': feed([{ id: 'a-1', shutdown: '2026-12-01', replacement_options: ['x'], new_key: { deep: [1] } }], {
        note: 'x',
        another: 1,
      }),
    })
    expect(endOf(known, { id: 'openai/a-1' })?.end.shutdown).toBe('2026-12-01')
  })

  it('Google is gemini, and Amazon is bedrock', async () => {
    const known = await book({
      'g.json': feed([{ id: 'gemini-4', shutdown: '2027-01-01' }], { publisher: 'google' }),
      'a.json': feed([{ id: 'amazon.nova-9-v1:0', shutdown: '2027-01-01' }], { publisher: 'amazon' }),
    })
    expect(endOf(known, { id: 'gemini/gemini-4' })?.clock).toBe('channel')
    expect(endOf(known, { id: 'models/gemini-4' })?.clock).toBe('channel')
    expect(endOf(known, { id: 'bedrock/us.amazon.nova-9-v1:0' })?.end.shutdown).toBe('2027-01-01')
    expect(endOf(known, { id: 'bedrock/amazon.nova-9-v1:0' })?.clock).toBe('channel')
  })
})

describe('a feed that cannot be right', () => {
  it.each([
    [
      'another format',
      '{"spec":"model-eol/0.2","publisher":"x","generated":"2026-11-01","models":[]}',
      'a.json:1:9: "spec" is "model-eol/0.2". Expected "model-eol/0.1"',
    ],
    ['no model list', '{"spec":"model-eol/0.1","publisher":"x","generated":"2026-11-01"}', 'has no "models"'],
    ['no id', feed([{ id: 'a' }, { shutdown: '2027-01-01' } as never]), 'a.json:9:5: "models.1" has no "id"'],
    [
      'a day in words',
      feed([{ id: 'a', shutdown: 'next May' }]),
      'a.json:8:19: "models.0.shutdown" is "next May". Expected a day',
    ],
    [
      'no day of the calendar',
      feed([{ id: 'a', shutdown: '2027-02-30' }]),
      'a.json:8:19: "shutdown" is "2027-02-30", which is no day',
    ],
    [
      'an end before its notice',
      feed([{ id: 'a', announced: '2027-02-01', shutdown: '2027-01-01' }]),
      'is before "announced"',
    ],
    ['an id twice', feed([{ id: 'a' }, { id: 'b', aliases: ['A'] }]), 'The id or alias "a" stands there twice'],
    [
      'a channel twice',
      feed([{ id: 'a', distributions: [{ via: 'aws-bedrock' }, { via: 'bedrock' }] }]),
      'two distributions through bedrock',
    ],
    [
      'a day of a distribution',
      feed([{ id: 'a', distributions: [{ via: 'x', shutdown: '2027-13-01' }] }]),
      'which is no day',
    ],
    ['an id with a line break', feed([{ id: 'a\nb' }]), 'Expected a model id'],
    ['no JSON', '{"spec": ', 'a.json:'],
    ['a list', '[]', 'a map of keys'],
    ['nothing', '', 'a map of keys'],
    [
      'aliases that explode',
      `a: &a [x]\n${Array.from({ length: 60 }, (_, at) => `b${at}: &b${at} [*a, *a, *a]`).join('\n')}\nspec: *b59\n`,
      'aliases',
    ],
  ])('%s', async (_, text, message) => {
    expect(await refusal({ 'a.json': text })).toContain(message)
  })

  it('shows at most twenty problems of a huge one, and stays quick', async () => {
    const models = Array.from({ length: 15_000 }, (_, at) => ({ id: `m-${at}`, shutdown: 'never' }))
    const message = await refusal({ 'a.json': feed(models).replace(/\n\s+/g, '') })
    expect(message.split('\n').length).toBeLessThanOrEqual(20)
  })

  it('is not there, or leads out of the repository', async () => {
    expect(await refusal({}, ['feeds/gone.json'])).toContain('There is no file "feeds/gone.json"')
    for (const path of ['../a.json', '/etc/passwd', 'https://example.com/a.json', 'a/../../b.json'])
      expect(await refusal({}, [path])).toMatch(/parity\.yaml:1:1\d: .* leads out of the repository/)
  })

  it('speaks of what another feed has', async () => {
    const files = { 'a.json': feed([{ id: 'x' }]), 'b.json': feed([{ id: 'X', shutdown: '2027-01-01' }]) }
    expect(await refusal(files)).toContain('Two feeds say when openai/x stops: a.json and b.json')
    expect(await refusal({ 'a.json': feed([{ id: 'x' }]) }, ['a.json', './a.json'])).toBe('none')
  })

  it('is found by `validate`, with its place, and the eval sets are looked at all the same', async () => {
    const tree = memoryTree({
      'parity.yaml': 'lifecycle: [feeds/a.json]\n',
      'feeds/a.json': feed([{ id: 'a', shutdown: '2027-02-30' }]),
      'evals/a.eval.yaml':
        'target: { messages: [{ role: user, content: "{{ q }}" }], model: openai/a }\ncases: [{ vars: { q: x }, expected: y }]\nscorers: [{ contains: "{{expected}}" }]\n',
    })
    const { files } = await validateFiles(tree, { known: knownScorers })
    expect(files.map(({ file, ok }) => [file, ok])).toEqual([
      ['parity.yaml', false],
      ['evals/a.eval.yaml', true],
    ])
    expect(files[0]?.errors[0]?.message).toMatch(/^feeds\/a\.json:8:19: "shutdown" is "2027-02-30"/)
  })

  it('names like those of every object are names', async () => {
    const known = await book({ 'a.json': feed([{ id: 'constructor', shutdown: '2027-01-01' }, { id: 'tostring' }]) })
    expect(endOf(known, { id: 'openai/constructor' })?.end.shutdown).toBe('2027-01-01')
    expect(endOf(known, { id: 'openai/hasOwnProperty' })).toBeNull()
  })
})
