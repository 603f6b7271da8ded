// The same text twice in one request is paid twice; the same text in most requests, behind what differs, is paid in full where
// the prompt cache could serve it.

import { type Stretch, textOf, type Wire } from '../../plan/wire.ts'
import { formatCount, plural } from '../../report/numbers.ts'
import { countTokens } from '../token-count.ts'
import { billedCost, cacheable, cachedCost, costOf, fresh, pairOf } from './billed.ts'
import type { Idea, LeverCase, LeverSet, PricedCall, Traffic } from './lever.ts'

/** Shorter text repeats by nature. */
const LEAST_TOKENS = 50
const MOST_CASES = 0.8
const FEWEST_WIRES = 3
/** Of one request; what lies beyond is not looked at. */
const MOST_BLOCKS = 500
const MOST_TEXT = 200_000

type Block = {
  readonly text: string
  readonly tokens: number
  readonly origin: string
  readonly at: number
  readonly isOfCase: boolean
}

/** Paragraphs of what is said in the request, in order. */
function blocksOf(wire: Wire): readonly Block[] {
  const blocks: Block[] = []
  let start = 0
  for (const stretch of wire) {
    if (stretch.kind !== 'frame' && stretch.kind !== 'tools') blocks.push(...paragraphs(stretch, start))
    start += stretch.text.length
    if (start > MOST_TEXT || blocks.length > MOST_BLOCKS) break
  }
  return blocks.slice(0, MOST_BLOCKS)
}

function paragraphs({ text, origin, kind }: Stretch, start: number): readonly Block[] {
  let at = start
  return text
    .slice(0, MOST_TEXT)
    .split(/(\n[ \t]*\n)/)
    .flatMap((part): Block[] => {
      const from = at
      at += part.length
      const plain = part.trim().replace(/\s+/g, ' ')
      // Four characters a token at most: what is shorter need not be counted.
      if (plain.length < LEAST_TOKENS) return []
      const tokens = countTokens(plain)
      const isOfCase = kind === 'variable' || kind === 'history'
      return tokens < LEAST_TOKENS ? [] : [{ text: plain, tokens, origin, at: from, isOfCase }]
    })
}

type Seen = { readonly tokens: number; readonly origins: ReadonlySet<string> }

/** Tokens of a request that stand in it already. */
function repeatedIn(wire: Wire): Seen {
  const first = new Map<string, Block>()
  const origins = new Set<string>()
  let tokens = 0
  for (const block of blocksOf(wire)) {
    const known = first.get(block.text)
    if (known === undefined) first.set(block.text, block)
    else {
      tokens += block.tokens
      origins.add(known.origin)
      origins.add(block.origin)
    }
  }
  return { tokens, origins }
}

export function repeatedContext(set: LeverSet, traffic: Traffic): readonly Idea[] {
  return [twice(set, traffic), inMost(set, traffic)].filter((idea) => idea !== null)
}

function twice(set: LeverSet, traffic: Traffic): Idea | null {
  const seen = new Map(set.wires.map(({ caseId, wire }) => [caseId, repeatedIn(wire)]))
  const hit = [...seen.values()].filter(({ tokens }) => tokens > 0)
  if (hit.length === 0) return null
  const scaled = (caseId: string) => Math.round((seen.get(caseId)?.tokens ?? 0) * set.scale)
  const pairs = pairsOf(set, seen, traffic, {
    now: ({ price, usage }) => costOf(price, fresh(usage)),
    after: ({ price, usage }, { caseId }) =>
      costOf(price, { ...fresh(usage), input: Math.max(0, usage.input - scaled(caseId)) }),
  })
  const mean = hit.reduce((sum, { tokens }) => sum + tokens * set.scale, 0) / hit.length
  const origins = [...new Set(hit.flatMap((one) => [...one.origins]))]
  return {
    kind: 'repeated-context',
    message: `The same text stands twice in the request (${origins.slice(0, 3).join(' and ')}): about ${formatCount(Math.round(mean))} tokens are paid again. Send it once.`,
    evidence: [`seen in ${hit.length} of ${plural(seen.size, 'rendered request')}`],
    pairs,
  }
}

function inMost(set: LeverSet, traffic: Traffic): Idea | null {
  const { shared, wires } = set
  if (shared === null || wires.length < FEWEST_WIRES) return null
  const from = commonLength(wires.map(({ wire }) => textOf(wire)))
  const found = new Map<string, { block: Block; cases: Set<string> }>()
  for (const { caseId, wire } of wires) {
    for (const block of blocksOf(wire)) {
      if (!block.isOfCase || block.at < from) continue
      const known = found.get(block.text) ?? { block, cases: new Set<string>() }
      known.cases.add(caseId)
      found.set(block.text, known)
    }
  }
  const common = [...found.values()].filter(({ cases }) => cases.size >= MOST_CASES * wires.length)
  if (common.length === 0) return null
  const tokens = common.reduce((sum, { block }) => sum + block.tokens * set.scale, 0)
  const [before, possible] = [cacheable(shared.tokens, set), cacheable(shared.tokens + tokens, set)]
  if (possible === 0) return null
  const { ratio, how } = traffic.hit
  const seen = new Map(wires.map(({ caseId }) => [caseId, true]))
  const pairs = pairsOf(set, seen, traffic, {
    now: (call) => cachedCost(call, before, ratio),
    after: (call) => cachedCost(call, possible, ratio),
  })
  const origins = [...new Set(common.map(({ block }) => block.origin))]
  const least = Math.min(...common.map(({ cases }) => cases.size))
  return {
    kind: 'repeated-context',
    message: `${origins.slice(0, 3).join(' and ')} brings the same ${formatCount(Math.round(tokens))} tokens to most requests, behind what differs. At the front, as part of the fixed text, the prompt cache serves them.`,
    evidence: [`the same in at least ${least} of ${plural(wires.length, 'rendered request')}`, `cache hits: ${how}`],
    pairs,
  }
}

type Ways = {
  now(call: PricedCall): number | null
  after(call: PricedCall, one: LeverCase): number | null
}

/** Of the cases whose requests were looked at. */
function pairsOf(set: LeverSet, seen: ReadonlyMap<string, unknown>, traffic: Traffic, { now, after }: Ways) {
  return set.cases.flatMap((one) => {
    if (!seen.has(one.caseId)) return []
    const pair = pairOf(one, {
      now,
      after: (call) => after(call, one),
      billed: (call) => billedCost(call, set, traffic),
    })
    return pair === null ? [] : [pair]
  })
}

function commonLength([first = '', ...rest]: readonly string[]): number {
  return rest.reduce((most, text) => {
    let at = 0
    while (at < most && at < text.length && text.charCodeAt(at) === first.charCodeAt(at)) at += 1
    return at
  }, first.length)
}
