// The table of provider shapes: an endpoint of a Request without its entry does not compile.

import type { Request } from '../domain.ts'
import { anthropicMessages } from './anthropic.ts'
import { geminiGenerate } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { EndpointKind, Shape } from './shape.ts'

/** Bedrock's Converse is loaded on demand (cloud/access.ts), with the access to it. */
export type ModelEndpoint = Exclude<Request['endpoint'], 'application' | 'converse'>

export const SHAPES: { readonly [endpoint in ModelEndpoint]: Shape } = {
  chat: openaiChat,
  responses: openaiResponses,
  messages: anthropicMessages,
  generate: geminiGenerate,
}

/** Which endpoint a request to a provider of this kind names; `api` is the eval set's choice at OpenAI. */
export function modelEndpoint(kind: EndpointKind, api: 'chat' | 'responses' = 'chat'): ModelEndpoint {
  if (kind === 'anthropic') return 'messages'
  return kind === 'gemini' ? 'generate' : api
}
