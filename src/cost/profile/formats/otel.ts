// OpenTelemetry spans of generative AI: OTLP as JSON (a document or one per line), or one span per line with its attributes
// as a map or as a list of keys and values. Attribute names of the current conventions first, deprecated ones after them.

import type { Json, JsonObject } from '../../../domain.ts'
import { at, isObject, listAt } from '../../../targets/outside.ts'
import { flagIn, labelsIn, rowTokens, safely, textIn, timeIn, tokensIn } from '../fields.ts'
import { OTHER, type ReadRow } from '../row.ts'
import type { RowReader } from './index.ts'

const INPUT = ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens']
const OUTPUT = ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens']
const CACHED = [
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_read_input_tokens',
  'gen_ai.usage.input_tokens.cached',
]
const WRITTEN = [
  'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.usage.cache_creation_input_tokens',
  'gen_ai.usage.input_tokens.cache_write',
]
const TIER = ['openai.response.service_tier', 'gen_ai.openai.response.service_tier', 'gen_ai.response.service_tier']
const STARTED = ['startTimeUnixNano', 'start_time_unix_nano', 'start_time', 'startTime', 'timestamp', 'Timestamp']
/** Spans around calls: their counts are those of the calls again. */
const AROUND = new Set(['invoke_agent', 'create_agent', 'execute_tool', 'invoke_workflow', 'embeddings', 'retrieval'])

export const otel: RowReader = {
  title: 'OpenTelemetry spans (OTLP JSON, or one span per line) with gen_ai.usage.* attributes',
  matches: (record) =>
    Array.isArray(record.resourceSpans) ||
    Array.isArray(record.resource_spans) ||
    [...attributesOf(record).keys()].some((name) => name.startsWith('gen_ai.')),
  read: (record, dimensions) => spansOf(record).map((span) => safely(() => readSpan(span, dimensions))),
}

/** The spans of an OTLP document, or the record itself. */
function spansOf(record: JsonObject): readonly JsonObject[] {
  const resources = [...listAt(record, 'resourceSpans'), ...listAt(record, 'resource_spans')]
  if (resources.length === 0) return 'resourceSpans' in record || 'resource_spans' in record ? [] : [record]
  const scopes = resources.flatMap((one) =>
    ['scopeSpans', 'scope_spans', 'instrumentationLibrarySpans'].flatMap((name) => listAt(one, name)),
  )
  return scopes.flatMap((scope) => listAt(scope, 'spans')).filter(isObject)
}

function readSpan(span: JsonObject, dimensions: readonly string[]): ReadRow {
  const attributes = Object.fromEntries(attributesOf(span))
  const operation = textIn(attributes, 'gen_ai.operation.name')
  if (operation !== null && AROUND.has(operation)) return OTHER
  if (!Object.keys(attributes).some((name) => name.startsWith('gen_ai.'))) return OTHER
  const tokens = rowTokens({
    input: tokensIn(attributes, ...INPUT),
    output: tokensIn(attributes, ...OUTPUT),
    cached: tokensIn(attributes, ...CACHED),
    written5m: tokensIn(attributes, ...WRITTEN),
  })
  const model = textIn(attributes, 'gen_ai.response.model', 'gen_ai.request.model')
  if (tokens === null && model === null) return OTHER
  const tier = textIn(attributes, ...TIER, 'openai.request.service_tier', 'gen_ai.openai.request.service_tier')
  return {
    state: 'call',
    row: {
      atMs: timeIn(span, ...STARTED),
      model,
      tokens,
      tier,
      batch: tier === 'batch' || flagIn(attributes, 'parity.batch'),
      failed: textIn(attributes, 'error.type') !== null || isError(span),
      fromCache: flagIn(attributes, 'parity.response_cached'),
      requestId: textIn(attributes, 'parity.request_id'),
      conversationId: textIn(attributes, 'gen_ai.conversation.id', 'session.id'),
      route: textIn(attributes, 'parity.route'),
      labels: labelsIn([attributes], dimensions),
    },
  }
}

function isError(span: JsonObject): boolean {
  const code = at(span, 'status', 'code') ?? at(span, 'status', 'status_code') ?? span.StatusCode
  return code === 2 || (typeof code === 'string' && /error$/i.test(code))
}

/** Attributes of a span by name: a map, a list of {key, value}, or the span itself where a table was flattened. */
function attributesOf(span: JsonObject): ReadonlyMap<string, Json> {
  const given = span.attributes ?? span.SpanAttributes ?? span.tags
  if (isObject(given)) return new Map(Object.entries(given).map(([name, value]) => [name, unwrapped(value)]))
  if (Array.isArray(given)) {
    const list: readonly Json[] = given
    return new Map(
      list.flatMap((one) => {
        const name = at(one, 'key')
        const value = at(one, 'value')
        return typeof name === 'string' && value !== undefined ? [[name, unwrapped(value)] as const] : []
      }),
    )
  }
  return new Map(Object.entries(span).map(([name, value]) => [name, unwrapped(value)]))
}

/** OTLP writes a value with its type, whole numbers as text. */
function unwrapped(value: Json): Json {
  if (!isObject(value)) return value
  for (const type of ['stringValue', 'intValue', 'doubleValue', 'boolValue'])
    if (Object.hasOwn(value, type)) return value[type] ?? null
  return value
}
