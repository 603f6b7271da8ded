// A feed of model ends in the format model-eol/0.1. The file is hostile until it has passed here. The format grows within its
// version: keys and words that we do not know are let through, and a date of unknown precision is no scheduled end.

import { checkerFor } from '../config/validate.ts'
import { type ParsedFile, parseYaml } from '../config/yaml.ts'
import { type Problem, UserError } from '../errors.ts'
import { parseModelId } from '../prices/ids.ts'
import type { Lifecycle } from '../prices/lifecycle.ts'
import type { FeedEntry } from './book.ts'

// The shape that the schema has checked.
type Feed = {
  readonly publisher: string
  readonly generated: string
  readonly source?: string
  readonly policy?: { readonly min_notice_days?: number }
  readonly models: readonly Model[]
}
type Clock = {
  readonly announced?: string
  readonly shutdown?: string
  readonly date_precision?: string
  readonly source?: string
}
type Model = Clock & {
  readonly id: string
  readonly aliases?: readonly string[]
  readonly replacement?: string
  readonly distributions?: readonly (Clock & { readonly via: string; readonly status?: string })[]
}

/** Entries by channel and id, with the place of each. Throws a UserError with every problem found. */
export async function readFeed(path: string, text: string): Promise<ReadonlyMap<string, FeedEntry>> {
  const parsed = parseYaml(path, text)
  if (!parsed.ok) throw failure(parsed.problems)
  const problems = (await checkerFor('lifecycle'))(parsed.file)
  if (problems.length > 0) throw failure(problems)
  const feed = parsed.file.value as unknown as Feed
  const wrong = [...clockProblems(feed, parsed.file), ...doubleProblems(feed, parsed.file)]
  if (wrong.length > 0) throw failure(wrong)
  return new Map(feed.models.flatMap((model) => entriesOf(model, feed, path)))
}

function failure(problems: readonly Problem[]): UserError {
  const [first, ...rest] = problems
  return new UserError(first ?? { what: 'The feed cannot be read.', remedy: 'Correct it.' }, ...rest)
}

function entriesOf(model: Model, feed: Feed, path: string): readonly (readonly [string, FeedEntry])[] {
  const noticeDays = feed.policy?.min_notice_days ?? null
  const publisher = providerOf(feed.publisher)
  const names = [model.id, ...(model.aliases ?? [])]
  const through = [{ ...model, via: publisher }, ...(model.distributions ?? [])]
  return through.flatMap(({ via, ...clock }) => {
    const provider = providerOf(via)
    const ends = endFrom(clock, { model, feed, provider })
    return names.map((name) => [`${provider}/${bareName(name)}`, { end: ends, feed: path, noticeDays }] as const)
  })
}

const CHANNELS: { readonly [channel: string]: string } = {
  'azure-ai-foundry': 'azure',
  'azure-openai': 'azure',
  'aws-bedrock': 'bedrock',
  'vertex-ai': 'vertex',
  amazon: 'bedrock',
}

/** Our prefix for a publisher or a channel. */
function providerOf(name: string): string {
  const lower = name.trim().toLowerCase()
  return CHANNELS[lower] ?? parseModelId(`${lower}/x`).provider ?? lower
}

/** Ids as they are sent, without a provider in front. */
function bareName(id: string): string {
  return parseModelId(id).model
}

type Around = { readonly model: Model; readonly feed: Feed; readonly provider: string }

function endFrom(clock: Clock, { model, feed, provider }: Around): Lifecycle | null {
  const { shutdown, date_precision: precision = 'exact', source } = clock
  if (shutdown === undefined) return null
  return {
    ids: [model.id, ...(model.aliases ?? [])],
    provider,
    shutdown,
    precision: precision === 'exact' ? 'exact' : 'earliest',
    ...(precision === 'exact' || precision === 'earliest' ? {} : { tentative: true as const }),
    ...(model.replacement === undefined ? {} : { replacement: model.replacement }),
    source: source ?? model.source ?? feed.source ?? `${feed.publisher} feed of ${feed.generated.slice(0, 10)}`,
  }
}

/** Days that are no days, and an end before its announcement. */
function clockProblems({ models }: Feed, file: ParsedFile): readonly Problem[] {
  return models.flatMap((model, index) => [
    ...clockProblem(model, (key) => file.place(['models', index, key])),
    ...(model.distributions ?? []).flatMap((one, at) =>
      clockProblem(one, (key) => file.place(['models', index, 'distributions', at, key])),
    ),
  ])
}

function clockProblem(clock: Clock, place: (key: string) => Problem['place'] & object): readonly Problem[] {
  const { announced, shutdown } = clock
  const unreal = (['announced', 'shutdown'] as const).flatMap((key) => {
    const day = clock[key]
    if (day === undefined || isDay(day)) return []
    return [
      {
        what: `"${key}" is "${day}", which is no day of the calendar.`,
        expected: 'a day such as 2026-11-28',
        remedy: 'Correct the date.',
        place: place(key),
      },
    ]
  })
  if (unreal.length > 0 || announced === undefined || shutdown === undefined || announced <= shutdown) return unreal
  return [
    {
      what: `"shutdown" (${shutdown}) is before "announced" (${announced}).`,
      remedy: 'Correct one of the two.',
      place: place('shutdown'),
    },
  ]
}

function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day)
}

/** A name or a channel that stands there twice would let the order of the file decide. */
function doubleProblems({ models }: Feed, file: ParsedFile): readonly Problem[] {
  const seen = new Map<string, string>()
  return models.flatMap((model, index): Problem[] => {
    const names = [model.id, ...(model.aliases ?? [])].map((name) => name.toLowerCase())
    const twice = names.filter((name, at) => seen.has(name) || names.indexOf(name) !== at)
    for (const name of names) seen.set(name, model.id)
    const channels = (model.distributions ?? []).map(({ via }) => providerOf(via))
    const doubled = channels.filter((via, at) => channels.indexOf(via) !== at)
    const place = file.place(['models', index])
    return [
      ...twice.map((name) => ({
        what: `The id or alias "${name.slice(0, 200)}" stands there twice.`,
        remedy: 'Keep one of the two.',
        place,
      })),
      ...doubled.map((via) => ({
        what: `"${model.id}" has two distributions through ${via}.`,
        remedy: 'Keep one of the two.',
        place,
      })),
    ]
  })
}
