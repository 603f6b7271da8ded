// LangSmith runs as JSON lines: `usage_metadata` where the tracer put it, else the counts of the run itself.

import type { JsonObject } from '../../../domain.ts'
import { at, isObject, listAt } from '../../../targets/outside.ts'
import { labelsIn, objectIn, rowTokens, textIn, timeIn, tokensIn } from '../fields.ts'
import { OTHER, type ReadRow, type RowTokens } from '../row.ts'
import type { RowReader } from './index.ts'

export const langsmith: RowReader = {
  title: 'LangSmith runs (JSON lines) with run_type and usage_metadata',
  matches: (record) => typeof record.run_type === 'string',
  read: (record, dimensions) => [readRun(record, dimensions)],
}

function readRun(record: JsonObject, dimensions: readonly string[]): ReadRow {
  if (record.run_type !== 'llm') return OTHER
  const extra = objectIn(record, 'extra')
  const metadata = { ...objectIn(record, 'metadata'), ...objectIn(extra, 'metadata') }
  const asked = objectIn(extra, 'invocation_params')
  const tier = textIn(metadata, 'service_tier') ?? textIn(asked, 'service_tier')
  return {
    state: 'call',
    row: {
      atMs: timeIn(record, 'start_time'),
      model: textIn(metadata, 'ls_model_name') ?? textIn(asked, 'model', 'model_name'),
      tokens: tokensOfRun(record, metadata),
      tier,
      batch: tier === 'batch',
      failed: textIn(record, 'status') === 'error' || typeof record.error === 'string',
      fromCache: false,
      requestId: textIn(metadata, 'request_id'),
      conversationId: textIn(metadata, 'thread_id', 'session_id', 'conversation_id'),
      route: textIn(metadata, 'route'),
      labels: labelsIn([metadata], dimensions),
    },
  }
}

function tokensOfRun(record: JsonObject, metadata: JsonObject): RowTokens | null {
  const usage = usageOf(record, metadata)
  if (usage === null) {
    return countsOf(objectIn(record, 'prompt_token_details'), {
      input: tokensIn(record, 'prompt_tokens', 'input_tokens'),
      output: tokensIn(record, 'completion_tokens', 'output_tokens'),
    })
  }
  return countsOf(objectIn(usage, 'input_token_details'), {
    input: tokensIn(usage, 'input_tokens'),
    output: tokensIn(usage, 'output_tokens'),
  })
}

type Counted = Pick<Parameters<typeof rowTokens>[0], 'input' | 'output'>

function countsOf(details: JsonObject, counted: Counted): RowTokens | null {
  const [written, oneHour] = [tokensIn(details, 'cache_creation'), tokensIn(details, 'ephemeral_1h_input_tokens')]
  const fiveMinutes = tokensIn(details, 'ephemeral_5m_input_tokens')
  return rowTokens({
    ...counted,
    cached: tokensIn(details, 'cache_read'),
    // The split by lifetime, where it is given, says the same tokens again.
    written5m: fiveMinutes ?? Math.max(0, (written ?? 0) - (oneHour ?? 0)),
    written1h: oneHour,
  })
}

/** Places of `usage_metadata` in the versions of the tracers. */
function usageOf(record: JsonObject, metadata: JsonObject): JsonObject | null {
  const outputs = objectIn(record, 'outputs')
  const message = at(listAt(outputs, 'generations')[0], 0, 'message')
  const places = [
    record.usage_metadata,
    metadata.usage_metadata,
    outputs.usage_metadata,
    at(outputs, 'message', 'usage_metadata'),
    at(message, 'kwargs', 'usage_metadata'),
    at(message, 'usage_metadata'),
  ]
  return places.find(isObject) ?? null
}
