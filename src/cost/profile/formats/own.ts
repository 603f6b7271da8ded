// Our own JSON lines: one object for each call.

import type { JsonObject } from '../../../domain.ts'
import { flagIn, labelsIn, objectIn, rowTokens, textIn, timeIn, tokensIn } from '../fields.ts'
import type { CallRow } from '../row.ts'
import type { RowReader } from './index.ts'

export const own: RowReader = {
  title: 'JSON lines with ts, model, input_tokens, cached_tokens and output_tokens',
  matches: (record) =>
    !('run_type' in record) &&
    (('input_tokens' in record && 'output_tokens' in record) || ('ts' in record && 'model' in record)),
  read: (record, dimensions) => [{ state: 'call', row: callOf(record, dimensions) }],
}

function callOf(record: JsonObject, dimensions: readonly string[]): CallRow {
  const tier = textIn(record, 'service_tier')
  return {
    atMs: timeIn(record, 'ts', 'timestamp'),
    model: textIn(record, 'model'),
    tokens: rowTokens({
      input: tokensIn(record, 'input_tokens'),
      output: tokensIn(record, 'output_tokens'),
      cached: tokensIn(record, 'cached_tokens'),
      written5m: tokensIn(record, 'cache_write_tokens'),
      written1h: tokensIn(record, 'cache_write_1h_tokens'),
    }),
    tier,
    batch: flagIn(record, 'batch') || tier === 'batch',
    failed: textIn(record, 'error') !== null,
    fromCache: flagIn(record, 'response_cached'),
    requestId: textIn(record, 'request_id'),
    conversationId: textIn(record, 'conversation_id'),
    route: textIn(record, 'route'),
    labels: labelsIn([objectIn(record, 'labels'), record], dimensions),
  }
}
