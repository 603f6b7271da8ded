// Exports of production, each in the forms that its tool writes, and what people and attackers make of them.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import {
  piecesOf,
  type ReadOptions,
  type ReadProfile,
  readExports,
  readProfile,
} from '../../../src/cost/profile/read.ts'
import { summaryText } from '../../../src/cost/profile/summary.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: ReadOptions = { dimensions: ['language'], route: null, nowMs: NOW }

async function* one(text: string): AsyncGenerator<string> {
  yield text
}
const read = (text: string, options: Partial<ReadOptions> = {}) => readProfile(one(text), { ...OPTIONS, ...options })
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

async function profileOf(text: string, options: Partial<ReadOptions> = {}) {
  const found = await read(text, options)
  if (found.state !== 'read') throw new Error(JSON.stringify(found))
  return found.profile
}

async function refused(text: string, options: Partial<ReadOptions> = {}) {
  const found: ReadProfile = await read(text, options)
  if (found.state !== 'refused') throw new Error('it was read')
  return found
}

/** The same two calls in every format: 1,200 and 800 input tokens, 200 of the first from the cache, 300 and 100 out. */
const FIRST = { at: '2026-11-01T10:00:00.000Z', model: 'gpt-4.1-2025-04-14', input: 1200, cached: 200, output: 300 }
const SECOND = { at: '2026-11-03T10:00:00.000Z', model: 'gpt-4.1-2025-04-14', input: 800, cached: 0, output: 100 }
const BOTH = [FIRST, SECOND]
const nano = (at: string) => `${Date.parse(at)}000000`

const csv = (header: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  `${[header, ...rows].map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',')).join('\n')}\n`

const otelAttributes = ({ model, input, cached, output }: typeof FIRST) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': model,
  'gen_ai.response.model': model,
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
  'gen_ai.usage.cache_read.input_tokens': cached,
  'gen_ai.conversation.id': 'c1',
  language: 'de',
})
const keyValues = (map: { readonly [name: string]: string | number }) =>
  Object.entries(map).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }))
const otlp = (spans: readonly unknown[], names = { scope: 'scopeSpans' }) => ({
  resourceSpans: [
    { resource: { attributes: keyValues({ 'service.name': 'x' }) }, [names.scope]: [{ scope: {}, spans }] },
  ],
})
const otlpSpan = (call: typeof FIRST) => ({
  traceId: 'a1',
  spanId: 'b2',
  name: 'chat',
  startTimeUnixNano: nano(call.at),
  attributes: keyValues(otelAttributes(call)),
  status: {},
})
const deprecated = ({ model, input, cached, output }: typeof FIRST) => ({
  'gen_ai.system': 'openai',
  'gen_ai.request.model': model,
  'gen_ai.usage.prompt_tokens': input,
  'gen_ai.usage.completion_tokens': output,
  'gen_ai.usage.cache_read_input_tokens': cached,
  'gen_ai.conversation.id': 'c1',
  language: 'de',
})

const langfuseNew = ({ at, model, input, cached, output }: typeof FIRST) => ({
  id: 'o1',
  trace_id: 't1',
  project_id: 'p',
  type: 'GENERATION',
  start_time: at.replace('T', ' ').replace('Z', '000'),
  provided_model_name: model,
  session_id: 'c1',
  usage_details: { input: input - cached, input_cached_tokens: cached, output, total: input + output },
  metadata: { language: 'de' },
})
const langfuseOld = ({ at, model, input, output }: typeof FIRST) => ({
  ...{ id: 'o1', traceId: 't1', type: 'GENERATION', startTime: at, model, sessionId: 'c1' },
  usage: { input, output, total: input + output, unit: 'TOKENS' },
  metadata: { language: 'de' },
})
const langsmithRun = ({ at, model, input, cached, output }: typeof FIRST) => ({
  ...{ id: 'r1', run_type: 'llm', start_time: at, status: 'success' },
  extra: { metadata: { ls_model_name: model, thread_id: 'c1', language: 'de' } },
  outputs: {
    usage_metadata: {
      ...{ input_tokens: input, output_tokens: output, total_tokens: input + output },
      input_token_details: { cache_read: cached },
    },
  },
})
const langsmithCounts = (call: typeof FIRST) => ({
  ...{ ...langsmithRun(call), outputs: { content: 'x' } },
  ...{ prompt_tokens: call.input, completion_tokens: call.output, total_tokens: call.input + call.output },
  ...{ prompt_token_details: { cache_read: call.cached } },
})
const heliconeRow = ({ at, model, input, cached, output }: typeof FIRST) => ({
  ...{ response_id: 'x', request_id: 'y', request_created_at: at, response_status: 200, response_model: model },
  ...{ prompt_tokens: input - cached, completion_tokens: output, prompt_cache_read_tokens: cached },
  total_tokens: input + output,
  request_properties: { language: 'de', 'Helicone-Session-Id': 'c1' },
})
const ownRow = ({ at, model, input, cached, output }: typeof FIRST) => ({
  ...{ ts: at, route: 'chat', model, input_tokens: input, cached_tokens: cached, output_tokens: output },
  ...{ conversation_id: 'c1', language: 'de' },
})

const WITH_CACHE: readonly (readonly [string, string, string])[] = [
  ['our own lines', 'own', lines(BOTH.map(ownRow))],
  [
    'our own lines with labels and epoch seconds',
    'own',
    lines(
      BOTH.map((call) => ({
        ...ownRow(call),
        ts: Date.parse(call.at) / 1000,
        language: undefined,
        labels: { language: 'de' },
      })),
    ),
  ],
  ['OTLP JSON in one document', 'otel', JSON.stringify(otlp(BOTH.map(otlpSpan)), null, 2)],
  ['OTLP JSON lines', 'otel', lines(BOTH.map((call) => otlp([otlpSpan(call)])))],
  [
    'OTLP of an older library',
    'otel',
    lines(BOTH.map((call) => otlp([otlpSpan(call)], { scope: 'instrumentationLibrarySpans' }))),
  ],
  [
    'spans with a map of attributes',
    'otel',
    lines(
      BOTH.map((call) => ({
        name: 'chat',
        context: {},
        start_time: call.at,
        attributes: otelAttributes(call),
        status: { status_code: 'OK' },
      })),
    ),
  ],
  [
    'spans with deprecated attributes',
    'otel',
    lines(BOTH.map((call) => ({ name: 'chat', start_time: call.at, attributes: deprecated(call) }))),
  ],
  [
    'spans with a list of attributes',
    'otel',
    lines(
      BOTH.map((call) => ({ name: 'chat', startTimeUnixNano: nano(call.at), attributes: keyValues(deprecated(call)) })),
    ),
  ],
  ['spans as flat rows', 'otel', lines(BOTH.map((call) => ({ timestamp: call.at, ...otelAttributes(call) })))],
  ['Langfuse observations_v2', 'langfuse', lines(BOTH.map(langfuseNew))],
  ['Langfuse observations as a JSON list', 'langfuse', JSON.stringify(BOTH.map(langfuseNew))],
  ['Langfuse observations of the API', 'langfuse', JSON.stringify({ data: BOTH.map(langfuseNew), meta: {} }, null, 1)],
  [
    'Langfuse observations as CSV',
    'langfuse',
    csv(
      Object.keys(langfuseNew(FIRST)),
      BOTH.map((call) =>
        Object.values(langfuseNew(call)).map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)),
      ),
    ),
  ],
  ['LangSmith runs', 'langsmith', lines(BOTH.map(langsmithRun))],
  ['LangSmith runs with counts of their own', 'langsmith', lines(BOTH.map(langsmithCounts))],
  [
    'LangSmith runs of a chat model',
    'langsmith',
    lines(
      BOTH.map((call) => ({
        ...langsmithRun(call),
        outputs: {
          generations: [[{ message: { kwargs: { usage_metadata: langsmithRun(call).outputs.usage_metadata } } }]],
        },
      })),
    ),
  ],
  ['Helicone requests', 'helicone', lines(BOTH.map(heliconeRow))],
  [
    'Helicone requests that count the cache in the prompt',
    'helicone',
    lines(BOTH.map((call) => ({ ...heliconeRow(call), prompt_tokens: call.input }))),
  ],
  [
    'Helicone requests as CSV',
    'helicone',
    csv(
      Object.keys(heliconeRow(FIRST)),
      BOTH.map((call) =>
        Object.values(heliconeRow(call)).map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)),
      ),
    ),
  ],
]

describe('formats', () => {
  it.each(WITH_CACHE)('%s', async (_, source, text) => {
    const profile = await profileOf(text)
    expect(profile).toMatchObject({
      ...{ source, calls: 2, uncounted: 0, promptCacheHitRatio: 0.1, turns: 2, retryRate: null, batchShare: 0 },
      bins: [
        { calls: 1, input: 800, output: 100, cached: 0 },
        { calls: 1, input: 1200, output: 300, cached: 200 },
      ],
      span: { from: FIRST.at, to: SECOND.at, days: 2, busyDays: 2 },
      models: { 'gpt-4.1-2025-04-14': 1 },
      slices: { language: { de: 1 } },
    })
    // One call in two days after the first.
    expect(profile.requestsPerMonth).toBe(15)
  })

  it.each([
    ['Langfuse before usage details', lines(BOTH.map(langfuseOld))],
    [
      'Langfuse with token counts alone',
      lines(
        BOTH.map((call) => ({
          ...langfuseOld(call),
          usage: undefined,
          promptTokens: call.input,
          completionTokens: call.output,
        })),
      ),
    ],
    [
      'LangSmith with the counts of the run',
      lines(
        BOTH.map((call) => ({
          ...langsmithRun(call),
          outputs: {},
          prompt_tokens: call.input,
          completion_tokens: call.output,
        })),
      ),
    ],
    [
      'the CSV of Helicone’s export tool',
      csv(
        [
          'response_id',
          'response_created_at',
          'response_status',
          'request_created_at',
          'model',
          'prompt_tokens',
          'completion_tokens',
          'latency',
          'cost',
        ],
        BOTH.map((call) => ['x', call.at, 200, call.at, call.model, call.input, call.output, 12, '']),
      ),
    ],
  ])('%s: no cache is known', async (_, text) => {
    const profile = await profileOf(text)
    expect(profile).toMatchObject({ calls: 2, promptCacheHitRatio: null })
    expect(profile.bins.map(({ input, output, cached }) => [input, output, cached])).toEqual([
      [800, 100, 0],
      [1200, 300, 0],
    ])
  })

  it('the same in pieces of any size', async () => {
    for (const [, , text] of WITH_CACHE) {
      async function* pieces(): AsyncGenerator<string> {
        for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7)
      }
      expect(await readProfile(pieces(), OPTIONS)).toEqual(await read(text))
      expect(await readProfile(piecesOf(`\ufeff\n${text}`), OPTIONS)).toMatchObject({ state: 'read' })
    }
  })

  it('spans around calls are not counted twice', async () => {
    const agent = {
      name: 'invoke_agent',
      start_time: FIRST.at,
      attributes: { ...otelAttributes({ ...FIRST, input: 9000 }), 'gen_ai.operation.name': 'invoke_agent' },
    }
    const http = { name: 'GET', start_time: FIRST.at, attributes: { 'http.request.method': 'GET' } }
    const call = { name: 'chat', start_time: FIRST.at, attributes: otelAttributes(FIRST) }
    expect(await profileOf(lines([agent, http, call]))).toMatchObject({ calls: 1 })
    const tool = { ...langsmithRun(FIRST), run_type: 'tool' }
    expect(await profileOf(lines([tool, langsmithRun(FIRST)]))).toMatchObject({ calls: 1 })
    const span = { ...langfuseNew(FIRST), type: 'SPAN' }
    expect(await profileOf(lines([span, langfuseNew(FIRST)]))).toMatchObject({ calls: 1 })
  })

  it('writes to the cache by their lifetime', async () => {
    const details = { input: 100, output: 1, cache_read_input_tokens: 200, cache_creation_input_tokens: 300 }
    const anthropic = { ...langfuseNew(FIRST), usage_details: details }
    expect((await profileOf(lines([anthropic]))).bins[0]).toMatchObject({ input: 600, cached: 200, written5m: 300 })
    const usage_metadata = {
      ...{ input_tokens: 600, output_tokens: 1 },
      input_token_details: {
        cache_read: 200,
        cache_creation: 300,
        ephemeral_5m_input_tokens: 100,
        ephemeral_1h_input_tokens: 200,
      },
    }
    const run = { ...langsmithRun(FIRST), outputs: { usage_metadata } }
    expect((await profileOf(lines([run]))).bins[0]).toMatchObject({ input: 600, written5m: 100, written1h: 200 })
  })
})

describe('what is kept', () => {
  const at = (hour: number) => new Date(Date.parse('2026-11-01T00:00:00Z') + hour * 3_600_000).toISOString()
  const call = (index: number, rest: object = {}) => ({
    ...ownRow(FIRST),
    ts: at(index),
    conversation_id: `c${index >> 1}`,
    ...rest,
  })

  it('retries by their request id, batch, tiers and a cache of one’s own', async () => {
    const rows = [
      ...Array.from({ length: 80 }, (_, index) =>
        call(index, {
          request_id: `r${index % 64}`,
          batch: index < 20,
          service_tier: index >= 60 ? 'flex' : 'default',
        }),
      ),
      ...Array.from({ length: 16 }, (_, index) =>
        call(index, { response_cached: true, input_tokens: 0, output_tokens: 0, cached_tokens: 0 }),
      ),
      ...Array.from({ length: 5 }, (_, index) =>
        call(index, {
          error: 'rate limit',
          input_tokens: undefined,
          output_tokens: undefined,
          cached_tokens: undefined,
        }),
      ),
    ]
    const found = await read(lines(rows))
    expect(found).toMatchObject({ state: 'read', wrong: 0, failed: 5 })
    const profile = await profileOf(lines(rows))
    expect(profile).toMatchObject({ calls: 80, retryRate: 0.25, responseCacheHitRatio: 0.2, batchShare: 0.25 })
    expect(profile.serviceTiers.default).toBeCloseTo(2 / 3, 12)
    expect(profile.bins).toHaveLength(1)
    // 64 requests that were paid and 16 that were not, in 79 hours.
    expect(profile.requestsPerMonth).toBe(Math.round((80 * 95 * 30 * 24) / (96 * 79)))
  })

  it('ids that stand everywhere are no ids of requests', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => call(index, { request_id: 'always' }))
    expect(await profileOf(lines(rows))).toMatchObject({ retryRate: null, calls: 30 })
  })

  it('no rate from less than a day, nor without times', async () => {
    expect((await profileOf(lines([call(0), call(20)]))).requestsPerMonth).toBeNull()
    expect((await profileOf(lines([call(0), call(24)]))).requestsPerMonth).toBe(30)
    const timeless = await profileOf(lines([call(0, { ts: undefined }), call(24, { ts: undefined })]))
    expect(timeless).toMatchObject({ requestsPerMonth: null, span: null, calls: 2 })
  })

  it('rows of another route are left out', async () => {
    const rows = [call(0), call(30), call(1, { route: 'other', input_tokens: 900 })]
    expect(await read(lines(rows), { route: 'chat' })).toMatchObject({
      state: 'read',
      otherRoutes: 1,
      profile: { calls: 2 },
    })
    expect((await refused(lines(rows), { route: 'nobody' })).why).toContain('they are of chat, other')
  })

  it('never a text', async () => {
    const secret =
      'the customer asked for her divorce papers and cannot be named here, at all, in any export whatsoever'
    const rows = [
      call(0, { prompt: secret, language: secret, model: 'gpt-4.1' }),
      ...Array.from({ length: 30 }, (_, index) => call(index + 30)),
      call(1, { input_tokens: secret }),
    ]
    const found = await read(lines(rows))
    expect(found).toMatchObject({ state: 'read', wrong: 1 })
    expect(JSON.stringify(found)).not.toContain('divorce')
    expect(summaryText(await profileOf(lines(rows)))).not.toContain('divorce')
  })

  it('stays small whatever comes', async () => {
    const rows = Array.from({ length: 120_000 }, (_, index) => ({
      ...{
        ts: at(index / 300),
        model: `m${index}`,
        input_tokens: (index * 7919) % 200_000,
        output_tokens: index % 5000,
      },
      ...{ request_id: `r${index % 100_000}`, conversation_id: `c${index % 60_000}`, language: `l${index}` },
    }))
    const profile = await profileOf(lines(rows))
    expect(profile.bins.length).toBeLessThan(700)
    expect(Object.keys(profile.models).length).toBeLessThanOrEqual(201)
    expect(Object.keys(profile.slices.language ?? {}).length).toBeLessThanOrEqual(201)
    expect(profile.bins.reduce((sum, bin) => sum + bin.calls, 0)).toBe(120_000)
    expect(profile.bins.reduce((sum, bin) => sum + bin.input, 0)).toBe(
      rows.reduce((sum, row) => sum + row.input_tokens, 0),
    )
    expect(profile.turns).toBeCloseTo(2, 1)
    expect(profile.retryRate).toBeCloseTo(0.2, 1)
    expect(summaryText(profile).length).toBeLessThan(60_000)
  })
})

describe('several exports', () => {
  const texts = WITH_CACHE.map(([, , text]) => text)

  it('are one, each in its own format', async () => {
    const exports = texts.map((text, index) => ({ name: `f${index}`, chunks: one(text) }))
    const found = await readExports(exports, OPTIONS)
    expect(found).toMatchObject({
      state: 'read',
      wrong: 0,
      profile: { calls: 2 * texts.length, turns: 2 * texts.length },
    })
    expect(found.state === 'read' && found.profile.source.split(' and ').sort()).toEqual([
      ...['helicone', 'langfuse', 'langsmith', 'otel', 'own'],
    ])
  })

  it('name the file of a wrong row, and none makes up for one of no format', async () => {
    const good = { name: 'good.jsonl', chunks: one(lines(Array.from({ length: 20 }, () => ownRow(FIRST)))) }
    const bad = { name: 'bad.jsonl', chunks: one('{"ts": 1\n') }
    const found = await readExports([good, bad], OPTIONS)
    expect(found).toMatchObject({ state: 'read', wrong: 1, problems: [{ at: 'bad.jsonl line 1' }] })
    const again = { ...good, chunks: one(lines([ownRow(FIRST)])) }
    const strange = { name: 'x.json', chunks: one('{"name": "x"}\n') }
    expect(await readExports([again, strange], OPTIONS)).toMatchObject({ state: 'refused' })
    const odd = { name: 'x.json', chunks: one('{"name": "x"}\n') }
    const last = { ...good, chunks: one(lines([ownRow(FIRST)])) }
    expect(await readExports([odd, last], OPTIONS)).toMatchObject({ state: 'refused' })
    const summary = {
      name: 's.json',
      chunks: one(JSON.stringify({ schema: 'prompt-parity-profile/1', bins: [[1, 1, 1]] })),
    }
    expect(await readExports([summary, again], OPTIONS)).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('joined'),
    })
  })
})

describe('rows that cannot be true', () => {
  const good = Array.from({ length: 30 }, (_, index) => ({ ...ownRow(FIRST), ts: `2026-11-0${1 + (index % 9)}` }))
  it.each([
    ['a negative count', { input_tokens: -5 }],
    ['an absurd count', { input_tokens: 1e12 }],
    ['a fraction', { output_tokens: 1.5 }],
    ['a text', { output_tokens: 'many' }],
    ['NaN as text', { output_tokens: 'NaN' }],
    ['infinity as text', { output_tokens: 'Infinity' }],
    ['beyond integers', { output_tokens: 1e300 }],
    ['a list', { input_tokens: [1200] }],
    ['an object', { input_tokens: { total: 3 } }],
    ['true', { input_tokens: true }],
    ['more from the cache than there was', { cached_tokens: 1201 }],
    ['one direction alone', { output_tokens: null }],
    ['a time that is none', { ts: 'yesterday' }],
    ['a time before there were models', { ts: '1970-01-01T00:00:00Z' }],
    ['a time to come', { ts: '2027-03-01T00:00:00Z' }],
    ['a flag that is none', { batch: 'maybe' }],
  ])('%s is named with its line, and counted nowhere', async (_, broken) => {
    const clean = await profileOf(lines(good))
    const found = await read(lines([...good.slice(0, 10), { ...ownRow(FIRST), ...broken }, ...good.slice(10)]))
    expect(found).toMatchObject({ state: 'read', wrong: 1, problems: [{ at: 'line 11' }] })
    expect(found.state === 'read' && found.profile).toEqual(clean)
  })

  it('a line that is no JSON, an array, a number, nothing', async () => {
    const text = `${lines(good)}{"ts": \n[1]\n7\n\n   \n`
    const found = await read(text)
    expect(found).toMatchObject({ state: 'read', wrong: 3 })
    expect(found.problems.map(({ at }) => at)).toEqual(['line 31', 'line 32', 'line 33'])
  })

  it('more than a tenth of them make it no profile', async () => {
    const broken = Array.from({ length: 4 }, () => ({ ...ownRow(FIRST), input_tokens: -1 }))
    expect((await refused(lines([...good, ...broken]))).why).toBe('4 of 34 rows cannot be true')
    expect((await refused(lines(broken))).why).toContain('4 of 4')
  })

  it('calls without counts are calls, and too many of them make it no profile', async () => {
    const bare = { ts: FIRST.at, model: 'm' }
    const few = await profileOf(lines([...good, bare, bare]))
    expect(few).toMatchObject({ calls: 32, uncounted: 2 })
    expect((await refused(lines([...good, ...Array.from({ length: 4 }, () => bare)]))).why).toContain('4 of 34 calls')
    expect((await refused(lines([bare]))).why).toContain('no token counts')
  })
})

describe('files that are no profile', () => {
  it.each([
    ['nothing', ''],
    ['space', ' \n\n\t\n'],
    ['an empty list', '[]'],
    ['an empty object', '{}'],
    ['prose', 'Dear reader,\nthis is not a profile.\n'],
    ['a table of something else', 'a,b\n1,2\n'],
    ['JSON of something else', '{"name": "x"}\n{"name": "y"}\n'],
    ['a document that is cut off', '{"data": [{"id": 1'],
    ['a number', '12'],
    ['nul bytes', '\0\0\0'],
    ['an unclosed quote', 'a,b\n"1,2\n3,4\n'],
    ['deep nesting', '['.repeat(200_000)],
  ])('%s', async (_, text) => {
    expect((await refused(text)).why).not.toBe('')
  })

  it('what it could have been is said', async () => {
    const { expected } = await refused('{"name": "x"}\n')
    for (const name of ['OpenTelemetry', 'Langfuse', 'LangSmith', 'Helicone', 'input_tokens'])
      expect(expected).toContain(name)
  })

  it('is given up after a hundred rows of no format', async () => {
    let asked = 0
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        asked += 1
        yield '{"name": "x"}\n'.repeat(60)
      }
    }
    expect(await readProfile(endless(), OPTIONS)).toMatchObject({ state: 'refused' })
    expect(asked).toBeLessThan(10)
  })

  it('a huge line is passed over', async () => {
    async function* source(): AsyncGenerator<string> {
      yield lines(Array.from({ length: 20 }, () => ownRow(FIRST)))
      for (let megabyte = 0; megabyte < 40; megabyte++) yield 'x'.repeat(1_000_000)
      yield `\n${JSON.stringify(ownRow(SECOND))}\n`
    }
    const found = await readProfile(source(), OPTIONS)
    expect(found).toMatchObject({
      state: 'read',
      wrong: 1,
      problems: [{ at: 'line 21', why: expect.stringContaining('longer') }],
    })
    expect(found.state === 'read' && found.profile.calls).toBe(21)
  })

  it('names that are properties of every object', async () => {
    const row = JSON.stringify(ownRow(FIRST)).replace(
      '{',
      '{"__proto__": {"input_tokens": 5}, "constructor": 1, "toString": "x",',
    )
    expect(await profileOf(`${row}\n`, { dimensions: ['__proto__', 'constructor', 'language'] })).toMatchObject({
      calls: 1,
    })
  })
})

describe('the summary', () => {
  const rows = Array.from({ length: 500 }, (_, index) => ({
    ...ownRow(FIRST),
    ...{
      ts: new Date(Date.parse('2026-10-01T00:00:00Z') + index * 3_600_000).toISOString(),
      request_id: `r${index % 480}`,
    },
    ...{ input_tokens: 500 + ((index * 977) % 9000), cached_tokens: index % 400, language: index % 3 ? 'de' : 'en' },
    ...{ batch: index % 10 === 0, service_tier: index % 7 ? 'default' : 'flex' },
  }))

  it('is read back as it was', async () => {
    const profile = await profileOf(lines(rows))
    const text = summaryText(profile)
    const again = await profileOf(text)
    expect(again.bins).toEqual(profile.bins)
    expect(again).toMatchObject({
      source: 'own',
      calls: 500,
      span: profile.span,
      requestsPerMonth: profile.requestsPerMonth,
    })
    for (const key of ['promptCacheHitRatio', 'retryRate', 'batchShare', 'turns', 'responseCacheHitRatio'] as const)
      expect(again[key]).toBeCloseTo(profile[key] ?? Number.NaN, 5)
    expect(again.slices.language?.de).toBeCloseTo(profile.slices.language?.de ?? 0, 5)
    expect(summaryText(again)).toBe(text)
    expect(await profileOf(JSON.stringify(JSON.parse(text)))).toEqual(again)
  })

  it('has the keys of its schema', async () => {
    const schema = await readFile(join(import.meta.dirname, '../../../schema/profile.schema.json'), 'utf8')
    const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(schema))
    const texts = [lines(rows), ...WITH_CACHE.map(([, , text]) => text)]
    for (const text of texts) {
      expect(validate(JSON.parse(summaryText(await profileOf(text)))), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  it.each([
    ['another version', { schema: 'prompt-parity-profile/2' }],
    ['no bins', { bins: [] }],
    ['bins that are no lists', { bins: [{ calls: 1 }] }],
    ['a negative bin', { bins: [[1, -1, 1]] }],
    ['a fraction of a call', { bins: [[0.5, 10, 1]] }],
    ['a bin of no calls', { bins: [[0, 10, 1]] }],
    ['more from the cache than there was', { bins: [[1, 10, 1, 11]] }],
    ['too many bins', { bins: Array.from({ length: 5001 }, () => [1, 1, 1]) }],
    ['a negative rate', { requests_per_month: -5 }],
    ['a rate that is a text', { requests_per_month: '5' }],
    ['a share above all', { batch_share: 1.5 }],
    ['a rate beyond every traffic', { requests_per_month: 1e300 }],
    ['a negative share', { slices: { language: { de: -1 } } }],
  ])('%s is refused', async (_, change) => {
    const base = { schema: 'prompt-parity-profile/1', bins: [[1, 10, 1]], ...change }
    expect((await refused(JSON.stringify(base))).why).not.toBe('')
  })
})
