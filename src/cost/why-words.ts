// Cache breaks and vocabularies in words, with their money.

import { formatCount, formatUsd } from '../report/numbers.ts'
import type { Usd } from '../report/report.ts'
import type { CacheBreak } from './cache-breaks.ts'
import type { Cause } from './prefix-change.ts'
import type { TokenizerChange } from './token-scale.ts'

/** What it is, and what it costs. The place in the template is left out where it is shown beside. */
export function cacheSentence(found: CacheBreak, { places = true }: { readonly places?: boolean } = {}): string {
  const { change } = found
  const causeText = (cause: Cause) => causeWords(cause, places)
  switch (change.kind) {
    case 'refill':
      return `${REFILL[change.why]}: the prompt cache is filled once again, ${formatCount(change.tokens)} tokens, ${formatUsd(found.usd)} once for each of its live entries`
    case 'shorter':
      return `the prompt cache no longer serves ${formatCount(change.lost)} tokens of each request: ${causeText(change.end)} now stands ahead of them. ${costText(found)}${seenText(found)}`
    case 'below-minimum':
      return `the requests share ${formatCount(change.lost)} tokens from the start, and ${found.model} caches nothing below ${formatCount(change.minimum)}: the prompt cache is off. ${costText(found)}`
    case 'volatile':
      return `${causeText(change.end)} ${VOLATILE[change.changes]}, stands in what the requests share, and is the same in all cases of the set. In production it would take ${formatCount(change.lost)} tokens out of the prompt cache${change.changes === 'daily' ? ' once a day' : ''}. ${change.changes === 'daily' ? '' : costText(found, 'would cost')}`.trimEnd()
  }
}

const REFILL = {
  text: 'the text that all requests share from the start changed',
  tools: 'the same tools are declared in another order',
  model: 'another model starts with an empty cache',
} as const

const VOLATILE = {
  'per request': 'looks as if it differed from request to request',
  daily: 'looks as if it differed from day to day',
} as const

function causeWords({ name, kind, place }: Cause, places: boolean): string {
  const at = place === null || !places ? '' : ` (${place.path}${place.line === undefined ? '' : `:${place.line}`})`
  if (kind === 'history') return 'the history of the conversation'
  return name === null ? 'text of the template that differs from case to case' : `\`${name}\`${at}`
}

function costText({ usd, month, evalSet }: CacheBreak, verb = 'costs'): string {
  if (month === null) return `That ${verb} ${formatUsd(usd)} for each request that the cache served`
  const route = month.route === evalSet ? '' : ` on route ${month.route}`
  const { hitRatio } = month
  const read =
    hitRatio === 'profile'
      ? 'with as much read from the cache as its profile shows'
      : `${Number((hitRatio * 100).toFixed(1))} % of prefixes read from the cache`
  return `That ${verb} ${formatUsd(month.usd)} a month${route} (${read})`
}

function seenText({ seen }: CacheBreak): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`
  return seen === null
    ? ''
    : `. In this run the cache served ${percent(seen.base)} of the base's input, and ${percent(seen.head)} of the head's`
}

export function vocabularySentence(
  { ratio, provenance, cases }: TokenizerChange,
  { base, head, usd }: { readonly base: string; readonly head: string; readonly usd: Usd },
): string {
  const percent = `${Math.abs((ratio - 1) * 100).toFixed(0)} % ${ratio > 1 ? 'more' : 'fewer'} tokens`
  const money = usd === null ? '' : `; ${Number(usd) < 0 ? '' : '+'}${formatUsd(usd)} of the input part`
  return provenance === 'measured'
    ? `the same text is ${percent} on ${head} than on ${base} (measured on ${formatCount(cases)} ${cases === 1 ? 'request' : 'requests'})${money}`
    : `the same text is assumed to be ${percent} on ${head} than on ${base} (by model family, not measured)${money}`
}
