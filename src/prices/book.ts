// Looking a price up: the repository's own first, then the bundled table, else unpriced with the reason.

import type { SideLabel } from '../domain.ts'
import type { LifecycleBook } from '../lifecycle/book.ts'
import { activeAt, type DatedPrice } from './dated.ts'
import { parseModelId, priceCandidates } from './ids.ts'
import type { Multipliers, Price, PriceTable, TableModel, TableProvider } from './table.ts'
import { splitTerms, termsInWords } from './terms.ts'
import { hasPlaces, pricesAt, uplifted, withoutPlace } from './uplift.ts'

export type ModelsMap = { readonly [id: string]: string | { readonly base: string; readonly head: string } }

export type PriceBook = {
  readonly table: PriceTable
  /** Models by provider and id. */
  readonly index: ReadonlyMap<string, ReadonlyMap<string, TableModel>>
  readonly overrides: ReadonlyMap<string, readonly DatedPrice[]>
  readonly models: ModelsMap
  /** When models stop. */
  readonly lifecycle: LifecycleBook
  /** Where calls to Vertex AI go, as far as that is known. */
  readonly vertexLocation?: string
}

export type PriceLookup =
  | {
      readonly state: 'priced'
      readonly price: Price
      /** Whose figure it is, in words. */
      readonly source: string
      readonly asOf: string | null
      readonly note?: string
    }
  | { readonly state: 'unpriced'; readonly why: string }

export type PriceHistory =
  | { readonly state: 'priced'; readonly prices: readonly DatedPrice[] }
  | { readonly state: 'unpriced'; readonly why: string }

/** Where an id without a provider is looked for. Resellers are left out: the same id costs something else there. */
export const FIRST_PARTIES = ['openai', 'anthropic', 'gemini', 'mistral', 'xai', 'deepseek', 'cohere']

/** What an id stands for on a side: its entry in `models:`, else itself. Null when it differs by side and none is given. */
export function mapModel(book: PriceBook, id: string, side?: SideLabel): string | null {
  if (Object.hasOwn(book.models, id)) return chosen(book.models[id] ?? id, side)
  const { plain, terms } = splitTerms(id)
  const mapped = terms !== '' && Object.hasOwn(book.models, plain) ? chosen(book.models[plain] ?? plain, side) : plain
  return mapped === null || terms === '' ? mapped : `${mapped}?${terms}`
}

function chosen(entry: ModelsMap[string], side: SideLabel | undefined): string | null {
  if (typeof entry === 'string') return entry
  if (side) return entry[side]
  return entry.base === entry.head ? entry.base : null
}

/** Price of `provider/model` at a moment. An id that `models:` maps per side must be mapped with `mapModel` first. */
export function priceOf(book: PriceBook, id: string, atMs: number): PriceLookup {
  const history = priceHistory(book, id)
  if (history.state === 'unpriced') return history
  const entry = activeAt(history.prices, atMs)
  if (!entry)
    return { state: 'unpriced', why: `${id} has no price yet on ${new Date(atMs).toISOString().slice(0, 10)}` }
  const { price, source, asOf, note } = entry
  return { state: 'priced', price, source, asOf, ...(note === undefined ? {} : { note }) }
}

/** Every dated price of a model, past and future; the last active one counts. */
export function priceHistory(book: PriceBook, id: string): PriceHistory {
  const mapped = mapModel(book, id)
  if (mapped === null) return { state: 'unpriced', why: `${id} stands for a different model on each side` }
  const listed = splitTerms(mapped).terms === '' ? bundledPrices(book, mapped, mapped !== id) : pricesOnTerms(book, id)
  const own = ownPrices(book, id) ?? ownPrices(book, mapped) ?? []
  if (own.length === 0) return listed
  const before = listed.state === 'priced' ? listed.prices : []
  const { multipliers } = before[0]?.price ?? { multipliers: {} }
  // A price of one's own says nothing of writes by leaving them out: at the rate of plain input they would be too cheap.
  const writes = billsWrites(book, mapped, mapped !== id) ? ({ billsWrites: true } as const) : {}
  const completed = own.map((entry) => ({ ...entry, price: { ...entry.price, multipliers, ...writes } }))
  return { state: 'priced', prices: [...before, ...completed] }
}

/** Whether the table has a price for what is written to the model's cache, whatever terms it is asked on. */
function billsWrites(book: PriceBook, mapped: string, isMapped: boolean): boolean {
  const listed = bundledPrices(book, splitTerms(mapped).plain, isMapped)
  return listed.state === 'priced' && listed.prices.some(({ price }) => (price.rates.write5m ?? 0) > 0)
}

/** The tenth for a place comes on top of whatever the model costs, as factors of batches do; other terms have a price of their own. */
function pricesOnTerms(book: PriceBook, id: string): PriceHistory {
  const elsewhere = withoutPlace(id)
  const history = priceHistory(book, elsewhere ?? splitTerms(id).plain)
  if (history.state === 'unpriced') return history
  if (elsewhere !== null && hasPlaces(mapModel(book, elsewhere) ?? elsewhere))
    return { state: 'priced', prices: uplifted(history.prices) }
  return { state: 'unpriced', why: `no price is known for ${termsInWords(id)}; add ${id} to \`prices:\`` }
}

function ownPrices(book: PriceBook, id: string): readonly DatedPrice[] | undefined {
  const { provider, model } = parseModelId(id)
  // What the model costs is not what it costs on terms.
  const loose =
    provider === null || splitTerms(id).terms !== ''
      ? []
      : priceCandidates(provider, model).map((found) => `${provider}/${found.model}`)
  const keys = [id.trim().toLowerCase(), ...loose]
  return keys.map((key) => book.overrides.get(key)).find((prices) => prices !== undefined)
}

function bundledPrices(book: PriceBook, id: string, isMapped: boolean): PriceHistory {
  const { provider, model } = parseModelId(id)
  const opaque = opaqueReason(id, provider, { isMapped, model })
  if (opaque) return { state: 'unpriced', why: opaque }
  const providers = provider === null ? FIRST_PARTIES : [provider, ...(book.table.providers[provider]?.fallback ?? [])]
  for (const name of providers) {
    const found = findModel(book, name, model)
    if (!found) continue
    const prices = datedPrices(book.table, found, book.table.providers[provider ?? name])
    const isVertex = provider === 'vertex'
    return { state: 'priced', prices: isVertex ? pricesAt(prices, found, book.vertexLocation) : prices }
  }
  return { state: 'unpriced', why: `${id} is not in the price table of ${book.table.asOf}; add it to \`prices:\`` }
}

type Asked = { readonly isMapped: boolean; readonly model: string }

function opaqueReason(id: string, provider: string | null, { isMapped, model }: Asked): string | null {
  const remedy = 'say in models: which model it is'
  if (provider === 'azure' && !isMapped) return `${id} is a deployment name; ${remedy}`
  return model.startsWith('arn:') ? `${id} does not name its model; ${remedy}` : null
}

function findModel(book: PriceBook, provider: string, model: string): TableModel | undefined {
  const models = book.index.get(provider)
  const exactOnly = book.table.providers[provider]?.exactOnly ?? []
  return priceCandidates(provider, model)
    .filter((candidate) => !candidate.dated || !exactOnly.includes(candidate.model))
    .map((candidate) => models?.get(candidate.model))
    .find((found) => found !== undefined)
}

function datedPrices(table: PriceTable, model: TableModel, provider: TableProvider | undefined): readonly DatedPrice[] {
  const multipliers: Multipliers = provider?.multipliers ?? {}
  return model.prices.map((row) => ({
    fromMs: row.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(`${row.from}T00:00:00Z`),
    ...(row.at ? { minutes: [minuteOfDay(row.at[0]), minuteOfDay(row.at[1])] as const } : {}),
    price: { rates: row.rates, tiers: row.tiers ?? [], multipliers },
    source: table.source,
    asOf: table.asOf,
    ...(model.note === undefined ? {} : { note: model.note }),
  }))
}

function minuteOfDay(time: string): number {
  const [hours = '', minutes = ''] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** Models by provider and id, for a table. */
export function indexTable(table: PriceTable): PriceBook['index'] {
  const entries = Object.entries(table.providers).map(([name, { models }]) => {
    const byId = models.flatMap((model) => model.ids.map((id) => [id, model] as const))
    return [name, new Map(byId)] as const
  })
  return new Map(entries)
}
