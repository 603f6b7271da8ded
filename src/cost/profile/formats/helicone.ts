// Helicone requests: JSON lines, JSON or CSV of its export tool.

import type { JsonObject } from '../../../domain.ts'
import { flagIn, labelsIn, objectIn, rowTokens, textIn, timeIn, tokensIn } from '../fields.ts'
import type { ReadRow, RowTokens } from '../row.ts'
import type { RowReader } from './index.ts'

export const helicone: RowReader = {
  title: 'Helicone requests (JSON lines, JSON or CSV)',
  matches: (record) =>
    'prompt_tokens' in record &&
    'completion_tokens' in record &&
    ('request_created_at' in record || 'response_created_at' in record || 'response_id' in record),
  read: (record, dimensions) => [readRequest(record, dimensions)],
}

function readRequest(record: JsonObject, dimensions: readonly string[]): ReadRow {
  const properties = { ...objectIn(record, 'properties'), ...objectIn(record, 'request_properties') }
  const status = Number(textIn(record, 'response_status', 'status') ?? 200)
  const failed = !(status >= 200 && status < 300)
  const fromCache = flagIn(record, 'is_cached', 'response_cached') || hasReference(record)
  return {
    state: 'call',
    row: {
      atMs: timeIn(record, 'request_created_at', 'response_created_at'),
      model: textIn(record, 'response_model', 'model', 'request_model'),
      // Where no answer came, the counts are 0 and say nothing.
      tokens: failed && !fromCache ? null : tokensOfRequest(record),
      tier: textIn(properties, 'service_tier'),
      batch: textIn(properties, 'service_tier') === 'batch',
      failed,
      fromCache,
      requestId: textIn(properties, 'request_id'),
      conversationId: textIn(properties, 'Helicone-Session-Id', 'session_id'),
      route: textIn(properties, 'route'),
      labels: labelsIn([properties], dimensions),
    },
  }
}

/** Requests served from its cache name the request whose answer they got. */
function hasReference(record: JsonObject): boolean {
  const reference = textIn(record, 'cache_reference_id')
  return reference !== null && !/^[0-]+$/.test(reference)
}

/** `prompt_tokens` is without the cached ones in newer rows and with them in older ones: the total tells, where it is there. */
function tokensOfRequest(record: JsonObject): RowTokens | null {
  const prompt = tokensIn(record, 'prompt_tokens')
  const output = tokensIn(record, 'completion_tokens')
  const cached = tokensIn(record, 'prompt_cache_read_tokens') ?? 0
  const written5m = tokensIn(record, 'prompt_cache_write_tokens') ?? 0
  const total = tokensIn(record, 'total_tokens')
  const parts = cached + written5m
  const isApart = total === null ? parts > (prompt ?? 0) : total === (prompt ?? 0) + (output ?? 0) + parts && parts > 0
  return rowTokens({ input: prompt === null ? null : prompt + (isApart ? parts : 0), output, cached, written5m })
}
