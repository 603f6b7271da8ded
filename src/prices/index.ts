// The price book of a run. The table is loaded on demand: a start that prices nothing does not pay for it.

import type { PriceOverride } from '../config/config.ts'
import { BUILT_IN, type LifecycleBook } from '../lifecycle/book.ts'
import { given } from '../targets/outside.ts'
import { indexTable, type ModelsMap, type PriceBook } from './book.ts'
import { overridePrices } from './overrides.ts'
import type { PriceTable } from './table.ts'

/**
 * Bundled table, the repository's `prices:` over it, its `models:` map and its feeds of model ends, and where its calls to
 * Vertex AI go. Throws a UserError for a bad override.
 */
export async function loadPrices(
  overrides: readonly PriceOverride[] = [],
  models: ModelsMap = {},
  lifecycle: LifecycleBook = BUILT_IN,
  vertexLocation?: string,
): Promise<PriceBook> {
  const file = await import('./prices.json', { with: { type: 'json' } })
  // JSON types have no unions and no optional keys; the generator's test checks the shape.
  const table = file.default as unknown as PriceTable
  return {
    table,
    index: indexTable(table),
    overrides: overridePrices(overrides),
    models,
    lifecycle,
    ...given({ vertexLocation }),
  }
}
