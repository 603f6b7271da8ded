// What the prompt cache loses for good: a warning with its money, whatever the gates say. One refill is no finding.

import { type CacheBreak, isLoss } from '../cost/cache-breaks.ts'
import { cacheSentence } from '../cost/why-words.ts'
import type { Finding } from '../domain.ts'
import { formatUsd } from '../report/numbers.ts'

export function cacheFindings(breaks: readonly CacheBreak[]): readonly Finding[] {
  return breaks.filter(isLoss).map(finding)
}

function finding(found: CacheBreak): Finding {
  const { change, evalSet, month, usd } = found
  const sentence = cacheSentence(found, { places: false })
  const place = 'end' in change ? change.end.place : null
  return {
    rule: 'cache-break',
    level: 'warn',
    evalSet,
    message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
    threshold: null,
    value: formatUsd(month === null ? usd : month.usd),
    remedy: remedyOf(change),
    ...(place === null ? {} : { place }),
  }
}

function remedyOf(change: CacheBreak['change']): string {
  if (change.kind === 'below-minimum')
    return `Keep what the requests share above ${change.minimum.toLocaleString('en-US')} tokens, or take a model that caches shorter prompts; a shorter prompt may still be the cheaper one.`
  return 'Put what differs from request to request behind the text that is the same for all.'
}
