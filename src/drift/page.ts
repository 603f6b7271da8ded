// index.html of the history branch: one file for people, from Pages or from disk. No request leaves it.

import type { HistoryRecord } from './records.ts'
import type { RegistryEntry } from './registry.ts'

export type PageInput = {
  readonly records: readonly HistoryRecord[]
  readonly registry: readonly RegistryEntry[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

export function pageOf({ records, registry, now }: PageInput): string {
  return `<!doctype html><html lang="en"><title>Drift history</title><p>${records.length} records, ${registry.length} prompts, ${new Date(now).toISOString()}</p></html>\n`
}
