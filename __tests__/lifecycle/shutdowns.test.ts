// Warnings before a model stops, and the next date for a drift run.

import { describe, expect, it } from 'vitest'
import type { FindingRule } from '../../src/domain.ts'
import { BUILT_IN, type LifecycleBook } from '../../src/lifecycle/book.ts'
import { readFeed } from '../../src/lifecycle/feed.ts'
import { shutdownFindings } from '../../src/lifecycle/findings.ts'
import { nextShutdown, shutdownsWithin } from '../../src/lifecycle/shutdowns.ts'
import type { UsedModel } from '../../src/policy/used-models.ts'

const NOW = Date.parse('2026-11-28T10:00:00Z')
const inDays = (days: number) => new Date(NOW + days * 86_400_000).toISOString().slice(0, 10)
const use = (id: string, evalSet: string | null = 'a', as: UsedModel['use'] = 'target'): UsedModel => ({
  ...{ id, evalSet, use: as },
  place: { path: `${evalSet}.eval.yaml`, line: 3 },
})
async function feeds(models: readonly object[]): Promise<LifecycleBook> {
  const value = { spec: 'model-eol/0.1', publisher: 'openai', generated: '2026-11-01T00:00:00Z', models }
  return { feeds: await readFeed('feed.json', JSON.stringify(value)) }
}
async function said(days: number, more: object = {}, used: readonly UsedModel[] = [use('openai/x-1')]) {
  const lifecycle = await feeds([{ id: 'x-1', shutdown: inDays(days), source: 'page', ...more }])
  return shutdownFindings(used, { lifecycle, models: {} }, NOW)
}

describe('model-shutdown', () => {
  it('is silent until sixty days ahead', async () => {
    expect(await said(62)).toEqual([])
    expect((await said(60))[0]).toMatchObject({ level: 'warn', threshold: '60 days', value: inDays(60) })
  })

  it.each([
    [50, {}, `stops on ${inDays(50)}, in 50 days (page)`],
    [15, {}, 'in 15 days ('],
    [14, {}, 'in only 14 days: from then on calls to it fail'],
    [1, {}, 'in only 1 day:'],
    [0, {}, 'was to stop on 2026-11-28: since then calls to it fail'],
    [-400, {}, 'was to stop on'],
    [40, { date_precision: 'earliest' }, `stops on ${inDays(40)} at the earliest, in 40 days`],
    [-3, { date_precision: 'earliest' }, 'it may be gone any day'],
  ])('%i days ahead, %j', async (days, more, words) => {
    const [finding] = await said(days, more)
    expect(finding).toMatchObject({ rule: 'model-shutdown' satisfies FindingRule, level: 'warn', evalSet: 'a' })
    expect(finding?.message).toContain(words)
  })

  it('a date that nobody scheduled is a note', async () => {
    const [finding] = await said(10, { date_precision: 'tentative' })
    expect(finding).toMatchObject({ level: 'note' })
    expect(finding?.message).toContain(`is only promised until ${inDays(10)}; an end is not announced`)
  })

  it('names the successor, and who answers in its place', async () => {
    const [finding] = await said(30, { replacement: 'x-2' })
    expect(finding?.remedy).toBe('Compare x-2 under `candidates:` of the eval set, and move the pin before that day.')
    const rerouted = shutdownFindings([use('gemini/gemini-2.5-pro')], { lifecycle: BUILT_IN, models: {} }, NOW)
    expect(rerouted[0]?.message).toContain(
      'stops on 2026-12-01, in only 3 days: from then on the provider answers with gemini-3.8-flash in its place, at the price of that model',
    )
  })

  it('asks for nothing before a day that is over', async () => {
    const [finding] = await said(0, { replacement: 'x-2' })
    expect(finding?.remedy).toBe('Compare x-2 under `candidates:` of the eval set, and move the pin.')
  })

  it('is one finding for each model, with all that uses it', async () => {
    const used = [use('openai/x-1', 'a', 'judge'), use('openai/x-1', 'b', 'judge'), use('openai/x-1', 'b', 'fallback')]
    const [finding, ...rest] = await said(30, {}, used)
    expect(rest).toEqual([])
    expect(finding).toMatchObject({ evalSet: null, evidence: ['a', 'b'], place: { path: 'a.eval.yaml', line: 3 } })
    expect(finding?.message).toContain('openai/x-1 (a judge, a fallback of the target) stops')
    const pin = await said(30, {}, [
      { id: 'openai/x-1', evalSet: null, use: 'pin', place: { path: 'app.py', line: 7 } },
    ])
    expect(pin[0]).toMatchObject({ evalSet: null, place: { path: 'app.py', line: 7 } })
  })

  it('a deployment is judged by what it stands for and by the clock of its channel', async () => {
    const lifecycle = await feeds([
      { id: 'x-1', shutdown: inDays(20), distributions: [{ via: 'azure-ai-foundry', shutdown: inDays(200) }] },
      { id: 'x-2', shutdown: inDays(20) },
    ])
    const models = { 'azure/one': 'openai/x-1', 'azure/two': { base: 'openai/x-1', head: 'openai/x-2' } }
    const found = shutdownFindings([use('azure/one'), use('azure/two'), use('azure/three')], { lifecycle, models }, NOW)
    expect(found.map(({ level, message }) => [level, message.slice(0, 70)])).toEqual([
      ['note', `azure/two stops on ${inDays(20)} at its publisher; when azure lets it go `],
    ])
  })

  it('says that a feed counts where our own table says something else', async () => {
    const lifecycle = await feeds([{ id: 'gpt-4.1-2025-04-14', shutdown: '2027-06-30' }, { id: 'gpt-4.1' }])
    const used = [use('openai/gpt-4.1-2025-04-14'), use('openai/gpt-4.1')]
    const found = shutdownFindings(used, { lifecycle, models: {} }, NOW)
    expect(found.map(({ level, message }) => [level, message])).toEqual([
      ['note', expect.stringContaining('the feed feed.json says 2027-06-30, and our own table 2027-01-14')],
      [
        'note',
        expect.stringContaining('the feed feed.json says that no end is scheduled, and our own table 2027-01-14'),
      ],
    ])
  })
})

describe('the next shutdown', () => {
  it('comes first, with the eval sets that use the model; what is not scheduled is left out', async () => {
    const lifecycle = await feeds([
      { id: 'far', shutdown: inDays(300) },
      { id: 'near', shutdown: inDays(20), replacement: 'far' },
      { id: 'gone', shutdown: inDays(-20), date_precision: 'earliest' },
      { id: 'unsure', shutdown: inDays(5), date_precision: 'tentative' },
      { id: 'none' },
    ])
    const uses = [
      { id: 'openai/near', evalSet: 'b' },
      { id: 'openai/near', evalSet: 'a' },
      { id: 'openai/near', evalSet: 'b' },
      { id: 'openai/gone', evalSet: null },
      ...['far', 'unsure', 'none', 'unheard'].map((id) => ({ id: `openai/${id}`, evalSet: 'a' })),
    ]
    const within = (days: number) => shutdownsWithin(uses, { lifecycle, models: {} }, { nowMs: NOW, days })
    expect(within(60)).toEqual([
      { model: 'openai/gone', date: inDays(-20), precision: 'earliest', replacement: null, evalSets: [] },
      { model: 'openai/near', date: inDays(20), precision: 'exact', replacement: 'far', evalSets: ['b', 'a'] },
    ])
    expect(within(Number.POSITIVE_INFINITY).map((one) => one.model)).toEqual([
      'openai/gone',
      'openai/near',
      'openai/far',
    ])
    expect(within(Number.NEGATIVE_INFINITY)).toEqual([])
    expect(nextShutdown(uses, { lifecycle, models: {} }, NOW)?.model).toBe('openai/near')
    expect(nextShutdown(uses.slice(3, 4), { lifecycle, models: {} }, NOW)).toBeNull()
    expect(shutdownsWithin([], { lifecycle, models: {} }, { nowMs: NOW, days: 60 })).toEqual([])
  })
})
