// Gemini's generateContent. Keys come in a header; a key in the query string is a violation that the server notes.

import type { Body, FakeMessage, FullAnswer } from './llm-answers.ts'
import { geminiRule } from './llm-rules.ts'
import { type ErrorAnswer, type ErrorFacts, type Shape, textOf } from './llm-shape.ts'

const FINISH = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  refusal: 'STOP',
} as const

function error(facts: ErrorFacts): ErrorAnswer {
  const make = (code: number, status: string, message: string, details?: readonly Body[]) => ({
    status: code,
    body: { error: { code, message, status, ...(details ? { details } : {}) } },
  })
  const invalid = (message: string) => make(400, 'INVALID_ARGUMENT', message)
  switch (facts.kind) {
    case 'missing-key':
      return make(401, 'UNAUTHENTICATED', 'Request is missing required authentication credential.')
    case 'wrong-key':
    case 'missing-version': {
      // The real interface says 400 here, not 401.
      const info = {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      }
      return make(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info])
    }
    case 'bad-json':
      return invalid('Invalid JSON payload received. Unexpected token.')
    case 'unknown-parameter':
      return invalid(`Invalid JSON payload received. Unknown name "${facts.parameter}": Cannot find field.`)
    case 'invalid':
      return invalid(`Invalid value: ${facts.message}`)
    case 'unknown-model': {
      const hint = 'Call ListModels to see the list of available models and their supported methods.'
      return make(404, 'NOT_FOUND', `models/${facts.model} is not found for API version v1beta. ${hint}`)
    }
    case 'rate-limit': {
      const retry = {
        '@type': 'type.googleapis.com/google.rpc.RetryInfo',
        retryDelay: `${(facts.waitMs ?? 0) / 1000}s`,
      }
      return make(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', [retry])
    }
    case 'quota': {
      const metric = 'generativelanguage.googleapis.com/generate_requests_per_model_per_day'
      const violations = [{ quotaMetric: metric, quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }]
      const failure = { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }
      return make(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [failure],
      )
    }
    case 'server-error':
      return make(facts.status ?? 500, 'INTERNAL', 'An internal error has occurred.')
    case 'overloaded':
      return make(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')
    case 'forbidden':
      return make(403, 'PERMISSION_DENIED', 'The caller does not have permission.')
    case 'content-filter':
      // The real interface says so in a 200 without candidates.
      return { status: 200, body: { promptFeedback: { blockReason: 'SAFETY' }, modelVersion: facts.model } }
    case 'unsupported-parameter':
      return invalid(`${facts.parameter} is not supported for this model.`)
    case 'context-too-long':
      return invalid(`The input token count (${facts.tokens}) exceeds the maximum number of tokens allowed (8192).`)
  }
}

function usageOf(answer: FullAnswer): Body {
  const usage = answer.usage
  if (!usage) return {}
  const spoken = usage.output - usage.reasoning
  return {
    usageMetadata: {
      promptTokenCount: usage.input,
      ...(spoken > 0 ? { candidatesTokenCount: spoken } : {}),
      totalTokenCount: usage.input + usage.output,
      ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
      ...(usage.cached > 0 ? { cachedContentTokenCount: usage.cached } : {}),
    },
  }
}

export const gemini: Shape = {
  api: 'generate',
  schema: { file: 'gemini', request: 'GenerateRequest', answer: 'GenerateAnswer' },
  key: (headers) => {
    const key = headers['x-goog-api-key']
    return typeof key === 'string' && key !== '' ? { key } : {}
  },
  rule: geminiRule,
  notParameters: ['contents', 'systemInstruction'],
  read: (body, pathModel) => {
    const config = (body.generationConfig ?? {}) as Body
    const system = body.systemInstruction as Body | undefined
    const turns = (Array.isArray(body.contents) ? body.contents : []) as readonly Body[]
    const messages: readonly FakeMessage[] = [
      ...(system ? [{ role: 'system', content: textOf(system.parts) }] : []),
      ...turns.map((turn) => ({
        role: turn.role === 'model' ? 'assistant' : String(turn.role ?? 'user'),
        content: textOf(turn.parts),
      })),
    ]
    const limit = config.maxOutputTokens
    return {
      model: pathModel ?? '',
      messages,
      outputLimit: typeof limit === 'number' ? limit : undefined,
      cachePrefix: null,
    }
  },
  answer: (answer) => {
    const meta = { ...usageOf(answer), modelVersion: answer.model, responseId: answer.id }
    const calls = answer.toolCalls.map((call) => ({ functionCall: { name: call.name, args: call.arguments } }))
    const parts = [...(answer.text === '' ? [] : [{ text: answer.text }]), ...calls]
    const candidate = { content: { parts, role: 'model' }, finishReason: FINISH[answer.finish], index: 0 }
    return { candidates: [candidate], ...meta }
  },
  error,
}
