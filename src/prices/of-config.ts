// The price book that a configuration asks for, where its calls go.

import type { Config } from '../config/config.ts'
import type { LifecycleBook } from '../lifecycle/book.ts'
import type { Environment } from '../ports.ts'
import type { PriceBook } from './book.ts'
import { loadPrices } from './index.ts'
import { vertexLocation } from './vertex-location.ts'

/** @param lifecycle with the configuration's own feeds; without it what is built in */
export function pricesOf(
  { prices, models, providers }: Pick<Config, 'prices' | 'models' | 'providers'>,
  environment: Environment,
  lifecycle?: LifecycleBook,
): Promise<PriceBook> {
  return loadPrices(prices, models, lifecycle, vertexLocation(providers.vertex, environment))
}
