// The price table: what it takes in dist/, how fast calls are priced, and which ids of public repositories it knows.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { modelId } from '../../src/detect/model-ids.ts'
import type { Request, Usage } from '../../src/domain.ts'
import { priceOf } from '../../src/prices/book.ts'
import { describeModel } from '../../src/prices/describe.ts'
import { loadPrices } from '../../src/prices/index.ts'
import { createPricer } from '../../src/run/price.ts'
import { spread } from './measure.ts'
import { type Row, row } from './rows.ts'
import { type Program, ROOT } from './world.ts'

const CALLS = 100_000
/** What calls in one run look like: few models, many sizes. */
const MODELS = [
  'openai/gpt-4.1-2025-04-14',
  'anthropic/claude-sonnet-4-5-20250929',
  'gemini/gemini-2.5-pro',
  'openai/gpt-6-sol',
]

export async function benchPrices(program: Pick<Program, 'dist'>, runs: number): Promise<readonly Row[]> {
  return [...(await sizes(program)), await speed(runs), ...(await coverage())]
}

/** The chunk that holds the table and nothing else of note. */
async function sizes({ dist }: Pick<Program, 'dist'>): Promise<readonly Row[]> {
  const lib = join(dist, 'lib')
  for (const name of await readdir(lib)) {
    const text = await readFile(join(lib, name))
    if (!name.endsWith('.cjs') || !text.includes('pico-dollars per token')) continue
    const kilo = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
    return [
      counted('price table in `dist/`', kilo(text.length)),
      counted('the same, gzip', kilo(gzipSync(text).length)),
    ]
  }
  throw new Error('no chunk of dist/ has the price table')
}

async function speed(runs: number): Promise<Row> {
  const book = await loadPrices()
  const times = Array.from({ length: runs }, () => {
    const pricer = createPricer(book, Date.parse('2026-11-28T12:00:00Z'))
    const requests = MODELS.map((id) => requestOf(id))
    const start = performance.now()
    let sum = 0n
    for (let call = 0; call < CALLS; call++) {
      const request = requests[call % requests.length]
      if (request === undefined) continue
      const cost = pricer(usageOf(call), request)
      if (cost === null) throw new Error(`${request.model} has no price`)
      sum += cost
    }
    if (sum <= 0n) throw new Error('nothing was priced')
    return performance.now() - start
  })
  return row(`${CALLS.toLocaleString('en-US')} calls priced`, 'ms', { values: spread(times) })
}

function requestOf(id: string): Request {
  const [provider = '', model = ''] = id.split('/')
  const parts = { kind: 'model', provider, model, endpoint: 'chat' } as const
  return { ...parts, hash: id, messages: [], parameters: {}, segments: [] }
}

const usageOf = (call: number): Usage => ({
  input: 1_000 + (call % 300_000),
  output: 10 + (call % 900),
  cachedInput: call % 900,
})

const counted = (what: string, figure: string): Row => ({ what, figure, range: '', target: '', met: null })

/** Models whose makers sell them under this one name, so that a bare id has one price. */
const FIRST_PARTIES: ReadonlySet<string> = new Set('openai anthropic gemini mistral xai deepseek cohere'.split(' '))

async function coverage(): Promise<readonly Row[]> {
  const book = await loadPrices()
  const now = Date.parse('2026-11-28T12:00:00Z')
  const seen = await publicIds()
  const ids = [...seen].map(([id, times]) => ({ id, times, isPriced: priceOf(book, id, now).state === 'priced' }))
  const own = ids.filter(({ id }) => modelId(id) !== null && FIRST_PARTIES.has(describeModel(id).provider ?? ''))
  const missing = own.filter((one) => !one.isPriced).sort((a, b) => b.times - a.times || (a.id < b.id ? -1 : 1))
  const named = (list: readonly (Seen & { readonly id: string })[]) =>
    list.map(({ id, times }) => `  ${times} ${id}`).join('\n')
  const others = ids.filter((one) => !one.isPriced && !own.includes(one)).sort((a, b) => b.times - a.times)
  process.stderr.write(`not priced, of makers in the table:\n${named(missing)}\n`)
  process.stderr.write(`not priced, others:\n${named(others.slice(0, 25))}\n`)
  return [
    counted('values of pins in labelled commits, priced', share(ids)),
    counted(
      'the same, by how often they are named',
      share(ids, ({ times }) => times),
    ),
    counted('ids of seven makers among them, priced', share(own)),
    counted(
      'the same, by how often they are named',
      share(own, ({ times }) => times),
    ),
  ]
}

type Seen = { readonly times: number; readonly isPriced: boolean }

function share(all: readonly Seen[], weight: (one: Seen) => number = () => 1): string {
  const sum = (list: readonly Seen[]) => list.reduce((total, one) => total + weight(one), 0)
  const [of, priced] = [sum(all), sum(all.filter((one) => one.isPriced))]
  return `${priced} of ${of} (${((100 * priced) / of).toFixed(0)} %)`
}

/** What pins were changed from and to in the commits that detection is measured on. */
async function publicIds(): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>()
  const lines = (await readFile(join(ROOT, 'docs', 'detection-labels.jsonl'), 'utf8')).trim().split('\n')
  for (const line of lines) {
    const { pins = [] } = JSON.parse(line) as { pins?: readonly { from?: string | null; to?: string | null }[] }
    for (const id of pins.flatMap(({ from, to }) => [from, to])) if (id) seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  return seen
}
