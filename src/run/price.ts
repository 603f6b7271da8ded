// What a call costs, at the prices of the run's date.

import type { Answer, Request, Usage } from '../domain.ts'
import { parseUsd } from '../money.ts'
import { type PriceBook, type PriceLookup, priceOf } from '../prices/book.ts'
import { costOfUsage } from '../prices/cost-of-usage.ts'
import { given, textAt } from '../targets/outside.ts'
import type { Price } from './budget.ts'

/** Null for an unpriced model or usage that cannot be priced. Applications pay for themselves: their price is not ours to see. */
/** @param isBatched whose calls go into batches, at the batch price */
export function createPricer(
  book: PriceBook,
  atMs: number,
  isBatched: (provider: string) => boolean = () => false,
): Price {
  const known = new Map<string, PriceLookup>()
  return (usage: Usage, request: Request, served?: string) => {
    if (request.kind === 'echo' || request.kind === 'replay') return 0n
    const reported = reportedPico(usage, request)
    if (reported !== null) return reported
    const id = request.endpoint === 'application' ? (request.model ?? '') : `${request.provider}/${request.model ?? ''}`
    const found = known.get(id) ?? priceOf(book, id, atMs)
    known.set(id, found)
    if (found.state !== 'priced') return null
    const tier = served ?? requestedTier(request)
    const cost = costOfUsage(found.price, usage, { batch: isBatched(request.provider), ...given({ tier }) })
    return cost.state === 'costed' ? cost.pico : null
  }
}

/** As a request names it to OpenAI, Anthropic and Groq, to Gemini, or to Bedrock; undefined when it leaves it open. */
export function requestedTier({ parameters }: Request): string | undefined {
  return (
    textAt(parameters, 'service_tier') ?? textAt(parameters, 'serviceTier') ?? textAt(parameters, 'serviceTier', 'type')
  )
}

/** OpenRouter's own figure counts before the table: which of its providers answered, and at which price, only it knows. */
function reportedPico({ reportedUsd }: Usage, { provider }: Request): bigint | null {
  const parsed = provider === 'openrouter' && reportedUsd !== undefined ? parseUsd(reportedUsd) : null
  return parsed?.state === 'ok' ? parsed.pico : null
}

/** What the calls behind an answer cost together; null as soon as one is not known. */
export function costOfAnswer({ usage, calls, serviceTier }: Answer, request: Request, pricer: Price): bigint | null {
  if (calls === undefined) return usage === undefined ? null : pricer(usage, request, serviceTier)
  return calls
    .filter((call) => call.failure === undefined)
    .reduce<bigint | null>((sum, { usage: used, provider, model }) => {
      const cost =
        used === undefined ? null : pricer(used, { ...request, kind: 'model', endpoint: 'chat', provider, model })
      return sum === null || cost === null ? null : sum + cost
    }, 0n)
}
