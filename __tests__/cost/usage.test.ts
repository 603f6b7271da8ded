import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadUsage } from '../../src/cost/usage/load.ts'
import { readUsage } from '../../src/cost/usage/read.ts'
import { UserError } from '../../src/errors.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { memoryTree } from '../fakes/tree.ts'

const book = await loadPrices()
const read = async (text: string, path = 'usage.jsonl') =>
  (await readUsage(text, { path, route: 'support', book })).map(({ fromMs, toMs, usd, requests, source }) => [
    ...[new Date(fromMs).toISOString().slice(0, 10), new Date(toMs).toISOString().slice(0, 10)],
    ...[usd, requests, source],
  ])
const refused = async (text: string, path?: string) => {
  const error = await read(text, path).catch((one: unknown) => one)
  if (!(error instanceof UserError)) throw new Error(`not refused: ${JSON.stringify(error)}`)
  return error.problems.map(({ what, place }) => `${place?.line}: ${what}`)
}
const unix = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000

describe('our own rows', () => {
  it('as JSON lines: days and months, of one route or of several', async () => {
    const text = [
      '{"date": "2026-11-01", "usd": 12.5, "requests": 1000}',
      '',
      '{"date": "2026-11-02", "usd": "13.25", "route": "support"}',
      '{"date": "2026-11-02", "usd": 99, "route": "other"}',
      '{"month": "2026-12", "usd": 400}',
    ].join('\r\n')
    expect(await read(`\uFEFF${text}`)).toEqual([
      ['2026-11-01', '2026-11-02', '12.5', 1000, 'billed'],
      ['2026-11-02', '2026-11-03', '13.25', null, 'billed'],
      ['2026-12-01', '2027-01-01', '400', null, 'billed'],
    ])
  })

  it('as CSV and as a list', async () => {
    expect(await read('month,usd,requests,route\n2026-11,"1,000",,\n'.replace('"1,000"', '1000'), 'usage.csv')).toEqual(
      [['2026-11-01', '2026-12-01', '1000', null, 'billed']],
    )
    expect(await read('[{"month": "2026-02", "usd": -3}]', 'usage.json')).toEqual([
      ['2026-02-01', '2026-03-01', '-3', null, 'billed'],
    ])
  })

  it('several rows of one day are its sum', async () => {
    const rows = '{"date":"2026-11-01","usd":0.1,"requests":2}\n{"date":"2026-11-01","usd":0.2,"requests":3}'
    expect(await read(rows)).toEqual([['2026-11-01', '2026-11-02', '0.3', 5, 'billed']])
  })

  it.each([
    ['{"date":"2026-11-01"}', '1: the usage row cannot be used: it has no `usd`.'],
    ['{"date":"2026-11-01","usd":"a lot"}', '1: the usage row cannot be used: "a lot" is not an amount in USD.'],
    ['{"date":"2026-02-30","usd":1}', '1: the usage row cannot be used: there is no 2026-02-30.'],
    ['{"month":"2026-13","usd":1}', '1: the usage row cannot be used: there is no 2026-13.'],
    ['{"date":"2026-11","usd":1}', '1: the usage row cannot be used: "2026-11" is no day or month.'],
    ['{"usd":1}', '1: the usage row cannot be used: it has neither `date` nor `month`.'],
    [
      '{"date":"2026-11-01","month":"2026-11","usd":1}',
      '1: the usage row cannot be used: it has `date` and `month`; one of them.',
    ],
    [
      '{"date":"2026-11-01","usd":1,"request":3}',
      '1: the usage row cannot be used: `request` is no key of a usage row: `requests`?.',
    ],
    ['{"date":"2026-11-01","usd":1,"requests":-3}', '1: the usage row cannot be used: `requests` is no count.'],
    ['{"date":"2026-11-01","usd":1}\n{"date":', '2: the usage row cannot be used: it is no JSON.'],
    ['7', '1: the usage row cannot be used: it is no object.'],
    [
      '{"date":"2026-11-01","usd":1,"__proto__":{"a":1}}',
      '1: the usage row cannot be used: `__proto__` is no key of a usage row.',
    ],
    [
      '{"month":"2026-11","usd":1}\n{"date":"2026-11-05","usd":1}',
      '2: the usage row cannot be used: it covers a part of the time of line 1, so that their sum is not known.',
    ],
  ])('%s', async (text, message) => {
    expect(await refused(text)).toEqual([message])
  })

  it('names ten wrong rows at most', async () => {
    expect(await refused('{"usd":1}\n'.repeat(1000))).toHaveLength(10)
  })
})

describe('exports of the providers', () => {
  it("OpenAI's costs: pages, sums of line items, a day without a cost", async () => {
    const bucket = (day: string, next: string, values: readonly (number | string)[]) => ({
      ...{ object: 'bucket', start_time: unix(day), end_time: unix(next) },
      results: values.map((value) => ({
        object: 'organization.costs.result',
        amount: { value, currency: 'usd' },
        line_item: 'x',
        project_id: null,
      })),
    })
    const page = (data: readonly object[]) => ({ object: 'page', data, has_more: false, next_page: null })
    const pages = [
      page([bucket('2026-11-01', '2026-11-02', [0.06, 1.0400000000000003])]),
      page([bucket('2026-11-02', '2026-11-03', [])]),
    ]
    const expected = [
      ['2026-11-01', '2026-11-02', '1.1', null, 'billed'],
      ['2026-11-02', '2026-11-03', '0', null, 'billed'],
    ]
    expect(await read(JSON.stringify(pages), 'costs.json')).toEqual(expected)
    expect(await read(pages.map((one) => JSON.stringify(one)).join('\n'))).toEqual(expected)
    expect(await read(JSON.stringify(pages[0]), 'costs.json')).toEqual(expected.slice(0, 1))
  })

  it("Anthropic's cost report is in cents", async () => {
    const text = JSON.stringify({
      data: [
        {
          ...{ starting_at: '2026-11-01T00:00:00Z', ending_at: '2026-11-02T00:00:00Z' },
          results: [
            { currency: 'USD', amount: '123.45', cost_type: 'tokens' },
            { currency: 'USD', amount: '0.55' },
          ],
        },
      ],
      ...{ has_more: false, next_page: null },
    })
    expect(await read(text, 'cost_report.json')).toEqual([['2026-11-01', '2026-11-02', '1.24', null, 'billed']])
  })

  it("OpenAI's usage at list prices: cached tokens at their rate, batch at half, the mean request decides on the tier", async () => {
    const result = { ...{ object: 'organization.usage.completions.result', model: 'gpt-4.1-2025-04-14', batch: false } }
    const tokens = {
      input_tokens: 10_000_000,
      input_cached_tokens: 4_000_000,
      output_tokens: 1_000_000,
      num_model_requests: 5000,
    }
    const text = (results: readonly object[]) =>
      JSON.stringify({ data: [{ start_time: unix('2026-11-01'), end_time: unix('2026-11-02'), results }] })
    // gpt-4.1: $2, cached $0.50, output $8 per million.
    expect(await read(text([{ ...result, ...tokens }]), 'u.json')).toEqual([
      ['2026-11-01', '2026-11-02', '22', 5000, 'list-price'],
    ])
    expect(await read(text([{ ...result, ...tokens, batch: true }]), 'u.json')).toMatchObject(
      [[{}, {}, '11', 5000, {}]].map((row) => row.map((one) => (typeof one === 'object' ? expect.anything() : one))),
    )
    expect(await refused(text([{ ...result, ...tokens, model: null }]), 'u.json')).toEqual([
      '1: the usage row cannot be used: it is not grouped by model, so its tokens have no price.',
    ])
  })

  it('a bill beside tokens counts, with the requests of the tokens', async () => {
    const span = { start_time: unix('2026-11-01'), end_time: unix('2026-11-02') }
    const costs = { ...span, results: [{ amount: { value: 7, currency: 'usd' } }] }
    const usage = { ...span, results: [{ input_tokens: 5, output_tokens: 5, num_model_requests: 9, model: null }] }
    expect(await read(`${JSON.stringify(costs)}\n${JSON.stringify(usage)}`)).toEqual([
      ['2026-11-01', '2026-11-02', '7', 9, 'billed'],
    ])
  })

  it("Anthropic's usage report: the parts of the input add up", async () => {
    const text = JSON.stringify({
      data: [
        {
          ...{ starting_at: '2026-11-01T00:00:00Z', ending_at: '2026-11-02T00:00:00Z' },
          results: [
            {
              ...{ model: 'claude-sonnet-4-5-20250929', service_tier: 'standard', uncached_input_tokens: 1_000_000 },
              ...{ cache_read_input_tokens: 1_000_000, output_tokens: 100_000 },
              cache_creation: { ephemeral_5m_input_tokens: 100_000, ephemeral_1h_input_tokens: 100_000 },
            },
          ],
        },
      ],
    })
    // $3, read $0.30, written $3.75 and $6, output $15 per million.
    expect(await read(text, 'usage_report.json')).toEqual([['2026-11-01', '2026-11-02', '5.775', null, 'list-price']])
  })

  it.each([
    [{ amount: { value: 1, currency: 'eur' } }, 'its amounts are in eur, not in USD'],
    [{ amount: { value: 'much', currency: 'usd' } }, 'its amount is no number'],
    [{ something: 1 }, 'it has neither an amount nor token counts'],
  ])('%j is refused', async (result, why) => {
    const bucket = { start_time: unix('2026-11-01'), end_time: unix('2026-11-02'), results: [result] }
    expect(await refused(JSON.stringify(bucket))).toEqual([`1: the usage row cannot be used: ${why}.`])
  })
})

describe('hostile files', () => {
  it('deep nesting ends in a refusal', async () => {
    expect(await refused(`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'deep.json')).toEqual([
      '1: the usage row cannot be used: it is no object.',
    ])
  })
  it('a bucket of half a million results ends in a refusal', async () => {
    const results = Array.from({ length: 500_000 }, () => ({ amount: { value: 1 } }))
    const bucket = { start_time: unix('2026-11-01'), end_time: unix('2026-11-02'), results }
    expect(await refused(JSON.stringify(bucket), 'wide.json')).toEqual([
      '1: the usage row cannot be used: with it there are more than 200000 rows.',
    ])
  })
  it('a bucket of 150,000 results is added up', async () => {
    const results = Array.from({ length: 150_000 }, () => ({ amount: { value: 0.01 } }))
    const bucket = { start_time: unix('2026-11-01'), end_time: unix('2026-11-02'), results }
    expect(await read(JSON.stringify(bucket), 'wide.json')).toMatchObject([{ 2: '1500' }])
  })
})

describe('the route names it', () => {
  const yaml = (usage: string) =>
    `routes:\n  - { name: support, evals: [a], usage: ${usage} }\n  - { name: other, evals: [b] }\n`

  it('relative to the configuration', async () => {
    const tree = memoryTree({
      'bot/parity.yaml': yaml('costs/u.jsonl'),
      'bot/costs/u.jsonl': '{"month":"2026-10","usd":5}',
    })
    const { routes } = await loadConfig(tree, 'bot/parity.yaml')
    expect(await loadUsage(routes, { tree, book })).toMatchObject([
      { route: 'support', usd: '5', path: 'bot/costs/u.jsonl' },
    ])
  })

  it.each([
    ['gone.jsonl', 'there is no file "gone.jsonl"'],
    ['../../etc/passwd', 'leads out of the repository'],
  ])('%s', async (usage, what) => {
    const tree = memoryTree({ 'parity.yaml': yaml(usage) })
    const { routes } = await loadConfig(tree)
    await expect(loadUsage(routes, { tree, book })).rejects.toThrow(what)
  })
})
