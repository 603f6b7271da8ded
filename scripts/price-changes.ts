// What differs between two price tables, for the person who reviews a refresh. Ids come from a package: they are data, and are
// shown as code.

import { formatUsd } from '../src/money.ts'
import type { PriceTable, Rates, TableModel, TablePrice, TableProvider } from '../src/prices/table.ts'
import { markdownCode } from '../src/report/escape.ts'

export type PriceChanges = {
  readonly changed: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Factors, ids that need their exact date, providers. */
  readonly rules: readonly string[]
}

export function priceChanges(before: PriceTable, after: PriceTable): PriceChanges {
  const names = [...new Set([...Object.keys(before.providers), ...Object.keys(after.providers)])]
  const each = names.map((name) => ofProvider(name, before.providers[name] ?? NONE, after.providers[name] ?? NONE))
  const all = (part: keyof PriceChanges) => each.flatMap((one) => one[part])
  return { changed: all('changed'), added: all('added'), removed: all('removed'), rules: all('rules') }
}

const NONE: TableProvider = { multipliers: {}, exactOnly: [], fallback: [], models: [] }

function ofProvider(name: string, before: TableProvider, after: TableProvider): PriceChanges {
  const [old, now] = [byId(before), byId(after)]
  const title = (id: string) => markdownCode(`${name}/${id}`)
  const changed = [...now].flatMap(([id, model]) => {
    const was = old.get(id)
    return was === undefined || pricesText(was) === pricesText(model)
      ? []
      : [`${title(id)}: ${pricesText(was)} → ${pricesText(model)}`]
  })
  return {
    changed,
    added: [...now].flatMap(([id, model]) => (old.has(id) ? [] : [`${title(id)}: ${pricesText(model)}`])),
    removed: [...old].flatMap(([id, model]) => (now.has(id) ? [] : [`${title(id)}: ${pricesText(model)}`])),
    rules: rulesOf(name, before, after),
  }
}

const byId = ({ models }: TableProvider): ReadonlyMap<string, TableModel> =>
  new Map(models.flatMap((model) => model.ids.map((id) => [id, model] as const)))

/** `2 in, 8 out, 0.5 cached; from 2026-08-21 4 in, 20 out`, in USD per million tokens. */
function pricesText({ prices }: TableModel): string {
  return prices.map((price) => `${condition(price)}${ratesText(price.rates)}${tiersText(price)}`).join('; ')
}

function condition({ from, at }: TablePrice): string {
  return `${from === undefined ? '' : `from ${from} `}${at === undefined ? '' : `from ${at[0]} to ${at[1]} UTC `}`
}

const RATE_WORDS: { readonly [rate in keyof Rates]-?: string } = {
  input: 'in',
  output: 'out',
  cached: 'cached',
  write5m: 'cache write',
  write1h: '1-hour cache write',
  audioInput: 'audio in',
  audioCached: 'audio cached',
  audioOutput: 'audio out',
}

function ratesText(rates: Rates): string {
  const words = Object.entries(rates).map(
    ([name, pico]) => `${formatUsd(BigInt(pico) * 1_000_000n)} ${RATE_WORDS[name as keyof Rates]}`,
  )
  return words.join(', ')
}

function tiersText({ tiers = [] }: TablePrice): string {
  return tiers.map(({ above, rates }) => `, above ${above} tokens ${ratesText(rates)}`).join('')
}

function rulesOf(name: string, before: TableProvider, after: TableProvider): readonly string[] {
  const factors = (['batch', 'flex'] as const).flatMap((factor) => {
    const [was, is] = [before, after].map((one) => JSON.stringify(one.multipliers[factor] ?? null))
    return was === is ? [] : [`${markdownCode(name)}: factor of ${factor} ${was} → ${is}`]
  })
  const exact = after.exactOnly.filter((id) => !before.exactOnly.includes(id))
  const loose = before.exactOnly.filter((id) => !after.exactOnly.includes(id))
  return [
    ...factors,
    ...exact.map(
      (id) => `${markdownCode(`${name}/${id}`)}: dated snapshots now differ, so that an unknown date is unpriced`,
    ),
    ...loose.map((id) => `${markdownCode(`${name}/${id}`)}: dated snapshots no longer differ`),
  ]
}

export type Refresh = {
  readonly before: PriceTable
  readonly after: PriceTable
  /** Outcome of the price tests on the new table. */
  readonly tests: string | undefined
}

/** GitHub cuts a body at 65,536 characters. */
const BODY_LINES = 250

/** The body of the pull request: what to look at, most important first. */
export function refreshBody({ before, after, tests }: Refresh): string {
  const { changed, added, removed, rules } = priceChanges(before, after)
  const parts = [
    `The price table from ${markdownCode(after.source)} (as of ${after.asOf}), where it was ${markdownCode(before.source)} (as of ${before.asOf}). USD per million tokens.`,
    section('Prices that change', changed, 'Hold these against the page of the provider.'),
    section('Ids that go', removed, 'They become unpriced: cost gates of repositories that use them fail.'),
    section('Rules', rules, 'Factors and dated snapshots.'),
    section('New ids', added, 'Look for aliases that mean something else at the provider.'),
    `#### To do\n\n${[
      '- [ ] `MOVED_IDS` and `NOTES` in `scripts/price-review.ts` still hold.',
      '- [ ] Factors marked `assumed` are still not published.',
      '- [ ] Models that stop are in `src/prices/lifecycle.ts`.',
      `- [ ] Price tests on this table: ${tests ?? 'not run'}. Pull requests of a workflow start no other workflow: close and reopen this one to run CI.`,
    ].join('\n')}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function section(title: string, lines: readonly string[], hint: string): string {
  if (lines.length === 0) return ''
  const shown = lines.slice(0, BODY_LINES).map((line) => `- ${line.slice(0, 400)}`)
  const more =
    lines.length > BODY_LINES ? [`- and ${lines.length - BODY_LINES} more: see the diff of \`prices.json\``] : []
  return `#### ${title} (${lines.length})\n\n${hint}\n\n${[...shown, ...more].join('\n')}`
}
