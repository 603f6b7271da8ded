// What a route really cost in a stretch of time. Data only.

/**
 * `billed`: money as the provider charged it. `list-price`: its token counts at the prices of the table. `profile`: modelled
 * from a refreshed traffic profile.
 */
export type ActualSource = 'billed' | 'list-price' | 'profile'

export type Actual = {
  readonly route: string
  /** Milliseconds since the epoch; the end is exclusive. */
  readonly fromMs: number
  readonly toMs: number
  /** Decimal USD of the whole stretch. */
  readonly usd: string
  /** Null = not known. */
  readonly requests: number | null
  readonly source: ActualSource
  /** File it was read from. */
  readonly path: string
}
