// One call of production as an export tells it. Data only; no texts.

export type RowTokens = {
  /** In all, with what was read from or written to the cache. */
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly written5m: number
  readonly written1h: number
}

export type CallRow = {
  readonly atMs: number | null
  readonly model: string | null
  /** Null when the export gives no counts for it: such a call costs something that is not known, never 0. */
  readonly tokens: RowTokens | null
  readonly tier: string | null
  readonly batch: boolean
  /** It ended in an error. Without counts it was not billed. */
  readonly failed: boolean
  /** Answered by a cache of one's own: no model was called. */
  readonly fromCache: boolean
  /** The same for every attempt at one request. */
  readonly requestId: string | null
  readonly conversationId: string | null
  readonly route: string | null
  readonly labels: { readonly [dimension: string]: string }
}

/** `other`: part of the export and no call of a model, such as a span of a tool. */
export type ReadRow =
  | { readonly state: 'call'; readonly row: CallRow }
  | { readonly state: 'other' }
  | { readonly state: 'wrong'; readonly why: string }

export const OTHER: ReadRow = { state: 'other' }
