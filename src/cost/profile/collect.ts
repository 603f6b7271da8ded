// Rows in, profile out, in memory that does not grow with the rows.

import { RowsPerId } from './distinct.ts'
import { binOf, Histogram } from './histogram.ts'
import type { Bin, Profile, Shares } from './profile.ts'
import type { CallRow, RowTokens } from './row.ts'
import { Tally } from './tally.ts'

const DAY = 86_400_000
export const MONTH_DAYS = 30
const DEFAULT_TIER = 'default'
const STANDARD = new Set(['', 'default', 'standard', 'auto', 'on_demand', 'on-demand'])

type OpenBin = { -readonly [name in keyof Bin]-?: number }
/** Of the key of a bin: more edges than prices have. */
const REGIONS = 1000

export class Collector {
  readonly #edges: readonly number[]
  readonly #bins = new Map<number, OpenBin>()
  readonly #outputs = new Histogram()
  readonly #days = new Set<number>()
  readonly #perRequest = new RowsPerId()
  readonly #perConversation = new RowsPerId()
  readonly #tiers = new Tally()
  readonly #models = new Tally()
  readonly #labels = new Map<string, Tally>()
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY
  #timed = 0
  #batch = 0
  #calls = 0
  #uncounted = 0
  #fromCache = 0
  #failed = 0

  /** @param edges inputs beyond which a price is another one: no bin has calls on both sides of one */
  constructor(edges: readonly number[] = []) {
    this.#edges = edges.slice(0, REGIONS - 1)
  }

  add(row: CallRow): void {
    if (row.failed && row.tokens === null && !row.fromCache) {
      this.#failed += 1
      return
    }
    this.#addTime(row.atMs)
    for (const [dimension, value] of Object.entries(row.labels)) this.#tallyOf(dimension).add(value)
    if (row.conversationId !== null) this.#perConversation.add(row.conversationId)
    if (row.fromCache) this.#fromCache += 1
    else this.#addBilled(row)
  }

  #addBilled({ tokens, requestId, model, batch, tier }: CallRow): void {
    this.#calls += 1
    if (requestId !== null) this.#perRequest.add(requestId)
    if (model !== null) this.#models.add(model)
    if (batch) this.#batch += 1
    else this.#tiers.add(STANDARD.has(tier?.toLowerCase() ?? '') ? DEFAULT_TIER : (tier ?? DEFAULT_TIER).toLowerCase())
    if (tokens === null) this.#uncounted += 1
    else this.#addTokens(tokens)
  }

  #addTokens(tokens: RowTokens): void {
    const { input } = tokens
    const key = binOf(input) * REGIONS + this.#edges.reduce((below, edge) => below + Number(input > edge), 0)
    const none = { calls: 0, input: 0, output: 0, cached: 0, written5m: 0, written1h: 0 }
    const bin = this.#bins.get(key) ?? { ...none, low: input, high: input }
    this.#bins.set(key, bin)
    bin.calls += 1
    bin.low = Math.min(bin.low, input)
    bin.high = Math.max(bin.high, input)
    for (const name of ['input', 'output', 'cached', 'written5m', 'written1h'] as const) bin[name] += tokens[name]
    this.#outputs.add(tokens.output)
  }

  #addTime(atMs: number | null): void {
    if (atMs === null) return
    this.#timed += 1
    this.#from = Math.min(this.#from, atMs)
    this.#to = Math.max(this.#to, atMs)
    this.#days.add(Math.floor(atMs / DAY))
  }

  #tallyOf(dimension: string): Tally {
    const tally = this.#labels.get(dimension) ?? new Tally()
    this.#labels.set(dimension, tally)
    return tally
  }

  /** Calls that failed and were not billed. */
  get failed(): number {
    return this.#failed
  }

  get rows(): number {
    return this.#calls + this.#fromCache
  }

  profile(source: string): Profile {
    const retryRate = rateOf(this.#perRequest.mean())
    const counted = this.#calls - this.#uncounted
    const bins = [...this.#bins].sort(([a], [b]) => a - b).map(([, bin]): Bin => bin)
    const inputs = bins.reduce((sum, bin) => sum + bin.input, 0)
    const cached = bins.reduce((sum, bin) => sum + bin.cached, 0)
    const requests = this.#calls / (1 + (retryRate ?? 0)) + this.#fromCache
    return {
      source,
      calls: this.#calls,
      uncounted: this.#uncounted,
      bins,
      outputTokens: {
        p5: Math.round(this.#outputs.quantile(0.05)),
        p50: Math.round(this.#outputs.quantile(0.5)),
        p95: Math.round(this.#outputs.quantile(0.95)),
        mean: Math.round(this.#outputs.mean()),
      },
      span: this.#span(),
      requestsPerMonth: this.#monthly(requests),
      promptCacheHitRatio: counted === 0 || cached === 0 || inputs === 0 ? null : cached / inputs,
      responseCacheHitRatio: requests === 0 ? 0 : this.#fromCache / requests,
      retryRate,
      turns: this.#perConversation.mean(),
      batchShare: this.#calls === 0 ? 0 : this.#batch / this.#calls,
      serviceTiers: this.#tiers.shares(),
      slices: Object.fromEntries([...this.#labels].map(([name, tally]): [string, Shares] => [name, tally.shares()])),
      models: this.#models.shares(),
    }
  }

  #span(): Profile['span'] {
    if (this.#timed === 0) return null
    const [from, to] = [this.#from, this.#to].map((ms) => new Date(ms).toISOString())
    const days = (this.#to - this.#from) / DAY
    return { from: from ?? '', to: to ?? '', days: Math.round(days * 100) / 100, busyDays: this.#days.size }
  }

  /** From the rows that have a time. Less than a day says nothing of a month: nights and week-ends are not in it. */
  #monthly(requests: number): number | null {
    const days = (this.#to - this.#from) / DAY
    const rows = this.rows
    if (this.#timed < 2 || days < 1 || this.#timed < 0.9 * rows) return null
    // The first row begins the span: the others came in it.
    return Math.round((requests * (this.#timed - 1) * MONTH_DAYS) / (rows * days))
  }
}

/** Ids that stand on more than two rows each are no ids of requests. */
function rateOf(rowsPerRequest: number | null): number | null {
  return rowsPerRequest === null || rowsPerRequest > 2 ? null : rowsPerRequest - 1
}
