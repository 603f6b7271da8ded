// What is kept of production's traffic: how long its calls are, how they are billed and how many there are. No texts.

/** Calls of about the same length: how many, and their tokens in all. */
export type Bin = {
  readonly calls: number
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly written5m: number
  readonly written1h: number
  /** Input tokens of its shortest and its longest call; a summary that people wrote may lack them. */
  readonly low?: number
  readonly high?: number
}

export type Shares = { readonly [name: string]: number }

export type Quantiles = { readonly p5: number; readonly p50: number; readonly p95: number; readonly mean: number }

export type Profile = {
  /** Format of the export that it was made of. */
  readonly source: string
  /** Billed calls, with or without counts. */
  readonly calls: number
  /** Calls whose counts are not known; `bins` have the others. */
  readonly uncounted: number
  /** By input tokens, shortest first. */
  readonly bins: readonly Bin[]
  readonly outputTokens: Quantiles
  /** From the first call to the last, and the days with calls in between; null when the rows have no times. */
  readonly span: { readonly from: string; readonly to: string; readonly days: number; readonly busyDays: number } | null
  /** Requests in 30 days at the rate of the span; a request that was tried twice, or answered from a cache, counts once. */
  readonly requestsPerMonth: number | null
  /** Share of the input tokens that was read from the provider's cache; null when no row says. */
  readonly promptCacheHitRatio: number | null
  readonly responseCacheHitRatio: number
  /** Further attempts for each request; null when the rows have no request ids. */
  readonly retryRate: number | null
  /** Calls for each conversation; null when the rows have no conversation ids. */
  readonly turns: number | null
  readonly batchShare: number
  /** Of the calls that are no batch; the list price is `default`. */
  readonly serviceTiers: Shares
  readonly slices: { readonly [dimension: string]: Shares }
  readonly models: Shares
}

/** Tokens of all counted calls. */
export function totalOf(bins: readonly Bin[]): Bin {
  const sum = (name: Exclude<keyof Bin, 'low' | 'high'>) => bins.reduce((total, bin) => total + bin[name], 0)
  return {
    calls: sum('calls'),
    input: sum('input'),
    output: sum('output'),
    cached: sum('cached'),
    written5m: sum('written5m'),
    written1h: sum('written1h'),
  }
}

/** Input tokens per call, by the mean of the bin that holds the quantile. */
export function inputQuantiles(bins: readonly Bin[]): Quantiles {
  const { calls, input } = totalOf(bins)
  const at = (p: number) => {
    let seen = 0
    const bin = bins.find((one) => {
      seen += one.calls
      return seen >= p * calls
    })
    return bin === undefined ? 0 : Math.round(bin.input / bin.calls)
  }
  return { p5: at(0.05), p50: at(0.5), p95: at(0.95), mean: Math.round(input / Math.max(1, calls)) }
}
