// When a model stops, by whom it is reached: the repository's feeds first, then our own table. An id that nobody lists is not
// known to stop, which is no promise that it stays.

import { describeModel } from '../prices/describe.ts'
import { innerName, parseModelId, priceCandidates } from '../prices/ids.ts'
import type { Lifecycle } from '../prices/lifecycle.ts'

/** What a feed says of an id through a channel. `end` is null where it says that nothing is scheduled. */
export type FeedEntry = {
  readonly end: Lifecycle | null
  /** Path of the feed. */
  readonly feed: string
  /** Shortest notice that the publisher promises. */
  readonly noticeDays: number | null
}

/** By channel and id in lower case: `openai/gpt-4.1`, `azure/gpt-4.1`. */
export type LifecycleBook = { readonly feeds: ReadonlyMap<string, FeedEntry> }

/** Our own table alone. */
export const BUILT_IN: LifecycleBook = { feeds: new Map() }

export type KnownEnd = {
  readonly end: Lifecycle
  /**
   * Whose clock it is: that of the channel through which the model is reached, or only that of its publisher, while the
   * channel may keep the model longer or shorter.
   */
  readonly clock: 'channel' | 'publisher'
  readonly channel: string | null
  readonly noticeDays: number | null
  /** The feed that says so and what our own table says instead, where the two differ. */
  readonly conflict: { readonly feed: string; readonly ours: Lifecycle | null } | null
}

/** `stands` is what `models:` says that a deployment is; the id itself otherwise. */
export type Reached = { readonly id: string; readonly stands?: string }

/** Null when no end is known, or a feed says that none is scheduled. */
export function endOf(book: LifecycleBook, reached: Reached): KnownEnd | null {
  return look(book, reached).end
}

/** A feed that takes back an end that our own table has: said, since the feed counts. */
export function takenBack(
  book: LifecycleBook,
  reached: Reached,
): { readonly feed: string; readonly ours: Lifecycle } | null {
  const { entry, ours } = look(book, reached)
  return entry !== null && entry.end === null && ours !== null ? { feed: entry.feed, ours } : null
}

type Looked = { readonly entry: FeedEntry | null; readonly ours: Lifecycle | null; readonly end: KnownEnd | null }

function look({ feeds }: LifecycleBook, { id, stands = id }: Reached): Looked {
  const { channel, publisher, names } = wayTo(id, stands)
  const find = (through: string | null) =>
    names.map((name) => feeds.get(`${through}/${name}`)).find((found) => found !== undefined) ?? null
  const direct = find(channel)
  const isOwn = channel === publisher || PASSES_ON.has(channel ?? '')
  const entry = direct ?? find(publisher)
  const ours =
    names.map((name) => describeModel(`${publisher}/${name}`).lifecycle).find((found) => found !== null) ?? null
  const end = entry === null ? ours : entry.end
  if (end === null) return { entry, ours, end: null }
  const differs = entry !== null && (direct !== null ? isOwn : true) && !sameEnd(end, ours)
  const known: KnownEnd = {
    end,
    clock: direct !== null || isOwn ? 'channel' : 'publisher',
    channel,
    noticeDays: entry?.noticeDays ?? null,
    conflict: differs && ours !== null && entry !== null ? { feed: entry.feed, ours } : null,
  }
  return { entry, ours, end: known }
}

const sameEnd = (a: Lifecycle, b: Lifecycle | null) =>
  a.shutdown === b?.shutdown && a.precision === b.precision && a.tentative === b.tentative

/** Routers: a model that its publisher stops is gone there at the same moment. */
const PASSES_ON: ReadonlySet<string> = new Set(['openrouter'])

type Way = { readonly channel: string | null; readonly publisher: string | null; readonly names: readonly string[] }

/** Through whom an id reaches a model, whose the model is, and under which names feeds and tables may list it. */
function wayTo(id: string, stands: string): Way {
  const described = describeModel(stands)
  // A deployment may be called like a model and be another one.
  if (described.pin === 'opaque' && described.provider === 'azure')
    return { channel: 'azure', publisher: null, names: [] }
  const channel = parseModelId(id).provider ?? described.provider
  const inner = innerName(described.model)
  const spelled = priceCandidates(described.provider ?? '', described.model).flatMap((one) =>
    one.dated ? [] : [one.model],
  )
  const names = [...new Set([...spelled.slice(0, 1), described.model, inner, inner.replace(/@(?=\d{8}$)/, '-')])]
  const owner = describeModel(inner).provider
  return { channel, publisher: owner ?? described.provider, names }
}
