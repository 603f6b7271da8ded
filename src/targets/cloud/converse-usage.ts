// What Bedrock's Converse counts. Apart from the rest of it, for applications hand it on.

import type { Json, Usage } from '../../domain.ts'
import { countAt, given, listAt, textAt } from '../outside.ts'

/** `inputTokens` is the uncached rest only: reads and writes of the cache are added. Writes without details are 5-minute ones. */
export function converseUsage(usage: Json | undefined): Usage | undefined {
  const fresh = countAt(usage, 'inputTokens')
  const output = countAt(usage, 'outputTokens')
  if (fresh === undefined || output === undefined) return undefined
  const read = countAt(usage, 'cacheReadInputTokens')
  const written = countAt(usage, 'cacheWriteInputTokens')
  const details = listAt(usage, 'cacheDetails').filter((one) => textAt(one, 'ttl') === '1h')
  const hour = details.reduce<number>((sum, one) => sum + (countAt(one, 'inputTokens') ?? 0), 0)
  const short = written === undefined ? undefined : Math.max(0, written - hour)
  return {
    input: fresh + (read ?? 0) + (short ?? 0) + hour,
    output,
    ...given({ cachedInput: read, cacheWrite5m: short, cacheWrite1h: details.length > 0 ? hour : undefined }),
  }
}
