// The interfaces that the fake serves, and which one a path means.

import type { ApiKind } from './llm-answers.ts'
import { anthropic } from './llm-anthropic.ts'
import { bedrock } from './llm-bedrock.ts'
import { gemini } from './llm-gemini.ts'
import { openaiChat, openaiResponses } from './llm-openai.ts'
import type { Shape } from './llm-shape.ts'
import { vertexAnthropic, vertexGemini, vertexOpen } from './llm-vertex.ts'

export const shapes: { readonly [api in ApiKind]: Shape } = {
  chat: openaiChat,
  responses: openaiResponses,
  messages: anthropic,
  generate: gemini,
  converse: bedrock,
}

export type Route = {
  readonly shape: Shape
  readonly pathModel?: string
  /** Whose tokens are asked for; keys are told from them by their header. */
  readonly issuer?: 'entra' | 'google'
  readonly apiVersion?: 'dated' | 'v1'
}

/** The interface behind a path; `prefixes` are base paths beside the providers' own. */
export function routeOf(path: string, prefixes: readonly string[]): Route | undefined {
  const inner = prefixes.reduce(
    (rest, prefix) => (rest.startsWith(`${prefix}/`) ? rest.slice(prefix.length) : rest),
    path,
  )
  const azure = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(inner)
  const dated = { issuer: 'entra', apiVersion: 'dated' } as const
  if (azure?.[1]) return { shape: shapes.chat, pathModel: decodeURIComponent(azure[1]), ...dated }
  if (inner === '/openai/responses') return { shape: shapes.responses, ...dated }
  const converse = /^\/model\/([^/]+)\/converse$/.exec(inner)
  if (converse?.[1]) return { shape: shapes.converse, pathModel: decodeURIComponent(converse[1]) }
  const vertex = /^\/v1\/projects\/[\w.:-]+\/locations\/[a-z0-9-]+\/(.+)$/.exec(inner)?.[1]
  if (vertex !== undefined) return vertexRoute(vertex)
  const generate = /^\/v1beta\/models\/([^/:]+):generateContent$/.exec(inner)
  if (generate?.[1]) return { shape: shapes.generate, pathModel: decodeURIComponent(generate[1]) }
  const open = /^(\/openai)?\/v1\/(chat\/completions|responses)$/.exec(inner)
  const v1 = open?.[1] === undefined ? {} : ({ issuer: 'entra', apiVersion: 'v1' } as const)
  if (open) return { shape: open[2] === 'responses' ? shapes.responses : shapes.chat, ...v1 }
  if (inner === '/v1/messages') return { shape: shapes.messages }
  return undefined
}

function vertexRoute(path: string): Route | undefined {
  const issuer = 'google' as const
  if (path === 'endpoints/openapi/chat/completions') return { shape: vertexOpen, issuer }
  const found = /^publishers\/(google|anthropic)\/models\/([^/:]+):(generateContent|rawPredict)$/.exec(path)
  const [, publisher, model = '', method] = found ?? []
  const pathModel = decodeURIComponent(model)
  if (publisher === 'google' && method === 'generateContent') return { shape: vertexGemini, pathModel, issuer }
  if (publisher === 'anthropic' && method === 'rawPredict') return { shape: vertexAnthropic, pathModel, issuer }
  return undefined
}
