// The shape of prices.json (written by scripts/prices.ts) and of a price once looked up. Rates are pico-dollars per token.

/** A missing rate is unknown, not free. `cached` and `write5m` fall back to `input`: providers without them bill so. */
export type Rates = {
  readonly input: number
  readonly output?: number
  readonly cached?: number
  readonly write5m?: number
  readonly write1h?: number
  readonly audioInput?: number
  readonly audioCached?: number
  readonly audioOutput?: number
}

/** From the first token over `above` total input tokens, every token of the request pays `rates` (a cliff, no slices). */
export type PriceTier = { readonly above: number; readonly rates: Rates }

/** Factor on the standard price as an exact fraction. `assumed` when the provider publishes no figure per model. */
export type Multiplier = { readonly num: number; readonly den: number; readonly assumed: boolean }
export type Multipliers = { readonly batch?: Multiplier; readonly flex?: Multiplier }

export type Price = {
  readonly rates: Rates
  readonly tiers: readonly PriceTier[]
  readonly multipliers: Multipliers
  /** What is written to the cache is billed at rates of its own: without a `write5m` it is unknown, and not plain input. */
  readonly billsWrites?: true
}

/** A price from a day on (UTC, `YYYY-MM-DD`), or at a time of each day (`HH:MM`, start inclusive, end exclusive). */
export type TablePrice = {
  readonly from?: string
  readonly at?: readonly [string, string]
  readonly rates: Rates
  readonly tiers?: readonly PriceTier[]
}

export type TableModel = {
  /** Every id that means this model, lower case. Dated snapshots beyond them are found by the dated-suffix rule. */
  readonly ids: readonly string[]
  /** In order; the last one that is active at a moment counts. */
  readonly prices: readonly TablePrice[]
  /** What a reader should know about the figure (sources disagree, alias moved). */
  readonly note?: string
}

export type TableProvider = {
  readonly multipliers: Multipliers
  /** Ids whose dated snapshots have had different prices: an unknown date of theirs stays unpriced. */
  readonly exactOnly: readonly string[]
  /** Where an id is looked up next, when this provider resells models at the list price of others. */
  readonly fallback: readonly string[]
  readonly models: readonly TableModel[]
}

export type PriceTable = {
  readonly source: string
  readonly asOf: string
  readonly unit: 'pico-dollars per token'
  readonly providers: { readonly [provider: string]: TableProvider }
}
