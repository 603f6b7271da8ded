// Writes src/prices/prices.json from @pydantic/genai-prices: exact ids instead of prefixes, integers instead of floats.
// Run by `npm run prices`. The output depends on the installed package and on this file only.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  calcPrice,
  findProvider,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type Provider,
  type TieredPrices,
} from '@pydantic/genai-prices'
import { parseUsd } from '../src/money.ts'
import { priceCandidates, undated } from '../src/prices/ids.ts'
import type { PriceTable, Rates, TableModel, TablePrice, TableProvider } from '../src/prices/table.ts'
import { MOVED_IDS, NOTES, PROVIDERS, REVIEWED, type Reviewed } from './price-review.ts'

/** What a token count of ours can be multiplied with. Anything else (images, pages, hours) drops the model. */
const RATE_KEYS: { readonly [key: string]: keyof Rates } = {
  input_mtok: 'input',
  output_mtok: 'output',
  cache_read_mtok: 'cached',
  cache_write_mtok: 'write5m',
  cache_write_1h_mtok: 'write1h',
  input_audio_mtok: 'audioInput',
  cache_audio_read_mtok: 'audioCached',
  output_audio_mtok: 'audioOutput',
}
const RATE_ORDER = Object.values(RATE_KEYS)
/** Answers that are not text, though the source has a text price for them. */
const NOT_TEXT = /-image|:free$/
/** Billed beside tokens and never part of a text answer's usage. */
const BESIDE_TOKENS = new Set(['web_searches_kcount', 'storage_searches_kcount'])

function picoPerToken(usdPerMtok: number): number {
  const parsed = parseUsd(usdPerMtok)
  if (parsed.state === 'invalid' || parsed.pico % 1_000_000n !== 0n) throw new Error(`no integer price: ${usdPerMtok}`)
  return Number(parsed.pico / 1_000_000n)
}

/** Rates for a request of `input` total tokens; null when the model is billed in something else than tokens. */
function ratesAt(prices: ModelPrice, input: number): Rates | null {
  const found = new Map<keyof Rates, number>()
  for (const [key, value] of Object.entries(prices)) {
    if (value === undefined || BESIDE_TOKENS.has(key)) continue
    const name = RATE_KEYS[key]
    if (!name) return null
    found.set(name, picoPerToken(typeof value === 'number' ? value : tierPrice(value, input)))
  }
  const first = found.get('input')
  if (first === undefined) return null
  return { input: first, ...Object.fromEntries(RATE_ORDER.flatMap((key) => entryOf(key, found.get(key)))) }
}

function entryOf(key: string, value: number | undefined): readonly [string, number][] {
  return value === undefined ? [] : [[key, value]]
}

function tierPrice(tiered: TieredPrices, input: number): number {
  return tiered.tiers.filter((tier) => input > tier.start).at(-1)?.price ?? tiered.base
}

function tablePrices(model: ModelInfo): readonly TablePrice[] | null {
  const conditional = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  const rows: TablePrice[] = []
  for (const { constraint, prices } of conditional) {
    const rates = ratesAt(prices, 0)
    if (!rates) return null
    rows.push({ ...condition(constraint), rates, ...tiersOf(prices) })
  }
  return rows
}

type Constraint = {
  readonly type: string
  readonly start_date?: string
  readonly start_time?: string
  readonly end_time?: string
}

function condition(constraint: Constraint | undefined): Pick<TablePrice, 'from' | 'at'> {
  if (!constraint) return {}
  if (constraint.start_date) return { from: constraint.start_date }
  return { at: [minuteOf(constraint.start_time), minuteOf(constraint.end_time)] }
}

function minuteOf(time: string | undefined): string {
  const found = /^(\d{2}:\d{2}):00Z$/.exec(time ?? '')
  if (!found?.[1]) throw new Error(`time of day not understood: ${time}`)
  return found[1]
}

function tiersOf(prices: ModelPrice): Pick<TablePrice, 'tiers'> {
  const starts = Object.values(prices).flatMap((value) =>
    typeof value === 'object' ? value.tiers.map((tier) => tier.start) : [],
  )
  const tiers = [...new Set(starts)]
    .sort((a, b) => a - b)
    .map((above) => ({ above, rates: ratesAt(prices, above + 1) ?? fail(`tier of ${above}`) }))
  return tiers.length === 0 ? {} : { tiers }
}

function fail(what: string): never {
  throw new Error(what)
}

type Written = { readonly text: string; readonly whole: boolean }

/** The strings of a match rule; `whole` when the rule compares with all of the id. */
function writtenIds(match: MatchLogic): readonly Written[] {
  if ('or' in match) return match.or.flatMap(writtenIds)
  if ('and' in match) return match.and.flatMap(writtenIds)
  if ('equals' in match) return [{ text: match.equals, whole: true }]
  if ('starts_with' in match) return [{ text: match.starts_with, whole: false }]
  if ('contains' in match) return [{ text: match.contains, whole: false }]
  return 'ends_with' in match ? [{ text: match.ends_with, whole: false }] : []
}

/** Prefixes that stop inside a date or a region and are therefore no ids. */
const TORN = /-20\d\d$|-20\d\d-\d\d-\d\d\.ft$|^gpt-4-0$|^ft:gpt-4-0$|-flash-0$/
const REGIONAL = /^(us|eu|jp|au|in|apac|us-gov)\./

/** Ids that a person would write, each checked against the source: it must mean this model there. */
function exactIds(provider: Provider, model: ModelInfo, extra: readonly string[]): readonly string[] {
  const rules = writtenIds(model.match)
  const torn = rules.filter(({ whole }) => !whole).map(({ text }) => text.replace(/[-@]+$/, ''))
  const whole = [...rules.filter((rule) => rule.whole).map(({ text }) => text), model.id.replace(/-$/, ''), ...extra]
  const ids = [...whole, ...torn.filter((id) => !TORN.test(id))].map((id) =>
    id.toLowerCase().replace(/^regional\./, ''),
  )
  return [...new Set(ids)].filter((id) => !REGIONAL.test(id) && means(provider, id, model)).sort()
}

/** Fine-tunes are matched only with the date of their base model. */
function means(provider: Provider, id: string, model: ModelInfo): boolean {
  return modelOf(provider, id.startsWith('ft:') ? `${id}-2024-08-06` : id) === model.id
}

function modelOf(provider: Provider, id: string): string | null {
  return calcPrice({ input_tokens: 1 }, id, { provider })?.model.id ?? null
}

function tableProvider(name: string, reviewed: Reviewed): TableProvider {
  const provider = findProvider({ providerId: reviewed.from }) ?? fail(`no provider ${reviewed.from}`)
  const taken = new Set<string>()
  const models: TableModel[] = []
  for (const model of provider.models.filter(({ id }) => !NOT_TEXT.test(id) && (reviewed.keep?.(id) ?? true))) {
    const prices = tablePrices(model)
    const ids = exactIds(provider, model, reviewed.extra?.[model.id] ?? []).filter((id) => !taken.has(id))
    if (!prices || ids.length === 0) continue
    for (const id of ids) taken.add(id)
    const note = NOTES[`${name}/${model.id}`]
    models.push({ ids, prices, ...(note ? { note } : {}) })
  }
  const moved = moveIds(name, models)
  const multipliers = {
    ...(reviewed.batch && { batch: reviewed.batch }),
    ...(reviewed.flex && { flex: reviewed.flex }),
  }
  return { multipliers, exactOnly: exactOnly(name, moved), fallback: reviewed.fallback ?? [], models: moved }
}

function moveIds(provider: string, models: readonly TableModel[]): readonly TableModel[] {
  return MOVED_IDS.filter((move) => move.provider === provider).reduce((rest, move) => {
    const old = rest.find((model) => model.ids.includes(move.id)) ?? fail(move.id)
    const target = rest.find((model) => model.ids.includes(move.to)) ?? fail(move.to)
    const later = target.prices.map((price) => ({ ...price, from: price.from ?? move.since }))
    const left = rest.map((model) => (model === old ? { ...old, ids: old.ids.filter((id) => id !== move.id) } : model))
    return [...left, { ids: [move.id], prices: [...old.prices, ...later], note: move.note }]
  }, models)
}

function exactOnly(provider: string, models: readonly TableModel[]): readonly string[] {
  const owner = new Map(models.flatMap((model) => model.ids.map((id) => [id, model] as const)))
  const bases = [...owner].flatMap(([id, model]) =>
    priceCandidates(provider, id).flatMap((candidate) => {
      const base = undated(candidate.model)
      return base !== null && owner.has(base) && owner.get(base) !== model ? [base] : []
    }),
  )
  return [...new Set(bases)].sort()
}

/** One model per line: small enough to load, readable in a diff. */
function serialise(table: PriceTable): string {
  const providers = Object.entries(table.providers).map(([name, { models, ...rest }]) => {
    const head = JSON.stringify(rest).slice(0, -1)
    return `"${name}":${head},"models":[\n${models.map((model) => JSON.stringify(model)).join(',\n')}\n]}`
  })
  const { source, asOf, unit } = table
  return `${JSON.stringify({ source, asOf, unit }).slice(0, -1)},"providers":{\n${providers.join(',\n')}\n}}\n`
}

type Source = { readonly version: string; readonly asOf: string }

/** The reviewed table from the installed package. Throws when that is not the reviewed version. */
export function generatePrices(installed: string): string {
  if (installed !== REVIEWED.version) {
    throw new Error(
      `@pydantic/genai-prices ${installed} is not reviewed (${REVIEWED.version} is): npm run prices:refresh proposes it`,
    )
  }
  return proposedPrices(REVIEWED)
}

/** The whole table from the installed package, reviewed or not. */
export function proposedPrices({ version, asOf }: Source): string {
  const providers = Object.entries(PROVIDERS).map(([name, reviewed]) => [name, tableProvider(name, reviewed)] as const)
  return serialise({
    source: `@pydantic/genai-prices ${version}`,
    asOf,
    unit: 'pico-dollars per token',
    providers: Object.fromEntries(providers),
  })
}

export function installedVersion(): string {
  const file = new URL('../node_modules/@pydantic/genai-prices/package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = generatePrices(installedVersion())
  writeFileSync(new URL('../src/prices/prices.json', import.meta.url), text)
  console.log(`src/prices/prices.json: ${Buffer.byteLength(text)} bytes`)
}
