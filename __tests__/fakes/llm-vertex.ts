// Vertex AI serves other interfaces behind an access token, with small differences.

import type { IncomingHttpHeaders } from 'node:http'
import { anthropic } from './llm-anthropic.ts'
import { gemini } from './llm-gemini.ts'
import { openaiChat } from './llm-openai.ts'
import type { ErrorAnswer, ErrorFacts, Shape } from './llm-shape.ts'

function key(headers: IncomingHttpHeaders) {
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  return bearer === undefined ? {} : { key: bearer }
}

/** Google answers for the access; the interface for the rest. */
function error(inner: Shape): (facts: ErrorFacts) => ErrorAnswer {
  return (facts) => {
    if (facts.kind === 'unknown-model') {
      const message = `Publisher Model \`${facts.model}\` was not found or your project does not have access to it.`
      return { status: 404, body: { error: { code: 404, message, status: 'NOT_FOUND' } } }
    }
    if (facts.kind === 'wrong-key') {
      const message = 'Request had invalid authentication credentials.'
      return { status: 401, body: { error: { code: 401, message, status: 'UNAUTHENTICATED' } } }
    }
    const isOfGoogle = facts.kind === 'missing-key' || facts.kind === 'rate-limit' || facts.kind === 'quota'
    return (isOfGoogle ? gemini : inner).error(facts)
  }
}

export const vertexGemini: Shape = { ...gemini, key, error: error(gemini) }

export const vertexAnthropic: Shape = {
  ...anthropic,
  key: (headers) =>
    headers['anthropic-version'] === undefined
      ? key(headers)
      : { violation: 'anthropic-version as a header, where it belongs into the body' },
  read: (body, pathModel) => ({ ...anthropic.read(body, undefined), model: pathModel ?? '' }),
  asPublished: (body, pathModel) => {
    const { anthropic_version: version, ...rest } = body
    if (version !== 'vertex-2023-10-16') return `anthropic_version ${String(version)} in the body`
    return 'model' in rest ? 'a model in the body, where it belongs into the path' : { model: pathModel, ...rest }
  },
  error: error(anthropic),
}

export const vertexOpen: Shape = { ...openaiChat, key, error: error(openaiChat) }
