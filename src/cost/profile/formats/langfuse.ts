// Langfuse observations: blob exports and the API, names in camel case or with underscores, usage as details or as the
// older counts. In details cached tokens stand beside `input`: everything that names the input adds up to it.

import type { JsonObject } from '../../../domain.ts'
import { firstOf, labelsIn, objectIn, rowTokens, textIn, timeIn, tokensIn, tokensOf } from '../fields.ts'
import { OTHER, type ReadRow, type RowTokens } from '../row.ts'
import type { RowReader } from './index.ts'

const DETAILS = ['usageDetails', 'usage_details']
const TYPES = new Set([
  'GENERATION',
  'SPAN',
  'EVENT',
  'AGENT',
  'TOOL',
  'CHAIN',
  'RETRIEVER',
  'EVALUATOR',
  'EMBEDDING',
  'GUARDRAIL',
])

export const langfuse: RowReader = {
  title: 'Langfuse observations (JSON lines, JSON or CSV)',
  matches: (record) =>
    typeof record.type === 'string' &&
    TYPES.has(record.type.toUpperCase()) &&
    ('traceId' in record || 'trace_id' in record) &&
    ('startTime' in record || 'start_time' in record),
  read: (record, dimensions) => [readObservation(record, dimensions)],
}

function readObservation(record: JsonObject, dimensions: readonly string[]): ReadRow {
  if (String(record.type).toUpperCase() !== 'GENERATION') return OTHER
  const metadata = objectIn(record, 'metadata')
  const parameters = objectIn(record, 'modelParameters', 'model_parameters')
  return {
    state: 'call',
    row: {
      atMs: timeIn(record, 'startTime', 'start_time'),
      model: textIn(record, 'providedModelName', 'provided_model_name', 'model'),
      tokens: tokensOfObservation(record),
      tier: textIn(metadata, 'service_tier') ?? textIn(parameters, 'service_tier'),
      batch: textIn(metadata, 'service_tier') === 'batch',
      failed: textIn(record, 'level') === 'ERROR',
      fromCache: false,
      requestId: textIn(metadata, 'request_id'),
      conversationId: textIn(record, 'sessionId', 'session_id'),
      route: textIn(metadata, 'route'),
      labels: labelsIn([metadata, record], dimensions),
    },
  }
}

function tokensOfObservation(record: JsonObject): RowTokens | null {
  const details = objectIn(record, ...DETAILS)
  if (Object.keys(details).length > 0) return fromDetails(details)
  const usage = objectIn(record, 'usage')
  const unit = textIn(usage, 'unit')
  if (unit !== null && unit.toUpperCase() !== 'TOKENS') return null
  const counts = { ...record, ...usage }
  return rowTokens({
    input: tokensIn(
      counts,
      ...('input' in usage ? ['input'] : []),
      'promptTokens',
      'prompt_tokens',
      'inputUsage',
      'input_usage',
    ),
    output: tokensIn(
      counts,
      ...('output' in usage ? ['output'] : []),
      'completionTokens',
      'completion_tokens',
      'outputUsage',
      'output_usage',
    ),
  })
}

function fromDetails(details: JsonObject): RowTokens | null {
  const sum = (belongs: (name: string) => boolean): number | null => {
    const names = Object.keys(details).filter((name) => belongs(name) && firstOf(details, [name]) !== null)
    if (names.length === 0) return null
    return names.reduce((total, name) => total + tokensOf(name, details[name] ?? 0), 0)
  }
  const isInput = (name: string) => /input|prompt_tokens$/.test(name)
  const isWrite = (name: string) => isInput(name) && /creation|write/.test(name)
  const isRead = (name: string) => isInput(name) && /cache/.test(name) && !isWrite(name)
  return rowTokens({
    input: sum(isInput),
    output: sum((name) => /output|completion_tokens$/.test(name)),
    cached: sum(isRead),
    written5m: sum((name) => isWrite(name) && !/1h/.test(name)),
    written1h: sum((name) => isWrite(name) && /1h/.test(name)),
  })
}
